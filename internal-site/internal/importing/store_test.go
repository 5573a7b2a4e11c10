package importing_test

import (
	"context"
	"errors"
	"testing"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// desk is a database with a table that imports write to.
type desk struct {
	t  *testing.T
	db *pgtest.Database
}

func newDesk(t *testing.T) desk {
	t.Helper()
	db := pgtest.Internal(t)
	db.Exec(`create table public.toys (name text primary key, of text references public.toys deferrable initially deferred)`)
	return desk{t, db}
}

// run imports what write writes; r is its report.
func (d desk) run(o importing.Options, r *report.Report, write func(tx importing.Tx) error) error {
	d.t.Helper()
	o.By = audit.System("import")
	return importing.Transact(d.t.Context(), d.db.Pool, o, r, audit.Entry{Action: "import.toys", ObjectType: "import", ObjectID: "toys"}, write)
}

func (d desk) toy(of any) func(importing.Tx) error {
	return func(tx importing.Tx) error {
		_, err := tx.Exec(d.t.Context(), `insert into public.toys values ('bear', $1)`, of)
		return err
	}
}

// left fails the test unless so many toys and entries of the trail are there.
func (d desk) left(toys, trail int) {
	d.t.Helper()
	var gotToys, gotTrail int
	err := d.db.Pool.QueryRow(d.t.Context(), `select (select count(*) from public.toys), (select count(*) from audit.events)`).Scan(&gotToys, &gotTrail)
	if err != nil || gotToys != toys || gotTrail != trail {
		d.t.Errorf("%d toys and %d entries of the trail, want %d and %d (%v)", gotToys, gotTrail, toys, trail, err)
	}
}

// written is a report of one row that was written.
func written() *report.Report {
	r := &report.Report{}
	r.Row(report.Service, "toys.csv", 2, "1", "bear").Stored = report.Added
	return r
}

func TestImportIsInTheTrail(t *testing.T) {
	d, kept := newDesk(t), 0
	err := d.run(importing.Options{Keep: func(*report.Report) error { kept++; return nil }}, written(), d.toy(nil))
	if err != nil || kept != 1 {
		t.Fatalf("%v, the report was kept %d times", err, kept)
	}
	d.left(1, 1)
}

// An import that wrote nothing is no event.
func TestImportOfNothingNewIsNoEvent(t *testing.T) {
	d := newDesk(t)
	if err := d.run(importing.Options{}, &report.Report{}, func(importing.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	d.left(0, 0)
}

// A dry run does everything and takes it back, and it fails where the import itself would: at references too, which are
// checked when a transaction ends.
func TestDryRunChangesNothing(t *testing.T) {
	d := newDesk(t)
	if err := d.run(importing.Options{DryRun: true}, written(), d.toy(nil)); err != nil {
		t.Fatal(err)
	}
	if err := d.run(importing.Options{DryRun: true}, written(), d.toy("nobody")); err == nil {
		t.Error("a dry run does not see that a reference is broken")
	}
	d.left(0, 0)
}

// Nothing is imported whose report could not be kept, or half of it.
func TestImportThatFailsChangesNothing(t *testing.T) {
	d, broken := newDesk(t), errors.New("broken")
	keep := func(*report.Report) error { return broken }
	if err := d.run(importing.Options{Keep: keep}, written(), d.toy(nil)); !errors.Is(err, broken) {
		t.Errorf("without its report: %v", err)
	}
	err := d.run(importing.Options{}, written(), func(tx importing.Tx) error { return errors.Join(d.toy(nil)(tx), broken) })
	if !errors.Is(err, broken) {
		t.Errorf("half of it: %v", err)
	}
	d.left(0, 0)
}

func TestTwoImportsAtATimeAreRefused(t *testing.T) {
	d := newDesk(t)
	err := d.run(importing.Options{}, written(), func(importing.Tx) error {
		second := importing.Transact(context.WithoutCancel(t.Context()), d.db.Pool, importing.Options{}, written(), audit.Entry{}, d.toy(nil))
		if !fault.Is(second, fault.Conflict) {
			t.Errorf("the second: %v", second)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.left(0, 1)
}
