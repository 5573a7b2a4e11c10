package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/law"
	"portal.example/external-site/internal/org"
	"portal.example/shared/pg"
)

// Reader is the Source over a database.
type Reader struct {
	db      pg.Beginner
	changes *kept.Changes
	index   kept.Remembered[*catalogue.Index]
	times   kept.Remembered[*catalogue.Times]
	places  kept.Remembered[org.Places]
}

// NewReader makes a reader over db. While changes are heard it remembers what lists are made of; changes may be nil.
func NewReader(db pg.Beginner, changes *kept.Changes) *Reader {
	if changes == nil {
		changes = kept.NewChanges()
	}
	return &Reader{db: db, changes: changes}
}

// At implements Source. What stands in lists is of that moment; they are counted and ordered as they were then or, while a
// change is only just being told, as they were before or after it.
func (r *Reader) At(ctx context.Context, fn func(v View) error) error {
	memory := memory{r, r.changes.Moment()}
	err := pg.InSnapshot(ctx, r.db, func(tx pgx.Tx) error {
		return fn(View{Catalogue: catalogue.NewStore(tx, memory), Org: bodies{org.NewStore(tx), memory}, Documents: documents.NewStore(tx), Law: law.NewStore(tx)})
	})
	return pg.Fault("read replica", err)
}

// memory is what a transaction that began after a moment may know already.
type memory struct {
	*Reader
	since kept.Moment
}

func (m memory) Index(ctx context.Context, read func(context.Context) (*catalogue.Index, error)) (*catalogue.Index, error) {
	return m.index.Get(ctx, m.since, read)
}

func (m memory) Times(ctx context.Context, read func(context.Context) (*catalogue.Times, error)) (*catalogue.Times, error) {
	return m.times.Get(ctx, m.since, read)
}

// bodies are the centres and authorities, with the places in memory, of which there may be thousands.
type bodies struct {
	*org.Store
	memory memory
}

// Places implements Org.
func (b bodies) Places(ctx context.Context) (org.Places, error) {
	return b.memory.places.Get(ctx, b.memory.since, b.Store.Places)
}
