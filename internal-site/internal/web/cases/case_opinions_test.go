package cases_test

import (
	"net/http"
	"net/url"
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
