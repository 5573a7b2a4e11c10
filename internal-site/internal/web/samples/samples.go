// Package samples is the area of filled samples of a service's forms: the list with the form that adds or replaces one, the file, and taking
// one back. It may import shared, internal/catalogue, internal/documents, internal/access and the packages beside it; it knows no SQL.
package samples

import (
	"context"
	"embed"
	"io"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Services keeps the samples; catalogue.Store does.
type Services interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	Get(ctx context.Context, id uuid.UUID) (catalogue.Service, error)
	Samples(ctx context.Context, actor access.Actor, service uuid.UUID) (catalogue.Samples, error)
	AddSample(ctx context.Context, actor access.Actor, f documents.File, n catalogue.NewSample) (added bool, err error)
	WithdrawSample(ctx context.Context, actor access.Actor, service, id uuid.UUID, reason string) error
}

// Vault keeps their bytes.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
	Put(ctx context.Context, f documents.File, data []byte) (documents.File, error)
	Undo(ctx context.Context, cause error, files ...documents.File) error
	Remove(ctx context.Context, files ...documents.File) error
}

// Deps is what the area needs.
type Deps struct {
	Services Services
	Vault    Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the samples, which live under their service.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "samples", Path: "/services/:id/samples", Files: files, Words: []fs.FS{catalogue.Words, documents.Words}, KeepsText: true,
		Routes: func(site *web.Site) []area.Route {
			h, service := handlers{site, d}, area.ByID("service", d.object)
			see, publish := area.Over(catalogue.View, service), area.Over(catalogue.PublishCard, service)
			return []area.Route{
				area.GET("", see, h.list),
				area.POST("", publish, h.add),
				area.GET("/:file", see, h.file),
				area.GET("/:file/withdraw", publish, h.withdraw),
				area.POST("/:file/withdraw", publish, h.withdrawPost),
			}
		},
	}
}

// object asks at the time of the request: the map of routes is read without a catalogue.
func (d Deps) object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	return d.Services.Object(ctx, id)
}
