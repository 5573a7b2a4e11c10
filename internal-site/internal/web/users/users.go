// Package users is the area of accounts and their roles. It may import shared, internal/access,
// internal/org and the packages beside it; it knows no SQL.
package users

import (
	"embed"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Users *access.Store
	Orgs  *org.Store
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is accounts and their roles. Its forms hold passwords, so what was typed does not outlive a session.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "users", Path: "/users", Files: files, Words: rights.Words(),
		Nav: &area.Nav{Order: 60, Needs: access.ViewUsers},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			user := area.ByID("user", d.Users.Object)
			manage, account := area.Somewhere(access.ManageUsers), area.Over(access.ManageUsers, user).Private(access.ViewUsers)
			return []area.Route{
				area.GET("", area.Somewhere(access.ViewUsers), h.list),
				area.GET("/new", manage, h.add),
				area.POST("/new", manage, h.addPost),
				area.GET("/:id", area.Over(access.ViewUsers, user).Private(access.ViewUsers), h.show),
				area.POST("/:id/block", account, h.block(true)),
				area.POST("/:id/unblock", account, h.block(false)),
				area.POST("/:id/password", account, h.password),
				area.POST("/:id/grant", account, h.grant),
				area.POST("/:id/revoke", account, h.revoke),
			}
		},
	}
}
