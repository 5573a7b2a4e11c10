package answers_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	domain "portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/web/answers"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// published is what staff have published, in memory.
type published struct {
	list  []domain.Published
	total int
	asked domain.PublishedFilter
}

func (p *published) Service(_ context.Context, code string) (domain.Service, error) {
	if code != "01/1" {
		return domain.Service{}, fault.New(fault.NotFound, "")
	}
	return domain.Service{Code: code, Name: locale.Text{UK: "Довідка"}}, nil
}

func (p *published) Published(_ context.Context, f domain.PublishedFilter) ([]domain.Published, int, error) {
	p.asked = f
	return p.list, p.total, nil
}

func TestAnswers(t *testing.T) {
	p := &published{total: 41, list: []domain.Published{{
		Question: locale.Text{UK: "Чи можна <b>онлайн</b>?", EN: "Online?"}, Answer: locale.Text{UK: "Так.\nЧерез портал."}, At: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC),
		By:    domain.Addressee{Place: domain.Centre, Code: "a/1", Name: locale.Text{UK: "ЦНАП один"}},
		About: &domain.Service{Code: "01/1", Name: locale.Text{UK: "Довідка"}},
	}}}
	s := areatest.New(t, answers.Area(answers.Deps{Questions: p, BaseURL: areatest.BaseURL}))
	areatest.Contains(t, s.Page("/answers"), "Чи можна &lt;b&gt;онлайн&lt;/b&gt;?", "Через портал.", `href="/centres/a~1"`, `href="/services/01~1"`, "2 листопада 2026", `href="/answers?page=2"`)
	page := s.Page("/answers?page=2&lang=en")
	areatest.Contains(t, page, "Online?", `<span lang="uk">Так.`, `href="/answers"`, `href="/answers?page=3"`)
	if p.asked.Page != 2 {
		t.Errorf("asked for %+v", p.asked)
	}
	areatest.Contains(t, s.Page("/answers?service=01~1&lang=uk"), "Довідка", "Усі запитання", `href="/answers?page=2&amp;service=01%2F1"`)
	areatest.Lacks(t, s.Page("/answers?page=3"), "page=4")
	for _, bad := range []string{"-1", "0", "x", "99999999999"} {
		if s.Page(fmt.Sprint("/answers?page=", bad)); p.asked.Page != 1 {
			t.Errorf("page %s: asked for %+v", bad, p.asked)
		}
	}
	if w := s.Get("/answers?service=none"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown service: %d", w.Code)
	}
	p.list, p.total = nil, 0
	areatest.Contains(t, s.Page("/answers"), "ще не оприлюднено")
}
