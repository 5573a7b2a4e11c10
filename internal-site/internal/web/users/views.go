package users

import (
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
)

// views leads between the lists of the area: those that the person may open. current is the path of the page.
func (h handlers) views(c *gin.Context, current string) ui.SubNavigation {
	actor, p := session.Actor(c), h.site.Printer(c)
	nav := ui.SubNavigation{Label: p.T("users.views")}
	for _, view := range []struct {
		path, key string
		needs     []access.Action // one of them
	}{
		{"/users", "users.title", []access.Action{access.ViewUsers}},
		{"/users/groups", "users.groups", []access.Action{access.ManageGroups}},
		{"/users/proposals", "users.proposals", []access.Action{access.ManageUsers, access.ManageGroups}},
	} {
		if slices.ContainsFunc(view.needs, func(a access.Action) bool { return access.MayEver(actor, a) }) {
			nav.Items = append(nav.Items, ui.SubNavigationItem{
				Content: ui.Content{Text: p.T(view.key)}, Href: view.path, Active: view.path == current,
			})
		}
	}
	return nav
}
