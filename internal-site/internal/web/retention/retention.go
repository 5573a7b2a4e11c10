// Package retention is the area in which the portal administrator sets for how long each kind of data is kept, sees beforehand what
// would go, and afterwards how much went. What a kind is and what its bounds follow from stands in the words of its domain.
//
// It may import internal/access, internal/kept, internal/retention, internal/rights, shared and the packages beside it; it knows no SQL.
package retention

import (
	"context"
	"embed"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Rules keeps the terms; retention.Store does.
type Rules interface {
	States(ctx context.Context, actor access.Actor) ([]retention.State, error)
	State(ctx context.Context, actor access.Actor, kind string) (retention.State, error)
	Preview(ctx context.Context, actor access.Actor, kind string, days int) (kept.Found, error)
	Set(ctx context.Context, actor access.Actor, c retention.Change) (changed bool, err error)
	Rules(ctx context.Context, actor access.Actor, kind string) ([]retention.Rule, error)
	Removals(ctx context.Context, actor access.Actor, kind string) ([]retention.Removal, error)
}

// Deps is what the area needs.
type Deps struct{ Rules Rules }

type handlers struct {
	site *web.Site
	Deps
}

// Area is the terms of what is kept.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "retention", Path: "/retention", Files: files, Words: rights.Words(), KeepsText: true,
		Nav: &area.Nav{Order: 72, Seldom: true, Needs: retention.Manage},
		Routes: func(site *web.Site) []area.Route {
			h, right := handlers{site, d}, area.Over(retention.Manage, area.Region)
			return []area.Route{
				area.GET("", right, h.list),
				area.GET("/:kind", right, h.show),
				area.GET("/:kind/edit", right, h.edit),
				area.POST("/:kind/edit", right, h.save),
			}
		},
	}
}
