package samples_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

var sampleLink = regexp.MustCompile(`/samples/[0-9a-f-]{36}`)

// A sample is added once however often the button is pressed, replaced by another, and handed out.
func TestSampleIsAddedOnceAndReplaced(t *testing.T) {
	s := newSite(t)
	path := "/services/" + s.Service.String() + "/samples"
	head := s.As(s.Users[access.AuthorityHead])
	typed := url.Values{"version": {"0"}, "title.uk": {"Заява <b>"}, "alt.uk": {"Угорі <i>\nприкладне прізвище"}}
	w := head.Multipart(path, typed, "sample", "zrazok.pdf", picture)
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "Угорі &lt;i&gt;", `href="#sample"`)
	webtest.Shows(t, head.Multipart(path, url.Values{"version": {"0"}, "title.uk": {"Заява"}}, "sample", "a.png", picture), http.StatusUnprocessableEntity, `href="#alt.uk"`)
	for range 2 {
		if w := head.Multipart(path, typed, "sample", "zrazok.png", picture); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if n := s.Count(`select count(*) from catalogue.samples`); n != 1 {
		t.Fatalf("%d samples after two presses", n)
	}
	page := head.Get(path)
	webtest.Shows(t, page, http.StatusOK, "Заява &lt;b&gt;", "Угорі &lt;i&gt;", "zrazok.png", `name="version" value="1"`, "Поставити замість «Заява &lt;b&gt;»")
	first := sampleLink.FindString(page.Body.String())
	if w := head.Get("/services/" + s.Service.String() + first); w.Code != http.StatusOK || w.Body.String() != string(picture) {
		t.Errorf("the file: %d", w.Code)
	}
	old := url.Values{"version": {"0"}, "title.uk": {"Інша"}, "alt.uk": {"Опис іншої"}}
	webtest.Shows(t, head.Multipart(path, old, "sample", "b.png", picture), http.StatusConflict, "Опис іншої", "зразки цієї послуги змінили", `name="version" value="1"`)
	other := url.Values{"version": {"1"}, "title.uk": {"Нова"}, "alt.uk": {"Опис"}, "replaces": {first[len("/samples/"):]}}
	if w := head.Multipart(path, other, "sample", "b.png", picture); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, head.Get(path), http.StatusOK, "Нова", "Більше не показуємо")
	if page := s.As(s.Users[access.Administrator]).Get(path).Body.String(); strings.Contains(page, "<form method=\"post\" enctype") {
		t.Error("whoever may not publish is offered to")
	}
}
