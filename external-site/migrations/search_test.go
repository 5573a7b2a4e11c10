package migrations_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/migrations"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

// On a server without the dictionary the migration stops with one line that says what to run, and leaves nothing.
func TestSearchNeedsTheDictionary(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"001_replica.sql", "002_search.sql"} {
		sql, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		missing := strings.ReplaceAll(string(sql), "dictfile = portal_uk", "dictfile = not_installed")
		files[name] = &fstest.MapFile{Data: []byte(missing)}
	}
	db := pgtest.Empty(t)
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	_, err = pg.Migrate(t.Context(), conn, files, migrations.VersionTable, nil)
	if err == nil {
		t.Fatal("the migration went through without a dictionary")
	}
	if !strings.Contains(err.Error(), "run deploy/postgresql/install-dictionary") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the message: %v", err)
	}
	var left bool
	const sql = `select exists (select from pg_ts_config where cfgname = 'portal_uk') or to_regprocedure('public.portal_fold(text)') is not null`
	if err := db.Pool.QueryRow(t.Context(), sql).Scan(&left); err != nil || left {
		t.Errorf("something of the migration stayed behind (%v)", err)
	}
}
