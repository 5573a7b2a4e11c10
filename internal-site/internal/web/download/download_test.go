package download_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/download"
)

// vault holds one text, or fails after its first bytes.
type vault struct {
	text string
	err  error
}

func (v vault) Open(context.Context, documents.File) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader(v.text), fails{v.err})), nil
}

type fails struct{ err error }

func (f fails) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

func send(method string, v vault) (*httptest.ResponseRecorder, error) {
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	c.Request = httptest.NewRequest(method, "/", nil)
	err := download.Send(c, v, documents.File{FileName: "Заява №1.html", MediaType: "text/html", Size: int64(len(v.text))})
	return w, err
}

// A file of an applicant is kept, never shown as a page of ours.
func TestFilesAreNeverPages(t *testing.T) {
	w, err := send(http.MethodGet, vault{text: "<script>"})
	if err != nil || w.Code != http.StatusOK || w.Body.String() != "<script>" {
		t.Fatalf("%d %q, %v", w.Code, w.Body, err)
	}
	h := w.Header()
	if d := h.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || !strings.Contains(d, "filename*=utf-8''") {
		t.Errorf("disposition %q", d)
	}
	if p := h.Get("Content-Security-Policy"); p != "default-src 'none'; sandbox" {
		t.Errorf("policy %q", p)
	}
}

func TestHeadSendsNoBytes(t *testing.T) {
	if w, err := send(http.MethodHead, vault{text: "text"}); err != nil || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "4" {
		t.Errorf("%d bytes, length %s, %v", w.Body.Len(), w.Header().Get("Content-Length"), err)
	}
}

func TestAFileThatIsNotWholeIsAnError(t *testing.T) {
	if _, err := send(http.MethodGet, vault{text: "half", err: errors.New("other bytes")}); err == nil {
		t.Error("no error")
	}
}

// TestWhatIsShownRunsNothing: only files that browsers show without running them are shown, in frames of our own, with the
// type that was checked when they entered.
func TestWhatIsShownRunsNothing(t *testing.T) {
	for mediaType, want := range map[string]struct{ disposition, policy, frame string }{
		"application/pdf":         {"inline", "object-src 'self'; frame-ancestors 'self'", "SAMEORIGIN"},
		"image/png":               {"inline", "default-src 'none'; sandbox; frame-ancestors 'self'", "SAMEORIGIN"},
		"image/webp":              {"inline", "default-src 'none'; sandbox; frame-ancestors 'self'", "SAMEORIGIN"},
		"text/html":               {"attachment", "default-src 'none'; sandbox", ""},
		"image/svg+xml":           {"attachment", "default-src 'none'; sandbox", ""},
		"application/pkcs7-mime":  {"attachment", "default-src 'none'; sandbox", ""},
		"application/pdf; x=html": {"attachment", "default-src 'none'; sandbox", ""},
	} {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
		if err := download.Show(c, vault{text: "text"}, documents.File{FileName: "файл", MediaType: mediaType, Size: 4}); err != nil {
			t.Fatal(err)
		}
		h := w.Header()
		if !strings.HasPrefix(h.Get("Content-Disposition"), want.disposition+";") || !strings.HasSuffix(h.Get("Content-Security-Policy"), want.policy) ||
			h.Get("X-Frame-Options") != want.frame || h.Get("Content-Type") != mediaType {
			t.Errorf("%s: %v", mediaType, h)
		}
	}
}

func TestWhatIsMadeIsLookedAt(t *testing.T) {
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	download.Made(c, "decision.pdf", "application/pdf", []byte("%PDF-1.3"))
	if h := w.Header(); h.Get("Content-Type") != "application/pdf" || h.Get("Content-Disposition") != "inline; filename=decision.pdf" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%v", h)
	}
}
