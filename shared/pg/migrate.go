package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"
)

// lockMigrations keeps two migrating processes apart (an arbitrary, fixed advisory lock key).
const lockMigrations = 0x706f7274616c // "portal"

// Migrate applies every migration of files that the database behind conn has not seen, in the order of Migrations and
// each in a transaction of its own, unless the file has tern's line "---- tern: disable-tx ----". It says each one's path
// to progress (may be nil) before it is applied, and returns the paths of those that were.
//
// How far the base series has come is kept in table, which must be schema-qualified, and how far the series of a domain
// has in TABLE_DOMAIN. A database that a newer release has migrated is refused.
func Migrate(ctx context.Context, conn *pgx.Conn, files fs.FS, table string, progress func(path string)) (applied []string, err error) {
	all, err := Migrations(files)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(lockMigrations)); err != nil {
		return nil, fmt.Errorf("lock migrations: %w", err)
	}
	defer func() {
		_, unlockErr := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", int64(lockMigrations))
		err = errors.Join(err, unlockErr)
	}()
	m := migrator{conn: conn, table: table, series: map[string]*series{}}
	if err := m.open(ctx, all); err != nil {
		return nil, err
	}
	for _, next := range all {
		s := m.series[next.Series]
		if int(s.version) >= next.Number {
			continue
		}
		if progress != nil {
			progress(next.Path)
		}
		if err := s.tern.MigrateTo(ctx, int32(next.Number)); err != nil { //nolint:gosec // at most three digits
			return applied, fmt.Errorf("migrate: %w", err)
		}
		s.version++
		applied = append(applied, next.Path)
	}
	return applied, nil
}

// migrator knows how far each series has come.
type migrator struct {
	conn   *pgx.Conn
	table  string
	series map[string]*series
}

type series struct {
	tern    *migrate.Migrator
	version int32 // the last that was applied
}

// open prepares every series and refuses a database that is ahead of this release.
func (m *migrator) open(ctx context.Context, all []Migration) error {
	if err := m.refuseUnknown(ctx, all); err != nil {
		return err
	}
	for _, next := range all {
		s := m.series[next.Series]
		if s == nil {
			s = &series{}
			m.series[next.Series] = s
			var err error
			if s.tern, err = migrate.NewMigrator(ctx, m.conn, m.tableOf(next.Series)); err != nil {
				return fmt.Errorf("prepare migrations: %w", err)
			}
			if s.version, err = s.tern.GetCurrentVersion(ctx); err != nil {
				return fmt.Errorf("read schema version: %w", err)
			}
		}
		s.tern.AppendMigration(next.Path, next.SQL, "")
	}
	for name, s := range m.series {
		if int(s.version) > len(s.tern.Migrations) {
			return fmt.Errorf("the database was migrated by a newer release: it is at %s, this release ends at %s",
				Migration{Series: name, Number: int(s.version)}.Name(), Migration{Series: name, Number: len(s.tern.Migrations)}.Name())
		}
	}
	return nil
}

func (m *migrator) tableOf(series string) string {
	if series == "" {
		return m.table
	}
	return m.table + "_" + series
}

// refuseUnknown refuses a database that has a series of a domain that this release does not know.
func (m *migrator) refuseUnknown(ctx context.Context, all []Migration) error {
	schema, table, _ := strings.Cut(m.table, ".")
	rows, err := m.conn.Query(ctx, "select tablename from pg_tables where schemaname = $1 and starts_with(tablename, $2)", schema, table+"_")
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	for _, name := range found {
		series := strings.TrimPrefix(name, table+"_")
		if !slices.ContainsFunc(all, func(m Migration) bool { return m.Series == series }) {
			return fmt.Errorf("the database was migrated by a newer release: this release has no migrations named %s/", series)
		}
	}
	return nil
}
