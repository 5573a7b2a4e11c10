// Package cards is the area of information and technological cards and of application forms: drafts, approval, publication, the
// preview as citizens see it. All kinds have the same pages, made by one implementation, pages; what is a kind's own stands in
// information_card.go, technological_card.go and application_form.go, and the pages for the questions of a form in form_*.go. It may import shared, internal/catalogue, internal/documents,
// internal/org, internal/access, internal/audit and the packages beside it; it knows no SQL.
package cards

import (
	"context"
	"embed"
	"io"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Services is the part of the catalogue that is not about versions.
type Services interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	Get(ctx context.Context, id uuid.UUID) (catalogue.Service, error)
	Acts(ctx context.Context) ([]catalogue.Choice, error)
	CardDocuments(ctx context.Context, service uuid.UUID) ([]contract.Document, error)
	Choices(ctx context.Context, service uuid.UUID) ([]forms.Choice, error)
	ActDetails(ctx context.Context, refs []contract.ActRef) ([]catalogue.Act, error)
}

// Versions keeps the versions of one kind of card; catalogue.Versions does.
type Versions[C any] interface {
	Get(ctx context.Context, id uuid.UUID) (catalogue.Version[C], error)
	InForce(ctx context.Context, service uuid.UUID) (catalogue.Version[C], error)
	LastChange(ctx context.Context, service uuid.UUID) (audit.Change, error)
	Start(ctx context.Context, actor access.Actor, service uuid.UUID) (uuid.UUID, error)
	Save(ctx context.Context, actor access.Actor, v catalogue.Version[C]) error
	TakeStep(ctx context.Context, actor access.Actor, step catalogue.Step, m catalogue.Meta, reason string) error
	Check(v catalogue.Version[C]) error
	Missing(content C) error
	Agree(ctx context.Context, v catalogue.Version[C]) error
	Tidy(content C) C
}

// Organisations knows centres and authorities.
type Organisations interface {
	Calendar(ctx context.Context) (workdays.Calendar, error)
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
	Get(ctx context.Context, kind org.Kind, id uuid.UUID) (org.Organisation, error)
}

// Files knows the forms and samples of a service.
type Files interface {
	Templates(ctx context.Context, actor access.Actor, service uuid.UUID) ([]documents.File, error)
	AddTemplate(ctx context.Context, actor access.Actor, f documents.File) error
	Samples(ctx context.Context, actor access.Actor, service uuid.UUID) (catalogue.Samples, error)
}

// Vault keeps their bytes.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
	Put(ctx context.Context, f documents.File, data []byte) (documents.File, error)
	Undo(ctx context.Context, cause error, files ...documents.File) error
}

// Deps is what the area needs.
type Deps struct {
	Services  Services
	Cards     Versions[contract.Card]
	TechCards Versions[contract.TechCard]
	Forms     Versions[forms.Sketch]
	Orgs      Organisations
	Files     Files
	Vault     Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is information and technological cards and application forms, which live under their service.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "cards", Path: "/services/:id", Files: files, Words: []fs.FS{catalogue.Words, documents.Words}, KeepsText: true,
		Routes: func(site *web.Site) []area.Route {
			h, service := handlers{site, d}, area.ByID("service", d.object)
			see := area.Over(catalogue.View, service)
			routes := append(h.informationCards().routes(service), h.technologicalCards().routes(service)...)
			routes = append(routes, h.applicationForms().routes(service)...)
			return append(routes,
				area.GET("/cards/:card/preview", see, h.preview),
				area.GET("/tech-cards/:card/print", see, h.print),
				area.GET("/templates/:file", see, h.template),
			)
		},
	}
}

// object asks at the time of the request: the map of routes is read without a catalogue.
func (d Deps) object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	return d.Services.Object(ctx, id)
}
