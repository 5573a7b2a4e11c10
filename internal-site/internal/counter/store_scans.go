package counter

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// maxScans is how many electronic copies one visit takes.
const maxScans = 60

const scanColumns = `id, line, file_name, media_type, size, sha256, object_key, notes, uploaded_by, uploaded_at`

// addScans keeps the rows of electronic copies of a visit that is held. Their bytes are in the object store already.
func (s *Store) addScans(ctx context.Context, tx pgx.Tx, id uuid.UUID, scans []Scan) error {
	if len(scans) == 0 {
		return nil
	}
	var n int
	if err := tx.QueryRow(ctx, `select count(*) from counter.scans where visit_id = $1`, id).Scan(&n); err != nil {
		return pg.Fault("count scans", err)
	}
	if n+len(scans) > maxScans {
		return fault.InvalidFields(fault.FieldError{Field: "scan", Key: "counter.too_many_scans", Args: []any{maxScans}})
	}
	batch := &pgx.Batch{}
	for _, c := range scans {
		batch.Queue(`insert into counter.scans (visit_id, `+scanColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			id, c.ID, c.Line, c.FileName, c.MediaType, c.Size, c.SHA256, c.ObjectKey, c.Notes, c.UploadedBy, s.now())
	}
	return pg.Fault("add scans", tx.SendBatch(ctx, batch).Close())
}

// Scans lists the electronic copies of an open visit in the order in which they were made.
func (s *Store) Scans(ctx context.Context, actor access.Actor, id uuid.UUID) ([]Scan, error) {
	v, err := s.Get(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return s.ScansOf(ctx, v)
}

// ScansOf is Scans of a visit that the reader has got.
func (s *Store) ScansOf(ctx context.Context, v Visit) ([]Scan, error) {
	rows, _ := s.pool.Query(ctx, `select `+scanColumns+` from counter.scans where visit_id = $1 order by uploaded_at, id`, v.ID)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Scan])
	return list, pg.Fault("scans", err)
}

// RemoveScan takes one copy out of an open visit and returns it, for its object to be removed.
func (s *Store) RemoveScan(ctx context.Context, actor access.Actor, id, scan uuid.UUID) (c Scan, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := load(ctx, tx, actor, id, ` for update of v`)
		if err != nil {
			return err
		}
		if v.State != Open {
			return fault.New(fault.Conflict, "counter.ended_already")
		}
		rows, _ := tx.Query(ctx, `delete from counter.scans where visit_id = $1 and id = $2 returning `+scanColumns, id, scan)
		if c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Scan]); err != nil {
			return pg.Fault("remove scan", err)
		}
		// The form that brought it may come again, and is not one that came twice then.
		_, err = tx.Exec(ctx, `update counter.visits set content = content - 'pressed' where id = $1`, id)
		return pg.Fault("remove scan", err)
	})
	return c, err
}

func dropScans(ctx context.Context, tx pgx.Tx, visit uuid.UUID) ([]Scan, error) {
	rows, _ := tx.Query(ctx, `delete from counter.scans where visit_id = $1 returning `+scanColumns, visit)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Scan])
	return list, pg.Fault("take scans", err)
}
