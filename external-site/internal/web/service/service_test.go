package service_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestService(t *testing.T) {
	s := webtest.New(t)
	webtest.Golden(t, "service.uk", s.Page("/services/00034"))
	webtest.Golden(t, "service.en", s.PageIn("/services/00034", "en"))
	webtest.Golden(t, "no_card.uk", s.Page("/services/01-01~07"))
}

func TestServiceShowsTheEditionInForce(t *testing.T) {
	s := webtest.New(t)
	page := s.Page("/services/00034")
	webtest.Contains(t, page, "Кому допоможуть", "Редакція картки № 2, діє з 01.01.2026", "1 січня 2027 року",
		`href="/services/00034?edition=3"`, `href="/services/00034?edition=1"`, `href="/apply/00034"`)
	webtest.Lacks(t, page, "Стара редакція", "Нова редакція", "alert(1)")

	page = s.Page("/services/00034?edition=1")
	webtest.Contains(t, page, "Стара редакція", "Вона зараз не діє", "noindex")
	if w := s.Get("/services/00034?edition=9"); w.Code != http.StatusNotFound {
		t.Errorf("an edition that does not exist: %d", w.Code)
	}

	// The new edition begins at midnight in Kyiv, not in London.
	s.SetNow(time.Date(2026, 12, 31, 23, 59, 59, 0, locale.Kyiv()))
	webtest.Contains(t, s.Page("/services/00034"), "Кому допоможуть")
	s.SetNow(time.Date(2027, 1, 1, 0, 0, 0, 0, locale.Kyiv()))
	webtest.Contains(t, s.Page("/services/00034"), "Нова редакція", "5 робочих днів")
}

// A quick service can be applied for online only when its form is here.
func TestServiceWithoutFormOffersNoButton(t *testing.T) {
	s := webtest.New(t)
	webtest.Lacks(t, s.Page("/services/00101"), "/apply/")
}

// A card that was taken out of force takes the button with it, on the service's page and in the list of what is online.
func TestServiceWithoutCardOffersNoButton(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`update catalogue.cards set effective_from = '2030-01-01' where service_id = (select id from catalogue.services where code = '00034')`)
	webtest.Lacks(t, s.Page("/services/00034"), "/apply/")
	webtest.Lacks(t, s.Page("/services?online=1"), `href="/services/00034"`)
}

// Whoever cannot apply here is told where to ask, and never to look below for what is not there.
func TestServiceSaysWhereToApply(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`delete from catalogue.service_centres`)
	s.DB.Exec(`update catalogue.services set quick = false`)
	s.DB.Exec(`update catalogue.cards set content = content || '{"filing": [], "fee": {"paid": false, "not_stated": true}}'`)
	page := s.Page("/services/00034")
	webtest.Contains(t, page, "Куди її подати, у картці не сказано", `href="/centres"`, "Не зазначено")
	webtest.Lacks(t, page, "сказано нижче", "Безоплатно")
	s.DB.Exec(`update catalogue.cards set content = content || '{"filing": [{"uk": "Поштою"}]}'`)
	webtest.Contains(t, s.Page("/services/00034"), "Як і куди її подати, сказано нижче")
}

func TestServiceSeesChangesAtOnce(t *testing.T) {
	s := webtest.New(t)
	s.Page("/services/00102")
	s.DB.Exec(`update catalogue.services set name = 'Інша назва' where code = '00102'`)
	webtest.Contains(t, s.Page("/services/00102"), "Інша назва")
	s.DB.Exec(`delete from catalogue.services where code = '00102'`)
	if w := s.Get("/services/00102"); w.Code != http.StatusNotFound {
		t.Errorf("a withdrawn service: %d", w.Code)
	}
}

// A name that is not translated is read out as Ukrainian wherever it stands, above the content too.
func TestUntranslatedTrailIsMarked(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`update catalogue.categories set name_en = '' where code = 'housing'`)
	webtest.Contains(t, s.PageIn("/services/00034", "en"), `href="/categories/housing" lang="uk">Житло</a>`)
	webtest.Contains(t, s.PageIn("/categories/housing", "en"), `<span lang="uk">Житло</span></li>`)
	webtest.Lacks(t, s.Page("/services/00034"), `lang="uk">Житло`)
}

// Browsers keep a card for reading without a line only as everybody sees it, and not another edition than that in force.
func TestOnlyCardsThatAreEverybodysAreKeptInBrowsers(t *testing.T) {
	s := webtest.New(t)
	s.Listen()
	for range 2 { // made, and as it was kept
		w := s.Get("/services/00034")
		if got := w.Header().Get("Portal-Keep"); got != "card" {
			t.Errorf("a card: %q", got)
		}
		webtest.Contains(t, w.Body.String(), `data-portal-offline="Немає зв’язку. Ви читаєте копію, збережену {0}`)
	}
	webtest.Lacks(t, s.Page("/services/00034?edition=1"), "data-portal-offline")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/00034", nil)
	r.AddCookie(&http.Cookie{Name: "begun", Value: "00034"})
	if got := s.Do(r).Header().Get("Portal-Keep"); got != "" {
		t.Errorf("with a cookie of the reader: %q", got)
	}
}
