package cases

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/pg"
)

// tellTaken tells those who had the case that it went to somebody else, unless they gave it away themselves.
func (w *Work) tellTaken(ctx context.Context, tx pgx.Tx, had map[access.Place]Assignment) error {
	batch := &pgx.Batch{}
	for party, a := range had {
		if w.Assigned[party].Person != a.Person && a.Person != w.by.UserID {
			outbox.QueueTaken(batch, a.Person, w.Case.ID, w.now)
		}
	}
	return pg.Fault("tell who had a case", tx.SendBatch(ctx, batch).Close())
}
