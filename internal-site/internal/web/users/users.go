// Package users is the area of accounts and their roles. It may import shared, internal/access,
// internal/org and the packages beside it; it knows no SQL.
package users

import (
	"embed"
	"io/fs"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
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
		Name: "users", Path: "/users", Files: files, Words: []fs.FS{access.Words},
		Nav: &area.Nav{Order: 60, Needs: access.ViewUsers},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			manage := area.Over(access.ManageUsers, area.Region)
			return []area.Route{
				area.GET("", area.Somewhere(access.ViewUsers), h.list),
				area.GET("/new", manage, h.add),
				area.POST("/new", manage, h.addPost),
				area.GET("/:id", area.Over(access.ViewUsers, area.ByID("user", d.Users.Object)).Private(access.ViewUsers), h.show),
				area.POST("/:id/block", manage, h.block(true)),
				area.POST("/:id/unblock", manage, h.block(false)),
				area.POST("/:id/password", manage, h.password),
				area.POST("/:id/grant", manage, h.grant),
				area.POST("/:id/revoke", manage, h.revoke),
			}
		},
	}
}
