// Package elsewhere is the area of services that people look for on the portal and that others give: the list, one of them as citizens
// read it, its form, and the word of somebody who has looked that it is still true. It may import shared, internal/catalogue,
// internal/access, internal/audit and the packages beside it; it knows no SQL.
package elsewhere

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Elsewhere keeps what others give; catalogue.ElsewhereStore does.
type Elsewhere interface {
	List(ctx context.Context, actor access.Actor, f catalogue.ElsewhereFilter) ([]catalogue.Elsewhere, int, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (catalogue.Elsewhere, error)
	Waiting(ctx context.Context, actor access.Actor) (due int, err error)
	Save(ctx context.Context, actor access.Actor, v catalogue.Elsewhere) error
	Confirm(ctx context.Context, actor access.Actor, id uuid.UUID, version int, review *time.Time) error
	LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error)
	Today() time.Time
}

// Deps is what the area needs.
type Deps struct {
	Elsewhere Elsewhere
	PublicURL string // "" leaves links to the public site out
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is what others give.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "elsewhere", Path: "/elsewhere", Files: files, Words: []fs.FS{catalogue.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 31, Seldom: true, Needs: catalogue.EditElsewhere},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			see, edit := area.Somewhere(catalogue.View), area.Over(catalogue.EditElsewhere, area.Region)
			return []area.Route{
				area.GET("", see, h.list),
				area.GET("/:id", see, h.show),
				area.POST("/:id", edit, h.confirm),
				area.GET("/new", edit, h.add),
				area.POST("/new", edit, h.addPost),
				area.GET("/:id/edit", edit, h.edit),
				area.POST("/:id/edit", edit, h.editPost),
			}
		},
	}
}

// tiles counts those that somebody has to look at again.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	due, err := d.Elsewhere.Waiting(ctx, actor)
	return []area.Tile{{Href: "/elsewhere?review=due", Key: "elsewhere.tile.due", Count: due}}, err
}

// one is what the address names.
func (h handlers) one(c *gin.Context) (catalogue.Elsewhere, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return catalogue.Elsewhere{}, err
	}
	return h.Elsewhere.Get(c.Request.Context(), session.Actor(c), id)
}

// shown is the service as the search of the public site answers with it.
func shown(e catalogue.Elsewhere) ui.Elsewhere {
	return ui.Elsewhere{Name: e.Name, Provider: e.Provider, URL: e.URL, Phone: e.Phone, Address: e.Address, How: e.How, CheckedOn: e.CheckedOn, Level: 3}
}
