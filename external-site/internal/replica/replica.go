// Package replica gives pages one moment of the replica: everything a page reads comes from the same whole source
// transaction. Pages see interfaces, so that a test of a page makes up what the replica holds and needs no database.
// store.go reads the real one, in transactions that cannot write. It may import the reading domains and shared/pg.
package replica

import (
	"context"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/law"
	"portal.example/external-site/internal/org"
	"portal.example/shared/locale"
)

// Source opens views.
type Source interface {
	// At runs fn with one view; what fn read must not be asked for more once At has returned.
	At(ctx context.Context, fn func(v View) error) error
}

// View is the replica at one moment.
type View struct {
	Catalogue Catalogue
	Org       Org
	Documents Documents
	Law       Law
}

// Catalogue is what pages read of services.
type Catalogue interface {
	Count(ctx context.Context) (int, error)
	Example(ctx context.Context) (catalogue.Example, error)
	MostUsed(ctx context.Context, since time.Time, n int) ([]string, error)
	Named(ctx context.Context, codes []string) ([]catalogue.Named, error)
	Categories(ctx context.Context) ([]catalogue.Category, error)
	Situations(ctx context.Context) ([]catalogue.Situation, error)
	Slugs(ctx context.Context) ([]catalogue.Listed, error)
	Changed(ctx context.Context) ([]catalogue.Changed, error)
	Given(ctx context.Context) (catalogue.Given, error)
	List(ctx context.Context, f catalogue.Filter, day time.Time) (catalogue.List, error)
	Facets(ctx context.Context, f catalogue.Filter, day time.Time) (catalogue.Facets, error)
	Path(ctx context.Context, situation string, day time.Time) ([]catalogue.OnPath, error)
	Steps(ctx context.Context, situation string) ([]catalogue.Step, error)
	Together(ctx context.Context, codes []string, day time.Time) ([]catalogue.Together, error)
	Service(ctx context.Context, code string, number int, day time.Time) (catalogue.Service, error)
}

// Org is what pages read of centres and authorities.
type Org interface {
	Centres(ctx context.Context) ([]org.Centre, error)
	Centre(ctx context.Context, code string) (org.Centre, error)
	Places(ctx context.Context) (org.Places, error)
	CentresOf(ctx context.Context, service uuid.UUID) ([]org.Centre, error)
	Authorities(ctx context.Context) ([]org.Authority, error)
	Authority(ctx context.Context, code string) (org.Authority, error)
	AuthorityByID(ctx context.Context, id uuid.UUID) (org.Authority, error)
	AuthorityNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]locale.Text, error)
}

// Documents is what pages read of files.
type Documents interface {
	File(ctx context.Context, id uuid.UUID) (documents.File, error)
	Files(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]documents.File, error)
	Samples(ctx context.Context, service uuid.UUID) ([]documents.Sample, error)
}

// Law is what pages read of legal acts.
type Law interface {
	Act(ctx context.Context, id uuid.UUID) (law.Act, error)
	List(ctx context.Context, lang locale.Lang, level string, page, size int) (list []law.Act, total int, err error)
	All(ctx context.Context) ([]uuid.UUID, error)
	Editions(ctx context.Context, act uuid.UUID, day time.Time) (law.Editions, error)
	AllEditions(ctx context.Context, act uuid.UUID, page, size int) (list []law.Edition, total int, err error)
	Edition(ctx context.Context, act uuid.UUID, day time.Time) (law.Edition, error)
	Part(ctx context.Context, edition uuid.UUID, part int) ([]law.Paragraph, law.Contents, error)
	Services(ctx context.Context, act uuid.UUID, day time.Time, page, size int) (list []law.Service, total int, err error)
}
