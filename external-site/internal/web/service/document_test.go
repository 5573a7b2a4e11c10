package service_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

const (
	file   = "/documents/00000000-0000-7000-8000-000000000401"
	other  = "/documents/00000000-0000-7000-8000-000000000402"
	sealed = "/documents/00000000-0000-7000-8000-000000000403"
)

// arrive does what the syncer does when the bytes of a file have come.
func arrive(t *testing.T, s *webtest.Site, key string, data []byte, announced string) {
	t.Helper()
	if _, err := s.Documents.PutBytes(t.Context(), key, data, "application/pdf"); err != nil {
		t.Fatal(err)
	}
	s.DB.Exec(`update documents.files set sha256 = $2 where object_key = $1`, key, announced)
	s.DB.Exec(`insert into sync.objects values ($1, $2, $3, 'ready')`, key, announced, len(data))
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

func TestDocument(t *testing.T) {
	s := webtest.New(t)
	if w := s.Get(file); w.Code != http.StatusServiceUnavailable {
		t.Errorf("before the bytes are here: %d", w.Code)
	}
	webtest.Contains(t, s.Page("/services/00034"), "файл ще передається")

	data := []byte("%PDF-1.7 форма")
	arrive(t, s, "templates/401", data, sum(data))
	webtest.Contains(t, s.Page("/services/00034"), `href="`+file+`"`)
	w := s.Get(file)
	if w.Code != http.StatusOK || w.Body.String() != string(data) {
		t.Fatalf("%d, %d bytes", w.Code, w.Body.Len())
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "ETag": `"` + sum(data) + `"`,
		"Content-Disposition":     "attachment; filename*=utf-8''%D0%B7%D0%B0%D1%8F%D0%B2%D0%B0%20%D0%BF%D1%80%D0%BE%20%D1%81%D1%83%D0%B1%D1%81%D0%B8%D0%B4%D1%96%D1%8E.pdf",
		"Content-Security-Policy": "default-src 'none'; sandbox",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, file, nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	again := httptest.NewRecorder()
	s.Handler.ServeHTTP(again, r)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("unchanged: %d, %d bytes", again.Code, again.Body.Len())
	}
}

// Bytes that are not those of the register are never sent, not even in part.
func TestDocumentThatDiffersIsNotSent(t *testing.T) {
	s := webtest.New(t)
	arrive(t, s, "templates/401", []byte("%PDF-1.7 підмінено"), sum([]byte("інше")))
	w := s.Get(file)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("ETag") != "" {
		t.Errorf("%d, ETag %q", w.Code, w.Header().Get("ETag"))
	}
	webtest.Lacks(t, w.Body.String(), "підмінено")
}

// A type that a browser would run is sent as plain bytes; a personal file is nobody's here.
func TestDocumentTypesAndPurposes(t *testing.T) {
	s := webtest.New(t)
	data := []byte("<script>")
	arrive(t, s, "templates/402", data, sum(data))
	if w := s.Get(other); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%d as %q", w.Code, w.Header().Get("Content-Type"))
	}
	arrive(t, s, "sealed/403", data, sum(data))
	for _, path := range []string{sealed, "/documents/1", "/documents/00000000-0000-7000-8000-00000000ffff"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
