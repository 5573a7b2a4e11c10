package checks

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
)

// KeeperStore is what the keeper of files knows of packages. Make one with NewKeeperStore.
type KeeperStore struct{ pool *pgxpool.Pool }

// NewKeeperStore returns a store over a pool of the role intake.
func NewKeeperStore(pool *pgxpool.Pool) *KeeperStore { return &KeeperStore{pool} }

// due are the packages whose files were kept long enough, with the keys of their objects.
func (s *KeeperStore) due(ctx context.Context, most int) (map[uuid.UUID][]string, error) {
	rows, err := s.pool.Query(ctx, `select package_id, object_key from checks.due_files($1)`, most)
	if err != nil {
		return nil, pg.Fault("files of checks that are due", err)
	}
	due := map[uuid.UUID][]string{}
	var pack uuid.UUID
	var key *string
	_, err = pgx.ForEachRow(rows, []any{&pack, &key}, func() error {
		keys := due[pack]
		if key != nil {
			keys = append(keys, *key)
		}
		due[pack] = keys
		return nil
	})
	return due, pg.Fault("files of checks that are due", err)
}

// forget writes that the files of a package are gone.
func (s *KeeperStore) forget(ctx context.Context, pack uuid.UUID) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var forgotten bool
		if err := tx.QueryRow(ctx, `select checks.forget_files($1)`, pack).Scan(&forgotten); err != nil || !forgotten {
			return pg.Fault("forget files of check", err)
		}
		return audit.Record(ctx, tx, audit.System("intake"), audit.Entry{
			Action: "checks.package.forget_files", ObjectType: "check", ObjectID: pack.String(),
		})
	})
}
