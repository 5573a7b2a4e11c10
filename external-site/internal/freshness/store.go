package freshness

import (
	"context"
	"time"

	"portal.example/shared/pg"
)

// Store reads the progress that the syncer keeps beside the replica.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

// Progress returns the newest progress. Before `syncer init` there is no such table, which is no error here.
func (s *Store) Progress(ctx context.Context) (Progress, error) {
	var p Progress
	var heard, applied *time.Time
	err := s.db.QueryRow(ctx, `
		select max(heard_at), max(applied_commit_at), clock_timestamp(),
		       (select count(*) from sync.objects where state = 'waiting')
		from sync.progress`).Scan(&heard, &applied, &p.Now, &p.Waiting)
	switch pg.Code(err) {
	case pg.CodeUndefinedTable, codeInvalidSchema:
		return Progress{}, nil
	}
	if err != nil {
		return Progress{}, pg.Fault("progress of replication", err)
	}
	if heard != nil {
		p.Found, p.HeardAt = true, *heard
	}
	if applied != nil {
		p.AppliedAt = *applied
	}
	return p, nil
}

// codeInvalidSchema is what PostgreSQL says of a schema that does not exist.
const codeInvalidSchema = "3F000"
