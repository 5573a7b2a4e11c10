package pages_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/pages"
	"portal.example/external-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// Pages that only read share one site.
func TestPages(t *testing.T) {
	s := webtest.New(t)
	t.Run("robots and site map", func(t *testing.T) { robotsAndSitemap(t, s) })
	t.Run("headers and logs", func(t *testing.T) { headersAndLogs(t, s) })
	t.Run("freshness", func(t *testing.T) { fresh(t, s) })
	t.Run("database down", func(t *testing.T) { databaseDown(t, s) })
}

// The pages of words read nothing.
func TestWords(t *testing.T) {
	s := areatest.New(t, pages.Area(pages.Deps{BaseURL: areatest.BaseURL}))
	for _, name := range []string{"accessibility", "privacy"} {
		webtest.Golden(t, name+".uk", s.Page("/"+name))
		webtest.Golden(t, name+".en", s.PageIn("/"+name, "en"))
	}
}

// A database that is away costs a plain page and never a stack or an address.
func databaseDown(t *testing.T, s *webtest.Site) {
	t.Helper()
	s.Page("/")
	refuse(t, s)
	s.SetNow(s.Now().Add(time.Second)) // readings are kept for a second
	for _, path := range []string{"/", "/services", "/services?q=субсидія", "/services/00034", "/centres/01", "/status"} {
		w := s.Get(path)
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, w.Code)
		}
		webtest.Contains(t, w.Body.String(), "Сервіс тимчасово недоступний", "Спробуйте ще раз",
			"Зараз не вдається дізнатися, наскільки свіжі дані")
		webtest.Lacks(t, w.Body.String(), "goroutine", "postgres", "SQLSTATE", s.DB.Name)
	}
	if w := s.Get("/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("/healthz tells of the database: %d %s", w.Code, w.Body)
	}
}

// refuse lets nobody into the database any more and throws out who is there.
func refuse(t *testing.T, s *webtest.Site) {
	t.Helper()
	admin := s.DB.Open(s.DB.AdminDSN())
	for _, sql := range []string{
		"alter database " + s.DB.Name + " with connection limit 0",
		"select pg_terminate_backend(pid) from pg_stat_activity where usename = 'external_site' and datname = '" + s.DB.Name + "'",
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

func robotsAndSitemap(t *testing.T, s *webtest.Site) {
	t.Helper()
	webtest.Contains(t, s.Page("/robots.txt"), "Disallow: /track", "Sitemap: "+webtest.BaseURL+"/sitemap.xml")
	var file struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(s.Page("/sitemap.xml")), &file); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, u := range file.URLs {
		have[u.Loc] = true
	}
	for _, path := range []string{"/", "/services/01-01~07", "/categories/housing", "/life-situations/birth", "/centres/02", "/authorities/registry~01"} {
		if !have[webtest.BaseURL+path] {
			t.Errorf("the site map lacks %s", path)
		}
	}
}

func headersAndLogs(t *testing.T, s *webtest.Site) {
	t.Helper()
	w := s.Get("/services?q=таємниця")
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "private, no-cache",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, path := range []string{"/", "/services?q=таємниця", "/services/01-01~07", "/centres/02", "/privacy"} { // pages that say the same are not sent again
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", "uk")
		r.Header.Set("If-None-Match", s.Get(path).Header().Get("ETag"))
		if again := s.Do(r); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s is sent again: %d", path, again.Code)
		}
	}
	webtest.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'", "frame-ancestors 'none'")
	webtest.Lacks(t, s.Log.String(), "таємниця", "%D1")
	webtest.Contains(t, s.Log.String(), "route=/services")
}
