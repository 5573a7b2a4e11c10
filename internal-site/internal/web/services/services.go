// Package services is the area of the catalogue: the list of services, one service, its own fields. It may
// import shared, internal/catalogue, internal/org, internal/access and the packages beside it; it knows no
// SQL.
package services

import (
	"context"
	"embed"
	"io/fs"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Services  *catalogue.Store
	Orgs      *org.Store
	PublicURL string
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the catalogue's services.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "services", Path: "/services", Files: files, Words: []fs.FS{catalogue.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 30, Needs: catalogue.View},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("service", d.Services.Object)
			return []area.Route{
				area.GET("", area.Somewhere(catalogue.View), h.list),
				area.GET("/:id", area.Over(catalogue.View, one), h.show),
				area.GET("/new", area.Somewhere(catalogue.EditService), h.add),
				area.POST("/new", area.Somewhere(catalogue.EditService), h.addPost),
				area.GET("/:id/edit", area.Over(catalogue.EditService, one), h.edit),
				area.POST("/:id/edit", area.Over(catalogue.EditService, one), h.editPost),
			}
		},
	}
}

// tiles counts the versions of cards that wait for the actor.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	approve, publish, err := d.Services.Waiting(ctx, actor)
	return []area.Tile{
		{Href: "/services?card=draft&mine=1", Key: "services.tile.approve", Count: approve},
		{Href: "/services?card=approved&mine=1", Key: "services.tile.publish", Count: publish},
	}, err
}
