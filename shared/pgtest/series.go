package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	tern "github.com/jackc/tern/v2/migrate"

	"portal.example/shared/pg"
)

// CheckMigrations checks a site's migrations; sum is the hash of its base series. Three things must hold:
//
//   - the base series is what it was when it was closed, since installed databases know it by number;
//   - a database that the release before the series of domains has migrated takes the rest;
//   - every migration of a domain applies after the base series and what it asks for alone, so that no order is relied
//     upon that is not declared.
func CheckMigrations(t *testing.T, files fs.FS, versionTable, sum string) {
	t.Helper()
	all, err := pg.Migrations(files)
	if err != nil {
		t.Fatal(err)
	}
	base := fstest.MapFS{}
	hash := sha256.New()
	for _, m := range all {
		if m.Series == "" {
			base[m.Path] = &fstest.MapFile{Data: []byte(m.SQL)}
			fmt.Fprintf(hash, "%s %d\n%s", m.Path, len(m.SQL), m.SQL)
		}
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != sum {
		t.Errorf("the base series differs from what is installed (hash %s): a new migration goes to its domain's folder, DOMAIN/001_name.sql", got)
	}
	old := Empty(t)
	migrateByTern(t, old, base, versionTable)
	for _, m := range all {
		if m.Series == "" {
			continue
		}
		t.Run(m.Name(), func(t *testing.T) {
			alone := without(base, all, m)
			if _, err := migrateFiles(t, create(t, AdminDSN(t), old.Name), alone, versionTable); err != nil {
				t.Errorf("%s does not apply after what it asks for; name the rest in a line \"-- after:\" at its top: %v", m.Path, err)
			}
		})
	}
	applied, err := migrateFiles(t, old, files, versionTable)
	if want := len(all) - len(base); err != nil || len(applied) != want {
		t.Errorf("a database of the release before takes %d migrations of %d: %v", len(applied), want, err)
	}
}

// without returns the base series, m and what m needs.
func without(base fstest.MapFS, all []pg.Migration, m pg.Migration) fstest.MapFS {
	kept := fstest.MapFS{}
	for name, file := range base {
		kept[name] = file
	}
	var keep func(m pg.Migration)
	keep = func(m pg.Migration) {
		kept[m.Path] = &fstest.MapFile{Data: []byte(m.SQL)}
		for _, other := range all {
			if other.Series == m.Series && other.Number == m.Number-1 || slices.Contains(m.After, other.Name()) {
				keep(other)
			}
		}
	}
	keep(m)
	return kept
}

// migrateByTern migrates the way releases did before there were series of domains.
func migrateByTern(t *testing.T, db *Database, base fs.FS, versionTable string) {
	t.Helper()
	conn := ownersConn(t, db)
	m, err := tern.NewMigrator(t.Context(), conn, versionTable)
	if err == nil {
		err = m.LoadMigrations(base)
	}
	if err == nil {
		err = m.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	db.Pool.Close() // so that the database can be a template
	_ = conn.Close(t.Context())
}

func migrateFiles(t *testing.T, db *Database, files fs.FS, versionTable string) ([]string, error) {
	t.Helper()
	return pg.Migrate(t.Context(), ownersConn(t, db), files, versionTable, nil)
}

func ownersConn(t *testing.T, db *Database) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}
