package cases_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// A colleague is asked on the page of the case, with what was typed kept while something is wrong. The one who is asked finds the case by a
// list of their own and answers where opinions are written; others read that it is asked.
func TestAColleagueIsAskedOnThePageOfACase(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	place := access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)}
	asked := s.AddUser("asked", place)
	clerk, colleague, third := s.As(s.Users[access.Administrator]), s.As(asked), s.As(s.AddUser("third", place))
	path := "/cases/" + kase.ID.String()
	if w := doAct(clerk, kase.ID, 1, "take"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "Запитати думку колеги", "Будь-кого з колег", asked.UserID.String())
	webtest.Lacks(t, s.As(s.Users[access.Officer]).Get(path), `name="ask_opinion_of"`)
	wrong := doAct(clerk, kase.ID, 2, "ask_opinion", "ask_opinion_days", "сто", "ask_opinion_text", "Чи <вистачає> довідки?")
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity, "Виберіть, кого питаєте", "Зазначте кількість робочих днів від 1 до 30", `href="#ask_opinion_of"`, "Чи &lt;вистачає&gt; довідки?</textarea>")
	if w := doAct(clerk, kase.ID, 2, "ask_opinion", "ask_opinion_of", asked.UserID.String(), "ask_opinion_days", "2", "ask_opinion_text", "Чи <вистачає> довідки?"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, colleague.Get("/cases?"+url.Values{"view": {"asked"}}.Encode()), http.StatusOK, "Мене питають (1)", kase.Number)
	page := colleague.Get(path)
	webtest.Shows(t, page, http.StatusOK, "питає вашу думку, до", "Чи &lt;вистачає&gt; довідки?", `href="#say_text"`)
	if got := offered(page); !slices.Contains(got, "opinion checked") {
		t.Errorf("whoever is asked is offered %q", got)
	}
	webtest.Shows(t, third.Get(path), http.StatusOK, "питає думку: "+asked.Name)
	webtest.Lacks(t, third.Get(path), "питає вашу думку")
	webtest.Shows(t, third.Get("/cases?view=asked"), http.StatusOK, "Мене питають (0)")
	if w := doAct(colleague, kase.ID, 3, "opinion", "say_text", "Вистачає"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	answered := clerk.Get(path)
	webtest.Shows(t, answered, http.StatusOK, "Вистачає")
	webtest.Lacks(t, answered, "питає думку: ")
}

// Whoever asked can say on the page that the answer is needed no more; of several questions they choose one. What was typed for it stays
// while another act is done.
func TestAQuestionIsTakenBackOnThePageOfACase(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	asked := s.AddUser("asked", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	clerk, colleague := s.As(s.Users[access.Administrator]), s.As(asked)
	path, version := "/cases/"+kase.ID.String(), 0
	do := func(act string, fields ...string) *httptest.ResponseRecorder {
		version++
		w := doAct(clerk, kase.ID, version, act, fields...)
		if w.Code != http.StatusSeeOther {
			t.Fatal(act, w.Code, w.Body)
		}
		return w
	}
	do("take")
	webtest.Lacks(t, clerk.Get(path), "Зняти запитання")
	do("ask_opinion", "ask_opinion_of", asked.UserID.String(), "ask_opinion_days", "2", "ask_opinion_text", "Чи вистачає <довідки>?")
	one := clerk.Get(path)
	webtest.Shows(t, one, http.StatusOK, "Зняти запитання")
	webtest.Lacks(t, one, `name="recall_opinion_asked"`)
	webtest.Lacks(t, colleague.Get(path), "Зняти запитання")
	do("ask_opinion", "ask_opinion_of", "anybody", "ask_opinion_days", "2", "ask_opinion_text", "Хто знає цю вулицю?")
	two := clerk.Get(path)
	webtest.Shows(t, two, http.StatusOK, `name="recall_opinion_asked"`, asked.Name+": Чи вистачає &lt;довідки&gt;?", "Хто знає цю вулицю?")
	wrong := doAct(clerk, kase.ID, 4, "recall_opinion", "recall_opinion_text", "з’ясовано")
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity, "Виберіть запитання, на яке ще не відповіли", `href="#recall_opinion_asked"`, "з’ясовано</textarea>")
	question := regexp.MustCompile(`<option value="([0-9a-f-]{36})"[^>]*>` + regexp.QuoteMeta(asked.Name) + `: `).FindStringSubmatch(two.Body.String())
	if question == nil {
		t.Fatal("the question is no choice")
	}
	do("recall_opinion", "recall_opinion_asked", question[1], "recall_opinion_text", "з’ясовано")
	webtest.Shows(t, colleague.Get(path), http.StatusOK, "Думка колеги вже не потрібна.", "з’ясовано", "питає вашу думку, до")
	do("recall_opinion")
	webtest.Lacks(t, colleague.Get(path), "питає вашу думку")
	webtest.Shows(t, colleague.Get("/cases?view=asked"), http.StatusOK, "Мене питають (0)")
	if w := doAct(clerk, kase.ID, version, "recall_opinion"); w.Code != http.StatusSeeOther { // a double click
		t.Errorf("pressed twice: %d", w.Code)
	}
	if w := doAct(clerk, kase.ID, version, "recall_opinion", "recall_opinion_text", "ще раз"); w.Code != http.StatusConflict {
		t.Errorf("another one by the same page: %d", w.Code)
	}
	if n := s.Count(`select count(*) from cases.events where kind = 'opinion_recalled'`); n != 2 {
		t.Errorf("taken back %d times", n)
	}
}
