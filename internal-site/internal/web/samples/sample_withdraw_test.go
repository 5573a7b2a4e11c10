package samples_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A sample is taken back once, with a reason, and leaves no more.
func TestSampleIsTakenBack(t *testing.T) {
	s := newSite(t)
	path := "/services/" + s.Service.String() + "/samples"
	head := s.As(s.Users[access.AuthorityHead])
	if w := head.Multipart(path, url.Values{"version": {"0"}, "title.uk": {"Нова"}, "alt.uk": {"Опис"}}, "sample", "a.png", picture); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := head.Get(path)
	webtest.Shows(t, page, http.StatusOK, "Нова")
	second := "/services/" + s.Service.String() + sampleLink.FindString(page.Body.String())
	webtest.Shows(t, head.Get(second+"/withdraw"), http.StatusOK, "Прибрати зразок?", "Нова")
	webtest.Shows(t, head.Post(second+"/withdraw", url.Values{}), http.StatusUnprocessableEntity, "Напишіть причину")
	if w := head.Post(second+"/withdraw", url.Values{"reason": {"Форма змінилася"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	if w := head.Post(second+"/withdraw", url.Values{"reason": {"Форма змінилася"}}); w.Code != http.StatusConflict {
		t.Errorf("taken back twice: %d", w.Code)
	}
	if n := s.Count(`select count(*) from documents.files where published and purpose = 'sample'`); n != 0 {
		t.Errorf("%d files leave still", n)
	}
}
