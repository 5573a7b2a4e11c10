// Package organisations is the area of centres and authorities: lists, one organisation, its form. It may
// import shared, internal/org, internal/access, internal/audit, internal/reception and the packages beside it; it knows no SQL.
package organisations

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/hours"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Orgs         Organisations
	Appointments Appointments
}

// Organisations keeps centres and authorities; org.Store does.
type Organisations interface {
	Summaries(ctx context.Context, kind org.Kind, q string) ([]org.Summary, error)
	Get(ctx context.Context, kind org.Kind, id uuid.UUID) (org.Organisation, error)
	Save(ctx context.Context, actor access.Actor, o org.Organisation) (uuid.UUID, error)
	LastChange(ctx context.Context, kind org.Kind, id uuid.UUID) (audit.Change, error)
}

// Appointments says which of them a change of hours leaves without their places; reception.Store does.
type Appointments interface {
	FallenByHours(ctx context.Context, centre uuid.UUID, schedule hours.Schedule, published bool) (reception.Falling, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is centres and authorities, with the same pages for both.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "organisations", Path: "/organisations", Files: files, Words: []fs.FS{org.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 40, Seldom: true, Needs: org.View},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			see, edit := area.Over(org.View, area.Region), area.Over(org.Edit, area.Region)
			routes := []area.Route{area.GET("", area.Somewhere(org.View), h.list)}
			for _, kind := range []org.Kind{org.Centre, org.Authority} {
				routes = append(routes,
					area.GET(folder(kind)+"/new", edit, h.add(kind)),
					area.POST(folder(kind)+"/new", edit, h.addPost(kind)),
					area.GET(folder(kind)+"/:id", see, h.show(kind)),
					area.GET(folder(kind)+"/:id/edit", edit, h.edit(kind)),
					area.POST(folder(kind)+"/:id/edit", edit, h.editPost(kind)),
				)
			}
			return routes
		},
	}
}

func folder(kind org.Kind) string {
	if kind == org.Centre {
		return "/centres"
	}
	return "/authorities"
}
