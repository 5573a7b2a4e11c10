package signatures

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/pg"
)

// Store keeps evidence.
type Store struct{ pool *pgxpool.Pool }

// NewStore returns the store over the pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool} }

// Add writes what was found.
func (s *Store) Add(ctx context.Context, e Evidence) error {
	result, err := json.Marshal(e.Result)
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into documents.signatures (file_id, content_id, verdict, result, trust, judged_at) values ($1, $2, $3, $4, $5, $6)`,
			e.FileID, e.ContentID, e.Result.Verdict, result, e.Trust, e.JudgedAt)
		return pg.Fault("add evidence of a signature", err)
	})
}

// OfCase returns the latest evidence about each signed file of a case.
func (s *Store) OfCase(ctx context.Context, caseID uuid.UUID) (map[uuid.UUID]Evidence, error) {
	rows, _ := s.pool.Query(ctx, `select distinct on (s.file_id) s.file_id, s.content_id, s.result, s.trust, s.judged_at
		from documents.files f join documents.signatures s on s.file_id = f.id where f.case_id = $1 order by s.file_id, s.id desc`, caseID)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Evidence])
	if err != nil {
		return nil, pg.Fault("evidence of signatures", err)
	}
	latest := make(map[uuid.UUID]Evidence, len(list))
	for _, e := range list {
		latest[e.FileID] = e
	}
	return latest, nil
}

// Files returns the files of a case.
func (s *Store) Files(ctx context.Context, caseID uuid.UUID) ([]documents.File, error) {
	return documents.OfCase(ctx, s.pool, caseID)
}

// pendingDays is for how long a file waits to be verified without anybody opening its page.
const pendingDays = 30

// Pending returns cases with signed files of the last days about which nothing was found yet, no more than limit.
func (s *Store) Pending(ctx context.Context, limit int) ([]uuid.UUID, error) {
	rows, _ := s.pool.Query(ctx, `select distinct case_id from (
			select f.case_id from documents.files f
			where f.case_id is not null and f.purpose <> 'sealed_result' and f.media_type in ('application/pkcs7-signature', 'application/vnd.etsi.asic-e+zip')
				and f.uploaded_at > now() - make_interval(days => $1) and not exists (select from documents.signatures s where s.file_id = f.id)
			order by f.uploaded_at limit $2) waiting`, pendingDays, limit)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, pg.Fault("signed files that wait", err)
}
