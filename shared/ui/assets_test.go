package ui

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A service page is to weigh 60 KB at most on the first visit over TLS, with all that it loads; the page itself takes up to 11 KB of them.
func TestWhatAFirstVisitLoadsIsSmall(t *testing.T) {
	const most = 60_000 - 11_000
	sum := 0
	for _, name := range []string{"public.css", "public.js", "font-cyrillic.woff2", "font-latin.woff2"} {
		r := httptest.NewRequest(http.MethodGet, URL(name), nil)
		r.Header.Set("Accept-Encoding", "gzip, deflate, br")
		w := httptest.NewRecorder()
		Assets().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", name, w.Code)
		}
		t.Logf("%s: %d bytes", name, w.Body.Len())
		sum += w.Body.Len()
	}
	if sum > most {
		t.Errorf("%d bytes, at most %d", sum, most)
	}
}
