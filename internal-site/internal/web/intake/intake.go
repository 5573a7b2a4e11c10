// Package intake is the staff queue of submissions that were not registered by themselves: the list, and one entry with
// what is known of it and what can be done. Kinds are called as the words of their domains say.
//
// It may import internal/intake, internal/counter, internal/access, internal/rights, shared and the packages beside it.
package intake

import (
	"context"
	"embed"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Queue Queue
}

// Queue keeps what was not registered by itself; intake.Queue does. It checks rights by itself.
type Queue interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	List(ctx context.Context, actor access.Actor, f intake.Filter) (intake.List, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (intake.Entry, error)
	Others(ctx context.Context, e intake.Entry) (int, error)
	Count(ctx context.Context, actor access.Actor) (int, error)
	Waiting(ctx context.Context, actor access.Actor) (n int, why string, err error)
	Places(ctx context.Context, actor access.Actor) ([]intake.Place, error)
	Decide(ctx context.Context, actor access.Actor, id uuid.UUID, version int, v intake.Verdict) error
	CountOpen(ctx context.Context, actor access.Actor, f intake.Filter, d intake.Decision) (int, time.Time, error)
	DecideAll(ctx context.Context, actor access.Actor, f intake.Filter, v intake.Verdict) (int, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the queue.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "intake", Path: "/intake", Files: files, Words: rights.Words(), KeepsText: true,
		Nav:   &area.Nav{Order: 50, Needs: intake.View},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			entry := area.ByID("entry", d.Queue.Object)
			return []area.Route{
				area.GET("", area.Somewhere(intake.View), h.list),
				area.GET("/many", area.Somewhere(intake.Handle), h.confirm),
				area.POST("/many", area.Somewhere(intake.Handle), h.decideMany),
				area.GET("/:id", area.Over(intake.View, entry).Private(intake.View), h.show),
				area.GET("/:id/decide", area.Over(intake.Handle, entry).Private(intake.View), h.ask),
				area.POST("/:id", area.Over(intake.Handle, entry).Private(intake.View), h.decide),
			}
		},
	}
}

// tiles counts the entries that wait for a decision.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, intake.Handle) {
		return nil, nil
	}
	open, err := d.Queue.Count(ctx, actor)
	return []area.Tile{{Href: "/intake", Key: "intake.tile.refused", Count: open, Urgent: true}}, err
}
