// Package services is the area of the catalogue: the list of services, one service, its own fields. It may
// import shared, internal/catalogue, internal/law, internal/org, internal/access, internal/audit and the packages beside it; it knows
// no SQL.
package services

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Services  Services
	Cards     Versions // of information cards
	TechCards Versions
	Forms     Versions // application forms
	Orgs      Organisations
	Acts      Acts
	PublicURL string
}

// Services is the catalogue; catalogue.Store is.
type Services interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	List(ctx context.Context, actor access.Actor, f catalogue.Filter) ([]catalogue.Row, int, error)
	Get(ctx context.Context, id uuid.UUID) (catalogue.Service, error)
	Save(ctx context.Context, actor access.Actor, v catalogue.Service) (uuid.UUID, error)
	LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error)
	Readiness(ctx context.Context, id uuid.UUID) (catalogue.Readiness, error)
	Waiting(ctx context.Context, actor access.Actor) (approve, publish int, err error)
	Categories(ctx context.Context) ([]catalogue.Choice, error)
	Situations(ctx context.Context) ([]catalogue.Choice, error)
}

// Versions lists the versions of one kind of card.
type Versions interface {
	List(ctx context.Context, service uuid.UUID) ([]catalogue.Meta, error)
}

// Acts knows the legal acts; law.Store does.
type Acts interface {
	Cited(ctx context.Context, actor access.Actor, service uuid.UUID) ([]law.Cited, error)
	ReviewsOf(ctx context.Context, actor access.Actor, service uuid.UUID) ([]law.Review, error)
}

// Organisations names centres and authorities.
type Organisations interface {
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
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
			h, one := handlers{site, d}, area.ByID("service", d.object)
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

// object asks at the time of the request: the map of routes is read without a catalogue.
func (d Deps) object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	return d.Services.Object(ctx, id)
}

// tiles counts the services with cards that wait for the actor.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	approve, publish, err := d.Services.Waiting(ctx, actor)
	return []area.Tile{
		{Href: "/services?card=submitted&mine=approve", Key: "services.tile.approve", Count: approve},
		{Href: "/services?card=approved&mine=publish", Key: "services.tile.publish", Count: publish},
	}, err
}
