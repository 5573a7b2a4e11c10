// Package offices is the area of offices and absences: who holds which office, who is away and who substitutes. It may import
// shared, internal/offices, internal/org, internal/access and the packages beside it; it knows no SQL.
package offices

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Offices keeps offices and absences; offices.Store is one.
type Offices interface {
	Board(ctx context.Context, actor access.Actor) (offices.Board, error)
	Own(ctx context.Context, actor access.Actor) ([]offices.Colleague, []offices.Absence, error)
	Give(ctx context.Context, actor access.Actor, place access.Place, title string, user uuid.UUID) error
	Take(ctx context.Context, actor access.Actor, o offices.Office, kind access.PlaceKind, user uuid.UUID) error
	Enter(ctx context.Context, actor access.Actor, a offices.Absence) error
	End(ctx context.Context, actor access.Actor, id uuid.UUID) error
}

// Deps is what the area needs.
type Deps struct{ Offices Offices }

type handlers struct {
	site *web.Site
	Deps
}

// Area is offices and absences.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "offices", Path: "/offices", Files: files, Words: []fs.FS{offices.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 75, Seldom: true},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			return []area.Route{
				area.GET("", area.SignedIn(), h.board),
				area.POST("/absence", area.SignedIn(), h.enter),
				area.POST("/end", area.SignedIn(), h.end),
				area.POST("/give", area.Somewhere(offices.Manage), h.give),
				area.POST("/take", area.Somewhere(offices.Manage), h.take),
			}
		},
	}
}
