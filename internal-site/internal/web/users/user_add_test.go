package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

func newClerk() url.Values {
	return url.Values{"full_name": {"Нова Людина"}, "login": {"new.clerk"}, "phone": {"067 123 45 67"}, "group": {"archive"}, "centre": {centre.String()}}
}

// A head is offered the own centre and nothing beyond it.
func TestHeadsAddToTheirCentre(t *testing.T) {
	p := &people{groups: []access.Group{archive()}}
	form := p.head(t).Get("/users/new")
	webtest.Shows(t, form, http.StatusOK, "Архіваріус", "ЦНАП Вишневої громади")
	webtest.Lacks(t, form, "ЦНАП Лугової громади", `name="authority"`)
}

func TestNewAccountShowsItsPassword(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, made: access.OneTime{FullName: "Нова Людина", Login: "new.clerk", Password: "abcd-efgh"}}
	webtest.Shows(t, p.admin(t).Post("/users/new", newClerk()), http.StatusOK, "abcd-efgh", "Цей пароль показано один раз")
	if p.saved.FullName != "Нова Людина" || p.saved.Login != "new.clerk" || p.saved.Phone != "067 123 45 67" {
		t.Errorf("added %+v", p.saved)
	}
	if len(p.given) != 1 || p.given[0].Group != "archive" || p.given[0].Place != access.InCentre(centre) {
		t.Errorf("let into %+v", p.given)
	}
}

// Whoever adds an account knows beforehand that the password may be shown to somebody else.
func TestNewAccountThatWaitsShowsNoPassword(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, outcome: access.Proposed}
	admin := p.admin(t)
	webtest.Shows(t, admin.Get("/users/new"), http.StatusOK, "його побачить друга особа")
	leads(t, admin.Post("/users/new", newClerk()), "/users/proposals")
}

// What is wrong is said beside its field, and what was typed stays.
func TestNewAccountThatIsWrong(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, err: fault.InvalidFields(fault.FieldError{Field: "login", Key: "access.login_form"})}
	webtest.Shows(t, p.admin(t).Post("/users/new", newClerk()), http.StatusUnprocessableEntity, `href="#login"`, "Нова Людина", `value="new.clerk"`)
	p.err = fault.New(fault.Forbidden, "access.not_yours")
	webtest.Shows(t, p.admin(t).Post("/users/new", newClerk()), http.StatusUnprocessableEntity, `href="#group"`, "яких не маєте самі")
	form := newClerk()
	form.Del("centre")
	webtest.Shows(t, p.admin(t).Post("/users/new", form), http.StatusUnprocessableEntity, `href="#centre"`, "Виберіть ЦНАП")
}
