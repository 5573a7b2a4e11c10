package documents

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// Opening is that a member of staff has looked at a file, or has saved it.
type Opening struct {
	FileID      uuid.UUID
	Name        string // of the person
	Saved       bool   // false: looked at in the browser
	First, Last time.Time
	Times       int
}

// RecordOpening writes down that the user opens a result. Files of other purposes are not traced, as nobody takes them back.
func RecordOpening(ctx context.Context, db pg.Execer, f File, user uuid.UUID, saved bool, at time.Time) error {
	if f.Purpose != Result {
		return nil
	}
	_, err := db.Exec(ctx, `insert into documents.openings as o (file_id, user_id, saved, first_at, last_at) values ($1, $2, $3, $4, $4)
		on conflict (file_id, user_id, saved) do update set last_at = greatest(o.last_at, $4), times = o.times + 1`, f.ID, user, saved, at)
	return pg.Fault("record opening", err)
}

// OpeningsOf returns who opened results of the case, the latest first.
func OpeningsOf(ctx context.Context, db pg.Queryer, caseID uuid.UUID) ([]Opening, error) {
	rows, _ := db.Query(ctx, `select o.file_id, u.full_name, o.saved, o.first_at, o.last_at, o.times
		from documents.files f join documents.openings o on o.file_id = f.id join access.users u on u.id = o.user_id
		where f.case_id = $1 order by o.last_at desc, u.full_name, o.saved`, caseID)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Opening])
	return list, pg.Fault("openings", err)
}
