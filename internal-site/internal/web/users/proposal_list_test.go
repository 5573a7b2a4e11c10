package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

// Whoever keeps groups and no accounts sees what waits about groups, and is a second person for it.
func TestKeepersOfGroupsDecideAboutGroups(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into access.groups (code, name, place) values ('keepers', 'Ведуть групи', 'region')`)
	s.DB.Exec(`insert into access.group_rights (group_code, action, reach) values ('keepers', 'groups.manage', 'anywhere')`)
	keeper := s.As(s.AddUser("keeper", access.Grant{Group: "keepers", Place: access.InRegion()}))
	form := url.Values{"name.uk": {"Посадова особа"}, "version": {"2"}, "right." + string(cases.View): {"anywhere"}}
	leads(t, s.As(s.Users[access.PortalAdministrator]).Post("/users/groups/officer", form), "/users/proposals")

	leads(t, keeper.Get("/users"), "/users/groups")
	shows(t, keeper.Get("/users/groups"), http.StatusOK, `href="/users/proposals"`, `href="/users"`)
	shows(t, keeper.Get("/users/proposals"), http.StatusOK, "Розширити права групи", "Підтвердити")
	confirmed(t, s, keeper)
	if s.Count(`select count(*) from access.group_rights where group_code = 'officer'`) != 1 {
		t.Error("confirmed, and the group has other rights")
	}
}
