package service_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func asking() *region {
	r := newRegion()
	r.service.Card.Content.Questions = []contract.CardQuestion{
		{ID: "a", Text: locale.Text{UK: "Чи <живе> дитина з вами?"}, Stop: contract.AnswerNo, Advice: locale.Text{UK: "Хай подасть інший"}},
		{ID: "b", Text: locale.Text{UK: "Чи вже отримуєте?"}, Stop: contract.AnswerYes, Advice: locale.Text{UK: "Удруге & не дадуть"}},
	}
	return r
}

// One question a page; the answers stand in the address, and the one that speaks against the service ends the way with its advice.
func TestOneQuestionAPage(t *testing.T) {
	s := alone(t, asking(), vault{}, areatest.AllOn)
	webtest.Contains(t, s.Page("/services/01~7"), `href="/fits/01~7"`)
	webtest.Contains(t, s.Page("/fits/01~7"), "Чи &lt;живе&gt; дитина з вами?", "Запитання 1 з 2", `content="noindex"`)
	for path, want := range map[string]string{
		"/fits/01~7?answer=y": "/fits/01~7?a=y", "/fits/01~7?a=y&next=1&answer=n": "/fits/01~7?a=yn",
	} {
		if w := s.Get(path); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %s", path, w.Code, w.Header().Get("Location"))
		}
	}
	webtest.Contains(t, s.Page("/fits/01~7?a=y"), "Чи вже отримуєте?", "Запитання 2 з 2", `name="a" value="y"`, `href="/fits/01~7"`)
	webtest.Contains(t, s.Page("/fits/01~7?a=n"), "Мабуть, ця послуга вам не підходить", "Хай подасть інший", `href="/services/01~7"`)
	webtest.Contains(t, s.Page("/fits/01~7?a=yy"), "Удруге &amp; не дадуть", `href="/fits/01~7?a=y"`)
	webtest.Contains(t, s.Page("/fits/01~7?a=yn"), "Схоже, ця послуга вам підходить")
}

// Whatever stands in the address is a question, an end or an error to mend; a service without questions has no such page.
func TestAddressesOfQuestions(t *testing.T) {
	s := alone(t, asking(), vault{}, areatest.AllOn)
	for path, want := range map[string]string{
		"?a=" + strings.Repeat("y", 5000): "Удруге", "?a=" + url.QueryEscape("yя<script>"): "Чи вже отримуєте?", "?a=%ff%00": "Чи &lt;живе&gt;",
		"?a=ynnnn&answer=y": "Схоже", "?a=nnn": "Хай подасть інший",
	} {
		webtest.Contains(t, s.Page("/fits/01~7"+path), want)
	}
	for _, path := range []string{"?next=1", "?answer=", "?answer=maybe"} {
		w := s.Get("/fits/01~7" + path)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#answer"`) {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := alone(t, newRegion(), vault{}, areatest.AllOn).Get("/fits/01~7"); w.Code != http.StatusNotFound {
		t.Errorf("a service without questions: %d", w.Code)
	}
	if w := s.Get("/fits/other"); w.Code != http.StatusNotFound {
		t.Errorf("no service: %d", w.Code)
	}
}
