// Package requests is the area of requests to authorities: what the reader's authorities are asked, what their places ask, one
// request with its answer, and the form of a new one. It may import shared, internal/requests, internal/cases,
// internal/documents, internal/access and the packages beside it; it knows no SQL.
package requests

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/download"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Requests keeps the requests; requests.Store is one.
type Requests interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	Offer(ctx context.Context, actor access.Actor, caseID uuid.UUID) (requests.Offer, error)
	Ask(ctx context.Context, actor access.Actor, caseID uuid.UUID, d requests.Draft) (uuid.UUID, error)
	List(ctx context.Context, actor access.Actor, f requests.Filter) ([]requests.Row, int, error)
	Count(ctx context.Context, actor access.Actor, filters ...requests.Filter) ([]int, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (requests.Request, error)
	File(ctx context.Context, actor access.Actor, id, file uuid.UUID) (documents.File, error)
	Take(ctx context.Context, actor access.Actor, id uuid.UUID, version int, press uuid.UUID) error
	Remind(ctx context.Context, actor access.Actor, id uuid.UUID, version int, press uuid.UUID) error
	Answer(ctx context.Context, actor access.Actor, id uuid.UUID, version int, a requests.Answer) error
	Refuse(ctx context.Context, actor access.Actor, id uuid.UUID, version int, a requests.Answer) error
	Withdraw(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string, press uuid.UUID) error
	WasPressed(ctx context.Context, actor access.Actor, id, press uuid.UUID) (bool, error)
}

// Cases says where a case belongs; cases.Store does.
type Cases interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
}

// Vault keeps the bytes of files.
type Vault interface {
	download.Vault
	Put(ctx context.Context, f documents.File, data []byte) (documents.File, error)
	Undo(ctx context.Context, cause error, files ...documents.File) error
}

// Deps is what the area needs.
type Deps struct {
	Requests Requests
	Cases    Cases
	Vault    Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the requests to authorities.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "requests", Path: "/requests", Module: contract.ModuleApplications, Files: files, Words: []fs.FS{requests.Words, documents.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 22, Needs: cases.WorkOn, Count: d.waiting},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h, one, ofCase := handlers{site, d}, area.ByID("request", d.Requests.Object), area.ByID("case", d.Cases.Object)
			see := area.Over(cases.View, one).Private(cases.View)
			ask := area.Over(cases.WorkOn, ofCase).Private(cases.View)
			return []area.Route{
				area.GET("", area.Somewhere(cases.View), h.list),
				area.GET("/of/:id", ask, h.begin),
				area.POST("/of/:id", ask, h.ask),
				area.GET("/:id", see, h.show),
				area.GET("/:id/files/:file", see, h.file),
				area.POST("/:id", area.Over(cases.WorkOn, one).Private(cases.View), h.act),
			}
		},
	}
}

// waiting is how many requests wait for an answer of the actor's authorities.
func (d Deps) waiting(ctx context.Context, actor access.Actor) (int, error) {
	counts, err := d.Requests.Count(ctx, actor, filterAt(viewIn))
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// tiles counts the requests that are to be answered, and the answers that are overdue.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, cases.WorkOn) {
		return nil, nil
	}
	tiles := []area.Tile{
		{Href: "/requests?" + viewInLate, Key: "requests.tile.in_late", Urgent: true},
		{Href: "/requests?" + viewIn, Key: "requests.tile.in"},
		{Href: "/requests?" + viewOutLate, Key: "requests.tile.out_late"},
	}
	counts, err := d.Requests.Count(ctx, actor, filterAt(viewInLate), filterAt(viewIn), filterAt(viewOutLate))
	if err != nil {
		return nil, err
	}
	for i := range tiles {
		tiles[i].Count = counts[i]
	}
	return tiles, nil
}
