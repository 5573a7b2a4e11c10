// Package replica gives pages one moment of the replica: everything a page reads comes from the same whole
// source transaction. It is read-only by type and by transaction. It may import the reading domains and shared/pg.
package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/org"
	"portal.example/shared/pg"
)

// View is the replica at one moment.
type View struct {
	Catalogue *catalogue.Store
	Org       *org.Store
	Documents *documents.Store
}

// Reader opens views.
type Reader struct{ db pg.Beginner }

// NewReader makes a reader over db.
func NewReader(db pg.Beginner) *Reader { return &Reader{db: db} }

// At runs fn with one view; what fn read must not be asked for more once At has returned.
func (r *Reader) At(ctx context.Context, fn func(v View) error) error {
	err := pg.InSnapshot(ctx, r.db, func(tx pgx.Tx) error {
		return fn(View{Catalogue: catalogue.NewStore(tx), Org: org.NewStore(tx), Documents: documents.NewStore(tx)})
	})
	return pg.Fault("read replica", err)
}
