package webtest

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"
)

// Shows fails the test when the answer has another status than code, or lacks one of the texts.
func Shows(t *testing.T, w *httptest.ResponseRecorder, code int, texts ...string) {
	t.Helper()
	if w.Code != code {
		t.Fatalf("%d, want %d: %s", w.Code, code, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

// Lacks fails the test when the answer has one of the texts.
func Lacks(t *testing.T, w *httptest.ResponseRecorder, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(w.Body.String(), text) {
			t.Errorf("the page has %q", text)
		}
	}
}

// Told is what an answer leaves to be said on the next page: the key of a word, with what stands in it.
func Told(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	r := w.Result()
	defer func() { _ = r.Body.Close() }()
	for _, c := range r.Cookies() {
		if strings.Contains(c.Name, "flash") {
			text, err := base64.RawURLEncoding.DecodeString(c.Value)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	return ""
}
