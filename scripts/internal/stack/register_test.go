package stack

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheDemoHasARegister(t *testing.T) {
	register, err := Register()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/laws/card/5203-17.json", "/laws/show/5203-17/ed20240101.txt", "/laws/show/2073-20/ed20231215.txt"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("User-Agent", "OpenData")
		w := httptest.NewRecorder()
		register.ServeHTTP(w, r)
		if w.Code != http.StatusOK || strings.HasSuffix(path, ".txt") && !strings.Contains(w.Body.String(), "не є текстом закону") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
