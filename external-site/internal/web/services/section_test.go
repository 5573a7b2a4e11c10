package services_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/areatest"
)

// A section asks for its own services only, and leads to the list where they can be filtered.
func TestSection(t *testing.T) {
	s, l := alone(t, &finder{}, areatest.AllOn)
	page := s.Page("/categories/land?page=2")
	areatest.Contains(t, page, "Земля", "Довідка &amp; &lt;b&gt;витяг&lt;/b&gt;", "/services?category=land", `href="/categories/land?page=3"`, `href="/categories/land"`)
	if l.asked.Category != "land" || l.asked.Page != 2 {
		t.Errorf("asked for %+v", l.asked)
	}
	areatest.Contains(t, s.PageIn("/categories/land", "en"), `lang="en"`)
}

func TestNoSuchSection(t *testing.T) {
	s, _ := alone(t, &finder{}, areatest.AllOn)
	for _, path := range []string{"/categories/nonsense", "/life-situations/nonsense"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
