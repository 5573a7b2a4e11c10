package users_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

func TestGroupList(t *testing.T) {
	g := archive()
	g.Members, g.Rights = 12, access.GroupRights{cases.View: access.Own}
	p := &people{groups: []access.Group{g}}
	webtest.Shows(t, p.admin(t).Get("/users/groups"), http.StatusOK, `href="/users/groups/archive"`, "Архіваріус", "У ЦНАП", "12", `href="/users/groups/new"`)
	webtest.Shows(t, p.admin(t).Get("/users/groups?lang=en"), http.StatusOK, "Archivist")
	webtest.Shows(t, p.head(t).Get("/users/groups"), http.StatusForbidden)
}
