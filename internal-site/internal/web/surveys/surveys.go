// Package surveys is the staff area of surveys: the list, one survey while it is made, its questions, and its results. It may import
// shared, internal/surveys, internal/access and the packages beside it; it knows no SQL.
package surveys

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Surveys keeps the surveys; surveys.Store is one.
type Surveys interface {
	List(ctx context.Context, actor access.Actor) ([]surveys.Survey, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (surveys.Survey, error)
	Create(ctx context.Context, actor access.Actor, service, centre uuid.UUID, s surveys.Settings) (uuid.UUID, error)
	Change(ctx context.Context, actor access.Actor, id uuid.UUID, version int, act string, change func(*surveys.Survey) error) error
	Close(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error
	Places(ctx context.Context) (services, centres []surveys.Place, err error)
	Results(ctx context.Context, actor access.Actor, id uuid.UUID, f surveys.Filter) (surveys.Results, error)
	Words(ctx context.Context, actor access.Actor, id uuid.UUID, f surveys.Filter, page, size int) ([]surveys.Answer, int, error)
}

// Deps is what the area needs.
type Deps struct{ Surveys Surveys }

type handlers struct {
	site *web.Site
	Deps
}

// Area is the surveys.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "surveys", Path: "/surveys", Module: contract.ModuleSurveys, Files: files, Words: []fs.FS{surveys.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 60, Seldom: true, Needs: surveys.View},
		Routes: func(site *web.Site) []area.Route {
			h, see, mk := handlers{site, d}, area.Somewhere(surveys.View), area.Somewhere(surveys.Make)
			return []area.Route{
				area.GET("", see, h.list),
				area.GET("/new", mk, h.begin),
				area.POST("/new", mk, h.create),
				area.GET("/:id", see, h.show),
				area.POST("/:id", mk, h.act),
				area.GET("/:id/settings", mk, h.settings),
				area.POST("/:id/settings", mk, h.saveSettings),
				area.GET("/:id/questions/:key", mk, h.question),
				area.POST("/:id/questions/:key", mk, h.saveQuestion),
				area.GET("/:id/results", see, h.results),
			}
		},
	}
}
