package users_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/users"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{users.Area(users.Deps{Users: d.Accounts, Orgs: d.Orgs, Work: d.Cases})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	target := s.AddUser("target", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	webtest.Walk(t, s, strings.NewReplacer(":id", target.UserID.String(), ":code", "reader").Replace, map[string]access.Object{
		"user": {Own: []access.Place{access.InCentre(s.Centre)}},
	})
}
