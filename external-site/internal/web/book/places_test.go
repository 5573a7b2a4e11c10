package book_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/areatest"
)

func TestPlaces(t *testing.T) {
	s, o := alone(t, areatest.NewDesk())
	areatest.Contains(t, s.Page("/book"), "ЦНАП &lt;b&gt;", "Земля &lt;i&gt;", "Найближчий вільний час", "24 листопада 2026", `href="/book/01/`+o.offer.Group.String()+`"`)
	areatest.Contains(t, s.Page("/book?service=a~1"), `href="/book/01/`+o.offer.Group.String()+`?service=a~1"`, `href="/services/a~1"`)
	if w := s.Get("/book?service=unknown"); w.Code != http.StatusNotFound {
		t.Errorf("a service that is none: %d", w.Code)
	}
	o.offer.Times = nil
	areatest.Contains(t, s.Page("/book"), "Вільного часу зараз немає")
}
