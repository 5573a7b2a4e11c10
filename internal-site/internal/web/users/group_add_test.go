package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

func TestGroupAdd(t *testing.T) {
	p := &people{}
	webtest.Shows(t, p.admin(t).Get("/users/groups/new"), http.StatusOK, "У ЦНАП", "У суб’єкта надання", "У всьому регіоні")
	leads(t, p.admin(t).Post("/users/groups/new", url.Values{"code": {"archive"}, "name.uk": {"Архіваріус"}, "name.en": {"Archivist"}, "place": {"centre"}}), "/users/groups/archive")
	if p.group.Code != "archive" || p.group.Place != access.Centre || p.group.Name.EN != "Archivist" || len(p.group.Rights) != 0 {
		t.Errorf("added %+v", p.group)
	}
}

// Everything that is wrong is said at once: what the page finds and what the store does.
func TestGroupAddThatIsWrong(t *testing.T) {
	p := &people{err: fault.InvalidFields(fault.FieldError{Field: "code", Key: "access.group_code"})}
	webtest.Shows(t, p.admin(t).Post("/users/groups/new", url.Values{"code": {"Архів"}}), http.StatusUnprocessableEntity,
		`href="#code"`, `href="#place"`, "Виберіть, де діє група", "Архів")
	webtest.Shows(t, p.head(t).Post("/users/groups/new", url.Values{"code": {"archive"}}), http.StatusForbidden)
}
