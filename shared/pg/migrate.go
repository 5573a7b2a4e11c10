package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"
)

// lockMigrations keeps two migrating processes apart (an arbitrary, fixed advisory lock key).
const lockMigrations = 0x706f7274616c // "portal"

// Migrate brings the database behind conn to the newest numbered file of files (001_name.sql, tern's
// format). It reports each step to progress (may be nil) and returns the versions before and after.
// Applied versions are kept in table, schema-qualified.
func Migrate(ctx context.Context, conn *pgx.Conn, files fs.FS, table string, progress func(step string)) (from, to int32, err error) {
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(lockMigrations)); err != nil {
		return 0, 0, fmt.Errorf("lock migrations: %w", err)
	}
	defer func() {
		_, unlockErr := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", int64(lockMigrations))
		err = errors.Join(err, unlockErr)
	}()
	m, err := migrate.NewMigrator(ctx, conn, table)
	if err != nil {
		return 0, 0, fmt.Errorf("prepare migrations: %w", err)
	}
	if err := m.LoadMigrations(files); err != nil {
		return 0, 0, fmt.Errorf("read migrations: %w", err)
	}
	if progress != nil {
		m.OnStart = func(seq int32, name, direction, _ string) {
			progress(fmt.Sprintf("%s %03d %s", direction, seq, name))
		}
	}
	if from, err = m.GetCurrentVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", err)
	}
	if err := m.Migrate(ctx); err != nil {
		return from, from, fmt.Errorf("migrate: %w", err)
	}
	to, err = m.GetCurrentVersion(ctx)
	return from, to, err
}
