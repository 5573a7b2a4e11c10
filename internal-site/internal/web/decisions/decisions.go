// Package decisions is the area in which an authority words the documents of its decisions. It may import shared,
// internal/decisions, internal/paper, internal/access, internal/audit and the packages beside it; it knows no SQL.
package decisions

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Templates keeps the templates; decisions.Store is one.
type Templates interface {
	Board(ctx context.Context, actor access.Actor) (decisions.Board, error)
	Template(ctx context.Context, actor access.Actor, k decisions.Key) (decisions.Template, error)
	Versions(ctx context.Context, actor access.Actor, k decisions.Key) ([]decisions.Template, error)
	Save(ctx context.Context, actor access.Actor, t decisions.Template) error
}

// Deps is what the area needs.
type Deps struct{ Templates Templates }

type handlers struct {
	site *web.Site
	Deps
}

// Area is the templates of decisions.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "decisions", Path: "/decisions", Files: files, Words: []fs.FS{decisions.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 74, Seldom: true, Needs: decisions.Edit},
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.Over(decisions.Edit, area.ByID("authority", ofAuthority))
			return []area.Route{
				area.GET("", area.Somewhere(decisions.Edit), h.list),
				area.GET("/:id/:service/:outcome", one, h.edit),
				area.POST("/:id/:service/:outcome", one, h.save),
				area.GET("/:id/:service/:outcome/versions", one, h.versions),
			}
		},
	}
}

func ofAuthority(_ context.Context, id uuid.UUID) (access.Object, error) {
	return access.Object{Own: []access.Place{access.InAuthority(id)}}, nil
}
