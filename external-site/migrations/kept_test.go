package migrations_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/migrations"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

// Every table that the syncer writes tells of its changes, or belongs to persons, whose pages are not kept. A new table of
// everybody needs «call public.watch_replica('schema.table');» in a migration: until then pages made of it are not kept.
func TestReplicaTellsOfItsChanges(t *testing.T) { tellsOfItsChanges(t, pgtest.External(t)) }

// A database that has been there since pages are kept tells of as many tables as one that was made at once: kept/001 sees the tables of its day.
func TestUpgradedReplicaTellsOfItsChanges(t *testing.T) {
	all, err := pg.Migrations(migrations.Files)
	if err != nil {
		t.Fatal(err)
	}
	old := fstest.MapFS{}
	var keep func(m pg.Migration)
	keep = func(m pg.Migration) {
		old[m.Path] = &fstest.MapFile{Data: []byte(m.SQL)}
		for _, other := range all {
			if other.Series == m.Series && other.Number == m.Number-1 || slices.Contains(m.After, other.Name()) {
				keep(other)
			}
		}
	}
	for _, m := range all {
		if m.Series == "" || m.Name() == "kept/001" {
			keep(m)
		}
	}
	if old["kept/001_changed.sql"] == nil {
		t.Fatal("there is no kept/001")
	}
	db := pgtest.Empty(t)
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	for _, files := range []fs.FS{old, migrations.Files} {
		if applied, err := pg.Migrate(t.Context(), conn, files, migrations.VersionTable, nil); err != nil || len(applied) == 0 {
			t.Fatalf("%v, %v", applied, err)
		}
	}
	tellsOfItsChanges(t, db)
}

func tellsOfItsChanges(t *testing.T, db *pgtest.Database) {
	t.Helper()
	rows, err := db.Pool.Query(t.Context(), `
		select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and has_table_privilege('syncer_writer', c.oid, 'insert') and n.nspname not in ('cases', 'questions', 'checks', 'submission', 'account', 'sync')
		  and c.oid <> 'reception.bookings'::regclass
		  and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'replica_changed' and t.tgenabled = 'A')
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	silent, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range silent {
		t.Errorf("%s does not tell of its changes", table)
	}
}
