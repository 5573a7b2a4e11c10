package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// A group is deleted after a page that asks, with the version that was seen.
func TestDeletingAGroupAsksFirst(t *testing.T) {
	p := &people{groups: []access.Group{archive()}}
	const address = "/users/groups/archive/delete"
	webtest.Shows(t, p.admin(t).Get(address), http.StatusOK, "Видалити групу «Архіваріус»?", "відновити не можна", `name="version" value="3"`)
	webtest.Shows(t, p.admin(t).Get(address+"?lang=en"), http.StatusOK, "Delete the group Archivist?")
	webtest.Shows(t, p.admin(t).Post(address, url.Values{"version": {"3"}}), http.StatusOK, "Видалити групу «Архіваріус»?")
	p.asked(t)
	leads(t, p.admin(t).Post(address, url.Values{"sure": {"yes"}, "version": {"3"}}), "/users/groups")
	p.asked(t, "delete archive 3")
}

func TestGroupThatCannotBeDeleted(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, err: fault.New(fault.Conflict, "access.group_has_members")}
	webtest.Shows(t, p.admin(t).Post("/users/groups/archive/delete", url.Values{"sure": {"yes"}, "version": {"3"}}), http.StatusConflict)
	webtest.Shows(t, p.admin(t).Get("/users/groups/none/delete"), http.StatusNotFound)
	webtest.Shows(t, p.head(t).Get("/users/groups/archive/delete"), http.StatusForbidden)
}
