package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/web/webtest"
)

// Somebody is kept, seen, changed and removed; what is wrong is said on the page, with what was typed.
func TestApplicantsAreKept(t *testing.T) {
	s := open(t)
	s.register("olena")
	webtest.Contains(t, s.Page("/cabinet/applicants"), "Ще нічого не збережено")
	page := s.posted(http.StatusUnprocessableEntity, "/cabinet/applicants/new", person("Канарейченко", "шість")...)
	webtest.Contains(t, page, `value="Канарейченко"`, `value="шість"`, `href="#passport"`)
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/applicants/new", person("Ткач", "КС 123456", "represented", "true")...), `href="#representative_surname"`)
	s.posted(http.StatusSeeOther, "/cabinet/applicants/new", person("Канарейченко", "КС 123456")...)
	link := applicantLink.FindString(s.Page("/cabinet/applicants"))
	webtest.Contains(t, s.Page(link), `value="КС 123456"`, "38067")
	s.posted(http.StatusUnprocessableEntity, link, "kind", "person")
	s.posted(http.StatusSeeOther, link, person("Нова", "КС 123456")...)
	page = s.Page("/cabinet/applicants")
	webtest.Contains(t, page, "Нова Олена")
	webtest.Lacks(t, page, "Канарейченко")
	webtest.Contains(t, s.PageIn("/cabinet/account/everything.html", "en"), "Нова Олена", "067", "Postal address")
	webtest.Contains(t, s.Page("/cabinet/account/everything.json"), `"surname": "Нова"`)
	webtest.Contains(t, s.Page("/cabinet/account/erase"), "Зникнуть дані 1 заявника")
	webtest.Contains(t, s.Page(link+"/remove"), "Нова Олена")
	s.posted(http.StatusSeeOther, link+"/remove")
	s.posted(http.StatusNotFound, link+"/remove")
	webtest.Contains(t, s.Page("/cabinet/applicants"), "Ще нічого не збережено")
}

// There is a bound to how many an account keeps, and what was typed beyond it stays on the page.
func TestThereAreNotTooManyApplicants(t *testing.T) {
	s := open(t)
	s.register("olena")
	s.posted(http.StatusSeeOther, "/cabinet/applicants/new", person("Канарейченко", "КС 123456")...)
	s.DB.Exec(`insert into account.applicants (id, account_id, sealed) select gen_random_uuid(), account_id, sealed from account.applicants, generate_series(2, $1)`, account.MaxApplicants)
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/applicants/new", person("Зайвий", "КС 123457")...), "вже на 50 заявників", `value="Зайвий"`)
}
