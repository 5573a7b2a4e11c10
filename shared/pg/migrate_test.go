package pg_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

const table = "public.schema_version"

func sqlFiles(named map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, sql := range named {
		files[name] = &fstest.MapFile{Data: []byte(sql)}
	}
	return files
}

func migrateAll(t *testing.T, db *pgtest.Database, files fstest.MapFS) (applied []string, err error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var said []string
	applied, err = pg.Migrate(t.Context(), conn, files, table, func(path string) { said = append(said, path) })
	if err == nil && !slices.Equal(said, applied) {
		t.Errorf("said %v, applied %v", said, applied)
	}
	return applied, err
}

func TestMigrate(t *testing.T) {
	db := pgtest.Empty(t)
	files := sqlFiles(map[string]string{
		"001_first.sql":         "create table first (id int)",
		"alpha/001_waits.sql":   "-- after: beta/002\ncreate table alpha as select * from beta",
		"beta/001_begins.sql":   "create table beta (id int)",
		"beta/002_goes_on.sql":  "alter table beta add more int",
		"gamma/001_outside.sql": "---- tern: disable-tx ----\ncreate table gamma (id int);\ncreate index concurrently gamma_id on gamma (id);",
	})
	want := []string{"001_first.sql", "beta/001_begins.sql", "beta/002_goes_on.sql", "alpha/001_waits.sql", "gamma/001_outside.sql"}
	if applied, err := migrateAll(t, db, files); err != nil || !slices.Equal(applied, want) {
		t.Fatalf("first run: %v, %v", applied, err)
	}
	if applied, err := migrateAll(t, db, files); err != nil || len(applied) != 0 {
		t.Fatalf("second run: %v, %v", applied, err)
	}
	files["beta/003_broken.sql"] = &fstest.MapFile{Data: []byte("create table third (id int); select nonsense")}
	if _, err := migrateAll(t, db, files); err == nil || !strings.Contains(err.Error(), "beta/003_broken.sql") {
		t.Fatalf("a broken migration must fail by its name: %v", err)
	}
	var exists bool
	if err := db.Pool.QueryRow(t.Context(), "select to_regclass('third') is not null").Scan(&exists); err != nil || exists {
		t.Errorf("a broken migration must leave nothing: exists=%v err=%v", exists, err)
	}
	// What two branches made for themselves: whichever comes second is applied, wherever it stands in the order.
	files["beta/003_broken.sql"].Data = []byte("select 1")
	files["aaa/001_late.sql"] = &fstest.MapFile{Data: []byte("select 1")}
	if applied, err := migrateAll(t, db, files); err != nil || !slices.Equal(applied, []string{"aaa/001_late.sql", "beta/003_broken.sql"}) {
		t.Errorf("branches side by side: %v, %v", applied, err)
	}
}

// A release must not run on a database that a newer one has migrated.
func TestMigrateRefusesNewerDatabase(t *testing.T) {
	db := pgtest.Empty(t)
	files := sqlFiles(map[string]string{"001_a.sql": "select 1", "002_b.sql": "select 1", "x/001_c.sql": "select 1"})
	if _, err := migrateAll(t, db, files); err != nil {
		t.Fatal(err)
	}
	for gone, want := range map[string]string{"002_b.sql": "it is at 002, this release ends at 001", "x/001_c.sql": "no migrations named x/"} {
		older := fstest.MapFS{}
		for name, file := range files {
			if name != gone {
				older[name] = file
			}
		}
		if _, err := migrateAll(t, db, older); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", gone, err)
		}
	}
}

func TestMigrationsRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"gap":            {map[string]string{"001_a.sql": "", "003_b.sql": ""}, "expected 002_name.sql"},
		"double":         {map[string]string{"001_a.sql": "", "001_b.sql": ""}, "expected 002_name.sql"},
		"gap in series":  {map[string]string{"x/002_b.sql": ""}, "expected x/001_name.sql"},
		"name":           {map[string]string{"1_a.sql": ""}, "is named 001_name.sql"},
		"series":         {map[string]string{"X-y/001_a.sql": ""}, "small letters"},
		"nothing":        {map[string]string{"readme.md": ""}, "no migrations"},
		"unknown":        {map[string]string{"x/001_a.sql": "-- after: y/001\n"}, `after "y/001", which does not exist`},
		"circle":         {map[string]string{"x/001_a.sql": "-- after: y/001\n", "y/001_b.sql": "-- after: x/001\n"}, "can never be applied"},
		"own series":     {map[string]string{"x/001_a.sql": "-- after: x/002\n", "x/002_b.sql": ""}, "only another domain's series"},
		"base series":    {map[string]string{"001_a.sql": "", "x/001_a.sql": "-- after: 001\n"}, "only another domain's series"},
		"base that asks": {map[string]string{"001_a.sql": "-- after: x/001\n", "x/001_a.sql": ""}, "only another domain's series"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pg.Migrations(sqlFiles(c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
