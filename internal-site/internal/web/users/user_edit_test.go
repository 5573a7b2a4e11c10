package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/shared/fault"
)

func TestUserEdit(t *testing.T) {
	p := &people{account: clerk()}
	webtest.Shows(t, p.admin(t).Get(page+"/edit"), http.StatusOK, `value="Коваль Олена"`, `name="version" value="4"`)
	leads(t, p.admin(t).Post(page+"/edit", url.Values{"version": {"4"}, "full_name": {"Інше Прізвище"}, "email": {"o@example.org"}}), page)
	if p.saved.FullName != "Інше Прізвище" || p.saved.Email != "o@example.org" || p.saved.Version != 4 || p.saved.ID != p.account.ID {
		t.Errorf("saved %+v", p.saved)
	}
}

// Somebody else saved meanwhile: both stand side by side, and nothing is written until one of them is chosen, field by field.
func TestUserEditAfterAColleague(t *testing.T) {
	p := &people{account: clerk(), err: fault.New(fault.Conflict, "access.user_changed")}
	webtest.Shows(t, p.admin(t).Post(page+"/edit", url.Values{"version": {"3"}, "full_name": {"Запізніле"}}), http.StatusConflict,
		"Запізніле", "Коваль Олена", `name="version" value="4"`, `name="pick:full_name"`)
	p.err = nil
	chosen := url.Values{"version": {"4"}, "do": {"save"}, "full_name": {"Запізніле"}, "position": {"Нова посада"}, "pick:full_name": {"theirs"}, "pick:position": {"mine"}}
	leads(t, p.admin(t).Post(page+"/edit", chosen), page)
	if p.saved.FullName != "Коваль Олена" || p.saved.Position.UK != "Нова посада" {
		t.Errorf("saved %+v", p.saved)
	}
}

func TestUserEditThatIsWrong(t *testing.T) {
	p := &people{account: clerk(), err: fault.InvalidFields(fault.FieldError{Field: "email", Key: "form.email"})}
	webtest.Shows(t, p.admin(t).Post(page+"/edit", url.Values{"version": {"4"}, "email": {"не-адреса"}}), http.StatusUnprocessableEntity, `href="#email"`, "не-адреса")
}

func TestUserEditWithoutTheRight(t *testing.T) {
	p := &people{account: clerk()}
	reader := onlooker(t, p)
	webtest.Shows(t, reader.Get(page+"/edit"), http.StatusForbidden)
	webtest.Shows(t, reader.Post(page+"/edit", url.Values{"full_name": {"Інше"}}), http.StatusForbidden)
	if p.saved.FullName != "" {
		t.Error("saved")
	}
}
