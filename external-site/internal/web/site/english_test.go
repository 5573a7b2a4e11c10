package site_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// twins are pages with an address in English.
var twins = []string{
	"/", "/services", "/services?page=1", "/services/00034", "/categories/social", "/life-situations/move", "/centres", "/centres/01", "/authorities", "/authorities/social",
	"/complaints", "/accessibility", "/privacy", "/verify", "/issued", "/community", "/status", "/visit", "/answers", "/ratings",
}

func english(path string) string {
	at, query, asked := strings.Cut(path, "?")
	at = "/en" + strings.TrimSuffix(at, "/")
	if asked {
		at += "?" + query
	}
	return at
}

var (
	canonical = regexp.MustCompile(`<link rel="canonical" href="([^"]*)">`)
	alternate = regexp.MustCompile(`<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">`)
	followed  = regexp.MustCompile(` (?:href|action)="(/[^"]*)"`)
)

// A page below /en is in English for whoever follows a link to it, and remembers nothing. Both pages name each other, and themselves.
func TestPagesHaveAddressesInEnglish(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`update sync.progress set heard_at = now() + interval '1 hour'`)
	s.Listen()
	for _, path := range twins {
		for range 2 { // made, and as it was kept
			uk, en := s.Get(path), s.Get(english(path))
			if en.Code != http.StatusOK || en.Header().Get("Content-Language") != "en" || !strings.Contains(en.Body.String(), `<html lang="en"`) || len(en.Result().Cookies()) > 0 { //nolint:bodyclose // a recorder's body
				t.Fatalf("%s: %d, %s, %d cookies", english(path), en.Code, en.Header().Get("Content-Language"), len(en.Result().Cookies())) //nolint:bodyclose // the same
			}
			plain, _, _ := strings.Cut(path, "?")
			for page, want := range map[string]string{uk.Body.String(): webtest.BaseURL + plain, en.Body.String(): webtest.BaseURL + english(plain)} {
				if m := canonical.FindStringSubmatch(page); m == nil || m[1] != want {
					t.Errorf("%s: the address of the page is %v, want %s", path, m, want)
				}
				in := map[string]string{}
				for _, m := range alternate.FindAllStringSubmatch(page, -1) {
					in[m[1]] = strings.TrimPrefix(m[2], webtest.BaseURL)
				}
				if len(in) != 3 || in["uk"] != path || in["en"] != english(path) || in["x-default"] != path {
					t.Errorf("%s: in languages %v", path, in)
				}
			}
			webtest.Contains(t, uk.Body.String(), `<meta property="og:image" content="`+webtest.BaseURL+`/icon-512.png">`)
			staysEnglish(t, en.Body.String())
		}
	}
}

// staysEnglish checks that links and forms of an English page lead to English pages.
func staysEnglish(t *testing.T, page string) {
	t.Helper()
	seen := 0
	for _, m := range followed.FindAllStringSubmatch(page, -1) {
		at := m[1]
		switch {
		case strings.HasPrefix(at, "/en/"), at == "/en", strings.HasPrefix(at, "/en#"), strings.HasPrefix(at, "/en?"):
			seen++
		case strings.HasPrefix(at, "/assets/"), strings.HasPrefix(at, "/icon"), strings.HasPrefix(at, "/apple-touch-icon"), at == "/feed.atom", at == "/manifest.webmanifest",
			strings.Contains(at, "lang=uk"), strings.HasPrefix(at, "/documents/"):
		default:
			t.Errorf("an English page leads to %s", at)
		}
	}
	if seen < 5 {
		t.Errorf("%d links", seen)
	}
}

// The links of languages keep the page. An address below /en that has no page of its own leads to the page in English, and never to
// another site.
func TestLanguagesKeepThePage(t *testing.T) {
	s := webtest.New(t)
	webtest.Contains(t, s.Page("/services/00034"), `href="/en/services/00034" hreflang="en"`)
	webtest.Contains(t, s.Page("/en/services/00034"), `href="/services/00034?lang=uk" hreflang="uk"`)
	webtest.Contains(t, s.Page("/track"), `href="/track?lang=en" hreflang="en"`)
	for at, want := range map[string]string{
		"/en/track": "/track", "/en/apply/00034?x=1": "/apply/00034?x=1", "/en//evil.example/x": "", "/en/services?lang=uk": "/services?lang=uk",
		"/en/": "/en", "/en/Centres": "/en/centres", "/en/Track": "/track", "/en/no-such-page": "",
		"/en/services/01-01/07?x=1": "/en/services/01-01~07?x=1", "/en/categories/a/b": "/en/categories/a~b",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(at, "?")
		s.Forget()
		if w := s.Do(r); w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", at, w.Code, w.Header().Get("Location"), want)
		} else if want == "" && (w.Code != http.StatusNotFound || w.Header().Get("Content-Language") != "en") {
			t.Errorf("%s: %d in %s", at, w.Code, w.Header().Get("Content-Language"))
		} else if len(s.Held("/")) > 0 && !strings.Contains(at, "lang=") {
			t.Errorf("%s is remembered: %v", at, s.Held("/"))
		}
	}
	if w := s.Get("/nothing"); strings.Contains(w.Body.String(), `href="/en/`) {
		t.Error("a page that is not there has an address in English")
	}
	if w := s.Get("/english"); w.Code != http.StatusNotFound {
		t.Errorf("/english: %d", w.Code)
	}
}

// Whoever reads the site in English goes on in English where a page has no English address, until the browser is closed.
func TestEnglishGoesOnUntilTheBrowserIsClosed(t *testing.T) {
	s := webtest.New(t)
	for from, remembered := range map[string]bool{"http://example.com/en/services": true, "http://example.com/services": false, "http://evil.example/en/x": false, "": false} {
		s.Forget()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/en/track", nil) // of example.com
		r.Header.Set("Referer", from)
		w := s.Do(r)
		if to := w.Header().Get("Location"); to != "/track" {
			t.Errorf("from %q: to %q", from, to)
		}
		cookies := w.Result().Cookies() //nolint:bodyclose // a recorder's body
		if (len(cookies) == 1) != remembered || remembered && (cookies[0].Value != "en" || cookies[0].MaxAge != 0) {
			t.Errorf("from %q: %v", from, cookies)
		}
	}
}

// The site map has both addresses of a page, and each names all.
func TestSitemapHasBothLanguages(t *testing.T) {
	s := webtest.New(t)
	var file struct {
		URLs []struct {
			Loc string `xml:"loc"`
			In  []struct {
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/1999/xhtml link"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(s.Page("/sitemap.xml")), &file); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, u := range file.URLs {
		for _, in := range u.In {
			found[u.Loc+" "+in.Lang+" "+in.Href]++
		}
	}
	for _, path := range []string{"/", "/services/00034", "/centres/01"} {
		uk, en := webtest.BaseURL+path, webtest.BaseURL+english(path)
		for _, want := range []string{uk + " uk " + uk, uk + " en " + en, en + " uk " + uk, en + " en " + en} {
			if found[want] != 1 {
				t.Errorf("%d times %s", found[want], want)
			}
		}
	}
}
