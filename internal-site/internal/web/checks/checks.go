// Package checks is the staff area of preliminary checks: the packages of documents that were sent to somebody's centre, and one package
// in which each paper is judged. It may import shared, internal/checks, internal/notices, internal/documents, internal/access and the packages beside it;
// it knows no SQL.
package checks

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/download"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Checks keeps the packages; checks.Store is one.
type Checks interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	List(ctx context.Context, actor access.Actor, f checks.Filter) (checks.List, error)
	Waiting(ctx context.Context, actor access.Actor) (open, late int, err error)
	Untold(ctx context.Context, actor access.Actor) (int, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (checks.Package, error)
	File(ctx context.Context, actor access.Actor, pack, file uuid.UUID) (documents.File, error)
	Do(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c checks.Command) error
}

// Notices keeps what whoever asked is told of an answer; notices.Desk does.
type Notices interface {
	OfCheck(ctx context.Context, actor access.Actor, id uuid.UUID) ([]notices.Notice, error)
	ToldOfCheck(ctx context.Context, actor access.Actor, id uuid.UUID) error
}

// Deps is what the area needs.
type Deps struct {
	Checks  Checks
	Notices Notices
	Vault   download.Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the preliminary checks.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "checks", Path: "/checks", Module: contract.ModuleChecks, Files: files, Words: []fs.FS{checks.Words, notices.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 26, Needs: checks.View},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("check", d.Checks.Object)
			see := area.Over(checks.View, one).Private(checks.View)
			return []area.Route{
				area.GET("", area.Somewhere(checks.View), h.list),
				area.GET("/:id", see, h.show),
				area.GET("/:id/files/:file", see, h.file),
				area.POST("/:id", area.Over(checks.AnswerTo, one).Private(checks.View), h.act),
			}
		},
	}
}

// tiles counts the packages that wait for an answer.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, checks.View) {
		return nil, nil
	}
	open, late, err := d.Checks.Waiting(ctx, actor)
	if err != nil {
		return nil, err
	}
	untold, err := d.Checks.Untold(ctx, actor)
	return []area.Tile{
		{Href: "/checks?late=1", Key: "checks.tile.late", Count: late, Urgent: true},
		{Href: "/checks?state=open", Key: "checks.tile.open", Count: open},
		{Href: "/checks?untold=1&state=all", Key: "checks.tile.untold", Count: untold, Urgent: true},
	}, err
}
