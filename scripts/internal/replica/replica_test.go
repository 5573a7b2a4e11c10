package replica_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/replica"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The replica that the migrations make is the one that deploy/whitelist.d and the internal schema ask for.
func TestReplicaFollowsFromWhitelist(t *testing.T) {
	list, err := whitelist.Load("../../../deploy/whitelist.d")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range compare(t, list, pgtest.Internal(t), pgtest.External(t)) {
		t.Errorf("%s: %s", d.Table, d.Text)
	}
	if t.Failed() {
		t.Log("run scripts/replica and commit what it writes")
	}
}

func compare(t *testing.T, list *whitelist.List, inside, outside *pgtest.Database) []replica.Difference {
	t.Helper()
	found, err := replica.Compare(t.Context(), list, connect(t, inside), connect(t, outside))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func connect(t *testing.T, db *pgtest.Database) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

const internalTables = `
	create schema stock;
	create table stock.items (
	  id uuid primary key, code text not null default '', price numeric(12,2), tags text[] not null default '{}',
	  "order" integer not null default 0, made_at timestamptz not null default now(), secret text not null default ''
	);
	create table stock.places (item_id uuid, place integer, primary key (place, item_id));`

const stockList = `version: 1
tables:
  - {table: stock.items, columns: [id, code, price, tags, order, made_at]}
  - {table: stock.places, columns: [item_id, place]}
`

// A new table costs its author an entry in the whitelist and one command.
func TestWriteNewTables(t *testing.T) {
	inside, outside, list := withTables(t, internalTables), pgtest.Empty(t), parse(t, stockList)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "001_base.sql"), []byte("select 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	written, err := replica.Write(folder, compare(t, list, inside, outside))
	if err != nil || !slices.Equal(written, []string{"stock/001_replica.sql"}) {
		t.Fatalf("%v, %v", written, err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "stock/001_replica.sql"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/new_tables.sql")
	if err != nil || string(text) != string(want) {
		t.Errorf("%v\n%s", err, text)
	}
	migrate(t, outside, folder)
	if left := compare(t, list, inside, outside); len(left) != 0 {
		t.Errorf("after the migration: %+v", left)
	}

	// The next column is the next file; rows that are there take the default of inside.
	outside.Exec(`insert into stock.places (item_id, place) values (gen_random_uuid(), 1)`)
	inside.Exec(`alter table stock.places add column shelf text not null default 'it''s', add column since date not null default current_date`)
	list = parse(t, strings.Replace(stockList, "[item_id, place]", "[item_id, place, shelf, since]", 1))
	written, err = replica.Write(folder, compare(t, list, inside, outside))
	if err != nil || !slices.Equal(written, []string{"stock/002_replica.sql"}) {
		t.Fatalf("%v, %v", written, err)
	}
	migrate(t, outside, folder)
	if left := compare(t, list, inside, outside); len(left) != 0 {
		t.Errorf("after the second migration: %+v", left)
	}
	var shelf string
	var since *string
	if err := outside.Pool.QueryRow(t.Context(), `select shelf, since::text from stock.places`).Scan(&shelf, &since); err != nil || shelf != "it's" || since != nil {
		t.Errorf("the row that was there: %q, %v, %v", shelf, since, err)
	}
}

func migrate(t *testing.T, db *pgtest.Database, folder string) {
	t.Helper()
	if _, err := pg.Migrate(t.Context(), connect(t, db), os.DirFS(folder), "public.schema_version", nil); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, text string) *whitelist.List {
	t.Helper()
	list, err := whitelist.Parse("list", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Whatever differs is found, and what can be mended without a decision is.
func TestCompareFindsDifferences(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "001_base.sql"), []byte("select 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := replica.Write(folder, compare(t, parse(t, stockList), withTables(t, internalTables), pgtest.Empty(t))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		inside, outside, list string
		want                  string
		byHand                bool
	}{
		"column":        {outside: `alter table stock.items drop column code`, want: "column code is not there"},
		"type":          {outside: `alter table stock.items alter code type varchar(9)`, want: "column code is character varying(9) and inside text", byHand: true},
		"collation":     {inside: `alter table stock.items alter code type text collate "uk-x-icu"`, want: `inside text collate pg_catalog."uk-x-icu"`, byHand: true},
		"null":          {inside: `alter table stock.items alter code drop not null`, want: "column code may not be NULL, and inside it may"},
		"unlisted":      {outside: `alter table stock.items add more text not null`, want: "column more is not listed, so that nobody fills it"},
		"key":           {outside: `alter table stock.places drop constraint places_pkey, add primary key (item_id, place)`, want: "the primary key is (item_id, place) and inside (place, item_id)", byHand: true},
		"writer":        {outside: `revoke truncate on stock.items from syncer_writer`, want: "syncer_writer may not truncate"},
		"site":          {outside: `revoke select on stock.items from external_site`, want: "external_site may not select"},
		"site writes":   {outside: `grant update on stock.items to external_site`, want: "external_site may update"},
		"everybody":     {outside: `grant select on stock.items to public`, want: "public may select"},
		"another role":  {outside: `grant select on stock.items to syncer_fetcher`, want: "syncer_fetcher may select"},
		"single column": {outside: `grant update (code) on stock.items to external_site`, want: "external_site has rights on single columns", byHand: true},
		"schema":        {outside: `revoke usage on schema stock from external_site`, want: "external_site may not use its schema"},
		"no table":      {list: "  - {table: stock.lost, columns: [id]}\n", want: "the internal schema has no such table: deploy/whitelist.d/line", byHand: true},
		"no column":     {inside: `alter table stock.items drop column price`, want: "the internal table has no column price", byHand: true},
		"part of a key": {inside: `create table stock.pairs (a int, b int, primary key (a, b))`, list: "  - {table: stock.pairs, columns: [a]}\n", want: "the primary key (a, b) must be listed whole", byHand: true},
		"generated":     {inside: `create table stock.made (a int primary key, b int generated always as (a + 1) stored)`, list: "  - {table: stock.made, columns: [a, b]}\n", want: "column b makes its values itself", byHand: true},
		"own type":      {inside: `create type stock.mood as enum ('ok'); create table stock.moods (a int primary key, b stock.mood[])`, list: "  - {table: stock.moods, columns: [a, b]}\n", want: "which does not belong to PostgreSQL", byHand: true},
	} {
		t.Run(name, func(t *testing.T) {
			in, out, list := withTables(t, internalTables), pgtest.Empty(t), parse(t, stockList+c.list)
			migrate(t, out, folder)
			in.Exec(c.inside)
			out.Exec(c.outside)
			found := compare(t, list, in, out)
			if len(found) != 1 || !strings.Contains(found[0].Text, c.want) || (found[0].SQL == "") != c.byHand {
				t.Fatalf("found %+v, want one with %q", found, c.want)
			}
			if c.byHand {
				return
			}
			out.Exec(found[0].SQL)
			if left := compare(t, list, in, out); len(left) != 0 {
				t.Errorf("mended by %q, and still: %+v", found[0].SQL, left)
			}
		})
	}
}

func withTables(t *testing.T, sql string) *pgtest.Database {
	t.Helper()
	db := pgtest.Empty(t)
	db.Exec(sql)
	return db
}
