package daemon_test

import (
	"slices"
	"strings"
	"testing"

	"portal.example/syncer/internal/prepare"
)

// offers is what the application of the migrations' tests has: a table that is migrated, and one beside it.
const offers = `
	CREATE TABLE offers (id int PRIMARY KEY, code varchar(10) NOT NULL, price int, note text, open boolean NOT NULL DEFAULT true, uid uuid NOT NULL DEFAULT gen_random_uuid());
	CREATE TABLE beside (id int PRIMARY KEY, v text);
	INSERT INTO offers SELECT n, 'c' || n, n, 'n' || n, n % 3 > 0 FROM generate_series(1, 300) n; INSERT INTO beside SELECT n, 'b' FROM generate_series(1, 50) n;`

const (
	listBeside = "  - {table: beside, columns: [id, v]}\n"
	listOffers = "  - {table: offers, columns: [id, code, price, note, open], where: open}\n"
)

// migration is one on the way of the runbook: its steps in order, beside an application that goes on all the while.
type migration struct {
	// before and after are the application's statements; from the moment that the source is migrated it runs the latter. %d is a
	// number that grows. None of them may fail, but that one version of the application may meet the other's table.
	before, after []string
	made          string // on the target, before all
	read          string // of the replica: whether it is whole enough; the answer is always yes
	list          string // the whitelist before
	steps         []step
}

// step is one command: SQL on one of the sides, a new whitelist, or a verb of the syncer.
type step struct {
	source, target, list string
	release              []string
	order                *prepare.Order
	deployed             bool // the application is the later one from here on
}

func (m migration) run(t *testing.T) {
	t.Helper()
	list := m.list
	if list == "" {
		list = listOffers + listBeside
	}
	p := newReplica(t, offers, list)
	stop := p.start()
	p.waitFor()
	if m.read == "" {
		m.read = `SELECT count(*) > 100 FROM offers`
	}
	p.target.Exec(m.made)
	seen, finish := p.watch(m.read)
	app := p.application(m)
	for _, s := range m.steps {
		app.passes(5)
		p.step(s, app)
	}
	app.passes(5)
	app.stop()
	p.waitFor()
	finish()
	p.equal()
	for _, answer := range *seen {
		if answer != "t" {
			t.Errorf("a reader of the replica saw: %q", *seen)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

func (p *pair) step(s step, app *application) {
	p.t.Helper()
	switch {
	case s.source != "":
		p.source.Exec(s.source)
	case s.target != "":
		p.target.Exec(s.target)
	case s.list != "":
		p.relist(s.list)
	case s.release != nil:
		if _, err := prepare.Release(p.t.Context(), p.cfg, p.list, s.release); err != nil {
			p.t.Fatal(err)
		}
	case s.order != nil:
		p.change(*s.order)
	}
	if s.deployed {
		app.later.Store(true)
	}
}

// plain statements of the application, and those on the other table.
var (
	writes = []string{
		`INSERT INTO offers (id, code, price, note) VALUES (1000 + %d, 'new', %d, 'x')`, `UPDATE offers SET price = price + 1, note = 'changed %d' WHERE id = %d % 200`,
		`UPDATE offers SET open = NOT open WHERE id = 200 + %d % 50`, `DELETE FROM offers WHERE id = 1000 + %d - 20`, `UPDATE beside SET v = 'at %d' WHERE id = %d % 50`,
	}
	resync = &prepare.Order{Resync: []string{"public.offers"}}
)

// in writes statements as they are after names were changed.
func in(statements []string, names ...string) (all []string) {
	for _, s := range statements {
		all = append(all, strings.NewReplacer(names...).Replace(s))
	}
	return all
}

// An integer becomes a bigint: the target is widened at any time before.
func TestMigrationWidensAnInteger(t *testing.T) {
	t.Parallel()
	migration{before: writes, steps: []step{
		{target: `ALTER TABLE offers ALTER price TYPE bigint`},
		{release: []string{"public.offers"}},
		{source: `ALTER TABLE offers ALTER price TYPE bigint`},
		{source: `UPDATE offers SET price = 5000000000 WHERE id = 250`},
		{order: resync},
	}}.run(t)
}

// The key becomes a bigint, source first: resync says what is missing on the target.
func TestMigrationWidensTheKey(t *testing.T) {
	t.Parallel()
	migration{before: writes, steps: []step{
		{release: []string{"public.offers"}},
		{source: `ALTER TABLE offers ALTER id TYPE bigint`},
		{target: `ALTER TABLE offers ALTER id TYPE bigint`},
		{order: resync},
		{source: `INSERT INTO offers (id, code) VALUES (9000000000, 'far')`},
	}}.run(t)
}

func TestMigrationWidensAText(t *testing.T) {
	t.Parallel()
	migration{before: writes, steps: []step{
		{target: `ALTER TABLE offers ALTER code TYPE varchar(50)`},
		{release: []string{"public.offers"}},
		{source: `ALTER TABLE offers ALTER code TYPE varchar(50)`, deployed: true},
		{order: resync},
	}, after: append(slices.Clone(writes), `UPDATE offers SET code = repeat('c', 40) WHERE id = %d % 100`)}.run(t)
}

func TestMigrationRenamesAColumn(t *testing.T) {
	t.Parallel()
	migration{before: writes, after: in(writes, "price", "amount"), steps: []step{
		{release: []string{"public.offers"}},
		{source: `ALTER TABLE offers RENAME price TO amount`},
		{target: `ALTER TABLE offers RENAME price TO amount`},
		{list: in([]string{listOffers + listBeside}, "price", "amount")[0]},
		{order: resync},
	}}.run(t)
}

func TestMigrationRenamesATable(t *testing.T) {
	t.Parallel()
	migration{
		before: writes, after: in(writes, "offers", "services"), read: `SELECT count(*) > 100 FROM readable`,
		made: `CREATE VIEW readable AS SELECT * FROM offers`, // follows the table when it is renamed
		steps: []step{
			{release: []string{"public.offers"}},
			{source: `ALTER TABLE offers RENAME TO services`},
			{target: `ALTER TABLE offers RENAME TO services`},
			{list: in([]string{listOffers + listBeside}, "offers", "services")[0]},
			{order: &prepare.Order{Resync: []string{"public.services"}, Was: map[string]string{"public.services": "public.offers"}}},
		},
	}.run(t)
}

func TestMigrationDropsAColumn(t *testing.T) {
	t.Parallel()
	migration{before: writes, after: in(writes, ", note = 'changed %d'", "", ", note)", ")", ", 'x')", ")"), steps: []step{
		{list: in([]string{listOffers + listBeside}, " note,", "")[0]},
		{order: resync},
		{source: `ALTER TABLE offers DROP note`},
		{target: `ALTER TABLE offers DROP note`},
	}}.run(t)
}

func TestMigrationAddsAColumnToTheList(t *testing.T) {
	t.Parallel()
	migration{before: writes, steps: []step{
		{source: `ALTER TABLE offers ADD since date DEFAULT '2026-01-01'`},
		{target: `ALTER TABLE offers ADD since date`},
		{list: in([]string{listOffers + listBeside}, "note,", "note, since,")[0], deployed: true},
		{order: resync},
	}, after: append(slices.Clone(writes), `UPDATE offers SET since = since + 1 WHERE id = %d % 90`)}.run(t)
}

func TestMigrationChangesAFilter(t *testing.T) {
	t.Parallel()
	migration{before: writes, steps: []step{
		{list: in([]string{listOffers + listBeside}, "where: open", `where: "open and id < 250"`)[0]},
		{order: resync},
		{list: in([]string{listOffers + listBeside}, ", where: open", "")[0]},
		{order: resync},
	}}.run(t)
}

func TestMigrationChangesTheKey(t *testing.T) {
	t.Parallel()
	uid := in([]string{listOffers}, "[id,", "[id, uid,")[0] + listBeside
	migration{before: writes, list: uid, steps: []step{
		{release: []string{"public.offers"}},
		{source: `DO $$BEGIN EXECUTE (SELECT 'DROP INDEX ' || indexrelid::regclass FROM pg_index WHERE indrelid = 'offers'::regclass AND indisreplident); END$$;
			ALTER TABLE offers DROP CONSTRAINT offers_pkey, ADD PRIMARY KEY (uid)`},
		{target: `CREATE UNIQUE INDEX ON offers (uid)`},
		{order: resync},
		{target: `ALTER TABLE offers DROP CONSTRAINT offers_pkey, ALTER id DROP NOT NULL`},
	}}.run(t)
}

func TestMigrationSplitsATable(t *testing.T) {
	t.Parallel()
	const prices = "  - {table: prices, columns: [offer, price]}\n"
	split := append(in(writes, "price = price + 1, ", "", ", price, note", ", note", "'new', %d, 'x'", "'new', 'x'"),
		`INSERT INTO prices VALUES (%d, %d) ON CONFLICT (offer) DO UPDATE SET price = excluded.price + 1`)
	narrow := in([]string{listOffers}, " price,", "")[0]
	migration{before: writes, after: split, steps: []step{
		{source: `CREATE TABLE prices (offer int PRIMARY KEY, price int)`},
		{list: listOffers + listBeside + prices},
		{order: &prepare.Order{Add: []string{"public.prices"}}},
		{source: `INSERT INTO prices SELECT id, price FROM offers ON CONFLICT DO NOTHING`, deployed: true},
		{list: narrow + listBeside + prices},
		{order: resync},
		{source: `ALTER TABLE offers DROP price`},
		{target: `ALTER TABLE offers DROP price`},
	}}.run(t)
}

// A type that the old one does not fit into goes the same way, the target being changed while the table is released.
func TestMigrationChangesAType(t *testing.T) {
	t.Parallel()
	migration{before: writes, steps: []step{
		{release: []string{"public.offers"}},
		{source: `ALTER TABLE offers ALTER price TYPE numeric(12,2) USING price / 1.0`},
		{target: `ALTER TABLE offers ALTER price TYPE numeric(12,2)`},
		{order: resync},
	}}.run(t)
}

// A table that was renamed without having been released stops the stream, and its message leads on.
func TestRenamedWithoutRelease(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, is string }{
		"table":  {`ALTER TABLE old.a RENAME TO b`, "old.b"},
		"schema": {`ALTER SCHEMA old RENAME TO new`, "new.a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const other = "  - {table: other, columns: [id]}\n"
			p := newPair(t, `CREATE SCHEMA old; CREATE TABLE old.a (id int PRIMARY KEY, v text); INSERT INTO old.a SELECT n, 'v' FROM generate_series(1, 50) n;
				CREATE TABLE other (id int PRIMARY KEY)`, "  - {table: old.a, columns: [id, v]}\n"+other)
			p.init()
			p.start()
			p.source.Exec(`UPDATE old.a SET v = 'warm' WHERE id = 1`)
			p.waitFor()
			p.source.Exec(c.sql)
			p.source.Exec(`DELETE FROM ` + c.is + ` WHERE id > 40; UPDATE ` + c.is + ` SET v = 'later' WHERE id = 2; INSERT INTO other VALUES (1)`)
			p.stops(c.is, "syncer table resync "+c.is+" --was")
			p.target.Exec(c.sql)
			p.relist("  - {table: " + c.is + ", columns: [id, v]}\n" + other)
			p.change(prepare.Order{Resync: []string{c.is}, Was: map[string]string{c.is: "old.a"}})
			p.start()
			p.ready()
			p.source.Exec(`UPDATE ` + c.is + ` SET v = 'after' WHERE id = 3`)
			p.waitFor()
			p.equal()
		})
	}
}
