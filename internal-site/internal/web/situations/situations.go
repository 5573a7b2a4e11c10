// Package situations is the area of life situations: the list in the order that citizens see, one of them with its path, the form of what
// it is called, and the form of a step. It may import shared, internal/catalogue, internal/access, internal/audit and the packages beside
// it; it knows no SQL.
package situations

import (
	"context"
	"embed"
	"io/fs"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Situations keeps life situations; catalogue.SituationStore does.
type Situations interface {
	List(ctx context.Context, actor access.Actor, page, size int) ([]catalogue.Situation, int, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (catalogue.Situation, error)
	Save(ctx context.Context, actor access.Actor, v catalogue.Situation) error
	Move(ctx context.Context, actor access.Actor, id uuid.UUID, from, by int) error
	SaveStep(ctx context.Context, actor access.Actor, id uuid.UUID, version, number int, step catalogue.SituationStep) error
	RemoveStep(ctx context.Context, actor access.Actor, id uuid.UUID, version, number int) error
	MoveStep(ctx context.Context, actor access.Actor, id uuid.UUID, version, number, by int) error
	Find(ctx context.Context, actor access.Actor, typed string) ([]catalogue.OnPath, []catalogue.Choice, error)
	Chosen(ctx context.Context, actor access.Actor, services, elsewhere []uuid.UUID) ([]catalogue.OnPath, []catalogue.Choice, error)
	LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error)
}

// Deps is what the area needs.
type Deps struct {
	Situations Situations
	PublicURL  string // "" leaves links to the public site out
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is life situations.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "situations", Path: "/situations", Files: files, Words: []fs.FS{catalogue.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 31, Seldom: true, Needs: catalogue.EditSituations},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			see, edit := area.Somewhere(catalogue.View), area.Over(catalogue.EditSituations, area.Region)
			return []area.Route{
				area.GET("", see, h.list),
				area.POST("", edit, h.move),
				area.GET("/:id", see, h.show),
				area.POST("/:id", edit, h.moveStep),
				area.GET("/new", edit, h.add),
				area.POST("/new", edit, h.addPost),
				area.GET("/:id/edit", edit, h.edit),
				area.POST("/:id/edit", edit, h.editPost),
				area.GET("/:id/steps/:step", edit, h.step),
				area.POST("/:id/steps/:step", edit, h.stepPost),
				area.GET("/:id/steps/:step/remove", edit, h.remove),
				area.POST("/:id/steps/:step/remove", edit, h.removePost),
			}
		},
	}
}

// one is what the address names.
func (h handlers) one(c *gin.Context) (catalogue.Situation, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return catalogue.Situation{}, err
	}
	return h.Situations.Get(c.Request.Context(), session.Actor(c), id)
}

func path(v catalogue.Situation) string { return "/situations/" + v.ID.String() }

// both is a text as two fields have it.
func both(uk, en string) locale.Text { return locale.Text{UK: uk, EN: en} }

// ways are the values of the buttons that move something.
var ways = map[string]int{"up": -1, "down": 1}
