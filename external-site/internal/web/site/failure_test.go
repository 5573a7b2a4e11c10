package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// An error page says what a citizen can do next: search, ask at a centre, call. It never speaks of roles.
func TestErrorPagesLeadOn(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`insert into region.profile values (1, 'Приозерна область', '', '', '', '(0550) 15-45', '', '', null, '', '', now())`)
	page := content(s.Get("/no-such-page").Body.String())
	webtest.Contains(t, page, `action="/services"`, `href="/centres"`, "Код помилки для служби підтримки", `href="tel:05501545"`)

	w := send(s, http.MethodPost, "/track", http.Header{"Origin": {"https://evil.example"}})
	if w.Code != http.StatusForbidden {
		t.Errorf("a form of another site: %d", w.Code)
	}
	page = content(w.Body.String())
	webtest.Contains(t, page, "Цю дію відхилено", `href="tel:05501545"`)
	webtest.Lacks(t, page, "роль", "керівник")
}

func TestAddressesSpelledAnotherWay(t *testing.T) {
	s := webtest.New(t)
	for path, want := range map[string]string{
		"//services": "/services", "/CENTRES": "/centres", "/Services/00034": "/services/00034", "/index.html": "/",
		"/SERVICES?category=social": "/services?category=social",
	} {
		if w := s.Get(path); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
	w := send(s, http.MethodPut, "/centres", nil)
	if w.Code != http.StatusMethodNotAllowed || !strings.Contains(w.Header().Get("Allow"), http.MethodGet) {
		t.Errorf("PUT: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func content(page string) string {
	from, to := strings.Index(page, "<main"), strings.Index(page, "</main>")
	return page[from:to]
}

func send(s *webtest.Site, method, path string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	return w
}
