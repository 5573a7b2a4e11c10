package cabinet_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// document adds a document to the cabinet that is open.
func (s *site) document(name, file, content string) {
	s.t.Helper()
	if w := s.Upload("/cabinet/documents", "file", []string{file, content}, "name", name, "kind", "identity"); w.Code != http.StatusSeeOther {
		s.t.Fatalf("%s is not kept: %d %s", file, w.Code, w.Body)
	}
}

// Documents are added, read again byte by byte, renewed, renamed and deleted; a file of another kind, an empty one and none are refused in words.
func TestDocuments(t *testing.T) {
	s := open(t)
	s.register("olena")
	webtest.Contains(t, s.Page("/cabinet/documents"), "Документів поки немає")
	s.document("", "Паспорт Олени.pdf", "%PDF-1.7 один")
	page := s.Page("/cabinet/documents")
	webtest.Contains(t, page, "Паспорт Олени</a>", "Посвідчує особу", "файлів – 1 з 200")
	link, file := documentLink.FindString(page), fileLink.FindString(page)
	w := s.Get(file)
	if w.Body.String() != "%PDF-1.7 один" || w.Header().Get("Content-Type") != "application/pdf" || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) ||
		!strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
		t.Errorf("the file: %v %q", w.Header(), w.Body)
	}
	if w := s.Upload(link+"/versions", "file", []string{"pasport-2.pdf", "%PDF-1.7 два"}); w.Code != http.StatusSeeOther {
		t.Fatalf("a version: %d %s", w.Code, w.Body)
	}
	page = s.Page(link)
	webtest.Contains(t, page, "pasport-2.pdf", "Паспорт Олени.pdf", "Діє ця версія")
	if newest := fileLink.FindString(page); newest == file || s.Page(newest) != "%PDF-1.7 два" {
		t.Errorf("the newest version does not stand first: %s", newest)
	}
	s.posted(http.StatusUnprocessableEntity, link, "name", " ", "kind", "identity")
	s.posted(http.StatusUnprocessableEntity, link, "name", "Паспорт", "kind", "nothing")
	s.posted(http.StatusSeeOther, link, "name", "Паспорт <Олени>", "kind", "family")
	webtest.Contains(t, s.Page("/cabinet/documents"), "Паспорт &lt;Олени&gt;", "Сім’я")
	for name, content := range map[string]string{"note.txt": "слова", "evil.pdf": "MZ not a PDF", "empty.pdf": ""} {
		if w := s.Upload("/cabinet/documents", "file", []string{name, content}, "name", "Щось"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Щось") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := s.Upload("/cabinet/documents", "other", nil, "name", "Щось"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Виберіть файл") {
		t.Errorf("no file: %d", w.Code)
	}
	s.posted(http.StatusSeeOther, file+"/remove")
	webtest.Lacks(t, s.Page(link), "Паспорт Олени.pdf")
	if w := s.Get(file); w.Code != http.StatusNotFound {
		t.Errorf("a removed version: %d", w.Code)
	}
	webtest.Contains(t, s.Page(link+"/remove"), "Документ зникне")
	s.posted(http.StatusSeeOther, link+"/remove")
	webtest.Contains(t, s.Page("/cabinet/documents"), "Документів поки немає", "файлів – 0 з 200")
}

// Whoever leaves takes everything along: the archive has what the account knows, and every version of every document.
func TestEverythingHasTheDocuments(t *testing.T) {
	s := open(t)
	s.register("olena")
	s.document("Паспорт", "a.pdf", "%PDF-1.7 один")
	s.document("Фото", "b.jpg", "\xff\xd8\xff\xe0 два")
	w := s.Get("/cabinet/account/everything.zip")
	archive, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	got := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(content)
	}
	webtest.Contains(t, got["cabinet.json"], `"login": "olena"`, "documents/001 b.jpg", "documents/002 a.pdf")
	webtest.Contains(t, got["cabinet.html"], "Паспорт", "Фото")
	if len(got) != 4 || got["documents/002 a.pdf"] != "%PDF-1.7 один" || got["documents/001 b.jpg"] != "\xff\xd8\xff\xe0 два" {
		t.Errorf("the archive holds %q", got)
	}
}
