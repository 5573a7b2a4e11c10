package home_test

import (
	"net/http"
	"testing"
	"time"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestHome(t *testing.T) {
	s := webtest.New(t)
	webtest.Golden(t, "home.uk", s.Page("/"))
	webtest.Golden(t, "home.en", s.PageIn("/", "en"))
}

// What the hint of the search proposes is in this catalogue and finds its service.
func TestSearchHintIsFound(t *testing.T) {
	s := webtest.New(t)
	webtest.Contains(t, s.Page("/"), "Наприклад, «комуналка» чи 00034")
	webtest.Contains(t, s.PageIn("/", "en"), "For example, “housing subsidy” or 00034")
	for _, typed := range []string{"комуналка", "00034", "housing+subsidy"} {
		webtest.Contains(t, s.Page("/services?q="+typed), `href="/services/00034"`)
	}
	s.DB.Exec(`update catalogue.services set keywords = ''`)
	webtest.Lacks(t, s.Page("/"), "Наприклад")
}

func TestHomeShowsCentresThatAreOpen(t *testing.T) {
	s := webtest.New(t)
	page := s.Page("/") // Monday, ten o'clock
	webtest.Contains(t, page, "ЦНАП міста Зоря", "Зараз відчинено, до\u00a017:00")
	webtest.Lacks(t, page, "ЦНАП селища Ґрунь")
	s.SetNow(time.Date(2026, 11, 24, 10, 0, 0, 0, locale.Kyiv())) // an exception: closed
	closed := s.Page("/")
	webtest.Contains(t, closed, "Зараз жоден центр не приймає відвідувачів.", "ЦНАП міста Зоря", "Зачинено, відчиниться завтра")
	webtest.Lacks(t, closed, "portal-open--yes", "Зараз відчинено")
}

// Before replication is set up the site works and says that it has nothing yet.
func TestHomeBeforeReplication(t *testing.T) {
	s := webtest.Empty(t)
	w := s.Get("/")
	if w.Code != http.StatusOK {
		t.Fatalf("%d\n%s", w.Code, s.Log)
	}
	webtest.Contains(t, w.Body.String(), "Каталог послуг ще не надійшов", "Внутрішня система ще не передала даних")
}
