package cases_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
)

// TestPapersAreBroughtToTheCounter: what the applicant brings stands at the case with its file; what is refused is named, keeps
// what was typed and leaves no file behind.
func TestPapersAreBroughtToTheCounter(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	doAct(clerk, kase.ID, 1, "take")
	at := "/cases/" + kase.ID.String() + "/papers"
	if page := clerk.Get(at).Body.String(); !strings.Contains(page, kase.Number) || !strings.Contains(page, `name="papers"`) {
		t.Fatal("the page has no place for papers")
	}
	version := strconv.Itoa(s.Count(`select version from cases.cases`))
	fields := url.Values{"version": {version}, "take_papers_text": {"приніс довідку"}}

	refused := clerk.Multipart(at, fields, "papers", "довідка.pdf", []byte("<html>"))
	if page := refused.Body.String(); refused.Code != http.StatusUnprocessableEntity || !strings.Contains(page, "довідка.pdf") || !strings.Contains(page, "приніс довідку") {
		t.Errorf("a file that is not what its name says: %d", refused.Code)
	}
	if w := clerk.Post(at, url.Values{"version": {version}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("nothing brought and nothing said: %d", w.Code)
	}
	if n := s.Count(`select count(*) from documents.files`); n != 0 {
		t.Fatalf("%d files after refusals", n)
	}

	for _, press := range []string{"once", "twice"} { // a double click brings them once
		if w := clerk.Multipart(at, fields, "papers", "довідка.pdf", []byte("%PDF-1.7 довідка")); w.Code != http.StatusSeeOther {
			t.Fatalf("papers, pressed %s: %d %s", press, w.Code, w.Body)
		}
	}
	files, err := documents.OfCase(t.Context(), s.DB.Pool, kase.ID)
	if err != nil || len(files) != 1 || files[0].FileName != "довідка.pdf" || files[0].Purpose != documents.Received {
		t.Errorf("files %+v, %v", files, err)
	}
	if page := clerk.Get("/cases/" + kase.ID.String()).Body.String(); !strings.Contains(page, "довідка.pdf") || !strings.Contains(page, "приніс довідку") {
		t.Error("the case does not show what was brought")
	}
	if w := clerk.Multipart(at, fields, "papers", "ще.pdf", []byte("%PDF-1.7")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "приніс довідку") {
		t.Errorf("a stale page: %d", w.Code)
	}
	if n := s.Count(`select count(*) from documents.files`); n != 1 {
		t.Errorf("%d files after a stale page", n)
	}
}
