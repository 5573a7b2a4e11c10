package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/org"
	"portal.example/shared/pg"
)

// Reader is the Source over a database.
type Reader struct{ db pg.Beginner }

// NewReader makes a reader over db.
func NewReader(db pg.Beginner) *Reader { return &Reader{db: db} }

// At implements Source.
func (r *Reader) At(ctx context.Context, fn func(v View) error) error {
	err := pg.InSnapshot(ctx, r.db, func(tx pgx.Tx) error {
		return fn(View{Catalogue: catalogue.NewStore(tx), Org: org.NewStore(tx), Documents: documents.NewStore(tx)})
	})
	return pg.Fault("read replica", err)
}
