package watch

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// emptying is a table with one partition, watched as the stream watches it. TRUNCATE of the table is in the log and one of the partition
// is not; the catalog shows the same of both.
type emptying struct {
	t      *testing.T
	db     *pgtest.Database
	conn   *pgx.Conn
	tables []publisher.Table
	marks  []wire.Mark
}

func newEmptying(t *testing.T) *emptying {
	t.Helper()
	e := &emptying{t: t, db: pgtest.Empty(t)}
	e.db.Exec(`CREATE TABLE m (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE m_all PARTITION OF m DEFAULT; INSERT INTO m VALUES (1, 'a')`)
	e.db.Exec(`CREATE PUBLICATION p FOR TABLE m (id, v) WITH (publish_via_partition_root)`)
	var err error
	if e.conn, err = pgx.Connect(t.Context(), e.db.DSN); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.conn.Close(t.Context()) })
	list := &whitelist.List{Tables: []whitelist.Table{{Schema: "public", Name: "m", Columns: []string{"id", "v"}}}}
	if e.tables, err = publisher.Tables(t.Context(), e.conn, list); err != nil {
		t.Fatal(err)
	}
	e.remember()
	return e
}

// remember makes what the catalog says now what the target remembers.
func (e *emptying) remember() {
	e.t.Helper()
	var err error
	if e.marks, err = ReadMarks(e.t.Context(), e.conn, "p", e.tables); err != nil {
		e.t.Fatal(err)
	}
}

// watch begins as a stream does that finds the leaves and a note beside them.
func (e *emptying) watch(note string) *Watch {
	e.t.Helper()
	w := e.begin(note)
	e.looks(w)
	return w
}

// begin is watch without the first look.
func (e *emptying) begin(note string) *Watch {
	marks := []wire.Mark{e.marks[0]}
	marks[0].Leaves += note
	return New("p", e.tables, map[string]string{"public.m": ""}, marks, nil, slog.New(slog.DiscardHandler))
}

func (e *emptying) looks(w *Watch) {
	e.t.Helper()
	if err := w.Look(e.t.Context(), e.conn); err != nil {
		e.t.Fatal(err)
	}
}

// does runs statements in one transaction and returns its number.
func (e *emptying) does(sql ...string) (xid uint32) {
	e.t.Helper()
	r := e.open()
	r.does(sql...)
	r.ends()
	return r.xid
}

// running is a transaction that goes on.
type running struct {
	e   *emptying
	tx  pgx.Tx
	xid uint32
}

func (e *emptying) open() *running {
	e.t.Helper()
	tx, err := e.db.Pool.Begin(e.t.Context())
	r := &running{e: e, tx: tx}
	if err == nil {
		err = tx.QueryRow(e.t.Context(), `SELECT pg_current_xact_id()::xid`).Scan(&r.xid)
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return r
}

func (r *running) does(sql ...string) {
	r.e.t.Helper()
	for _, s := range sql {
		if _, err := r.tx.Exec(r.e.t.Context(), s); err != nil {
			r.e.t.Fatal(err)
		}
	}
}

func (r *running) ends() {
	r.e.t.Helper()
	if err := r.tx.Commit(r.e.t.Context()); err != nil {
		r.e.t.Fatal(err)
	}
}

// accepted looks until the log has told all that it had to tell, and wants the catalog as it is now to be what is remembered then.
func (e *emptying) accepted(w *Watch) {
	e.t.Helper()
	e.looks(w)
	w.NotePosition(everything)
	e.looks(w)
	e.remember()
	if got, want := strings.ReplaceAll(w.markOf(0).Leaves, "+", ""), strings.ReplaceAll(e.marks[0].Leaves, "+", ""); got != want {
		e.t.Errorf("%q is remembered of leaves that are %q", got, want)
	}
}

// refused looks until the log has told all that it had to tell, and wants the TRUNCATE refused then.
func (e *emptying) refused(w *Watch) {
	e.t.Helper()
	e.looks(w)
	w.NotePosition(everything)
	if err := w.Look(e.t.Context(), e.conn); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync public.m") {
		e.t.Errorf("a TRUNCATE that the log does not tell of is taken for one that it does: %v", err)
	}
}

// everything is behind whatever the source writes.
const everything = wire.LSN(1 << 62)

// What was told explains what the next look shows, and nothing that happens later.
func TestATruncateIsNotBelievedForAnother(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000, false)
	e.accepted(w)
	e.does(`INSERT INTO m VALUES (2, 'b')`)
	e.looks(w)
	e.does(`TRUNCATE m_all`)
	e.refused(w)
}

// Between two looks the table is emptied, written and its partition emptied: the log tells of the first only, and of who wrote.
func TestATruncateIsNotBelievedForOneBehindIt(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000, false)
	w.NoteWrite(0, e.does(`INSERT INTO m VALUES (2, 'b')`))
	e.does(`TRUNCATE m_all`)
	e.refused(w)
}

// As above, and the partition is written in the transaction that emptied it.
func TestATruncateIsNotBelievedForOneThatWrites(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`, `INSERT INTO m VALUES (2, 'b')`), 1000, true)
	w.NoteWrite(0, e.does(`TRUNCATE m_all`, `INSERT INTO m VALUES (3, 'c')`))
	e.refused(w)
}

// The log may tell of the second TRUNCATE of the table only after a look that the first does not explain.
func TestASecondTruncateIsToldLate(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000, false)
	w.NoteWrite(0, e.does(`INSERT INTO m VALUES (2, 'b')`))
	second := e.does(`TRUNCATE m`)
	e.looks(w)
	w.NoteTruncate(0, second, 2000, false)
	e.accepted(w)
}

// Of a TRUNCATE in a subtransaction the catalog says the subtransaction, and the log the transaction around it.
func TestATruncateInASubtransaction(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	xid := e.does(`SAVEPOINT s`, `TRUNCATE m`, `RELEASE s`, `INSERT INTO m VALUES (2, 'b')`)
	later := e.does(`INSERT INTO m VALUES (3, 'c')`)
	e.looks(w)
	w.NoteTruncate(0, xid, 1000, true)
	w.NoteWrite(0, later)
	e.accepted(w)
}

// A row that was written behind the TRUNCATE by a transaction with an earlier number is not one that was there before.
func TestARowOfAnEarlierTransactionWasNotKept(t *testing.T) {
	for name, truncate := range map[string]func(e *emptying){
		"the one around": func(e *emptying) {
			e.does(`SAVEPOINT s`, `TRUNCATE m_all`, `RELEASE s`, `INSERT INTO m VALUES (2, 'b')`)
		},
		"another": func(e *emptying) {
			before := e.open()
			e.does(`TRUNCATE m_all`)
			before.does(`INSERT INTO m VALUES (2, 'b')`)
			before.ends()
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEmptying(t)
			w := e.watch("")
			truncate(e)
			e.refused(w)
		})
	}
}

// Such a row does not make a TRUNCATE of the table one of some partitions.
func TestARowOfAnEarlierTransactionBehindATruncate(t *testing.T) {
	e := newEmptying(t)
	e.does(`CREATE TABLE m_two PARTITION OF m FOR VALUES FROM (100) TO (200)`, `INSERT INTO m VALUES (100, 'a')`)
	e.remember()
	w := e.watch("")
	before := e.open()
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000, false)
	before.does(`INSERT INTO m VALUES (2, 'b')`)
	before.ends()
	w.NoteWrite(0, before.xid)
	e.db.Exec(`ANALYZE m`)
	e.accepted(w)
}

// Only the transaction that emptied the table wrote to it before its partition was emptied.
func TestATruncateIsNotBelievedForOneThatTakesItsRows(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`, `INSERT INTO m VALUES (2, 'b')`), 1000, true)
	e.does(`TRUNCATE m_all`)
	w.NoteWrite(0, e.does(`INSERT INTO m VALUES (3, 'c')`)) // whose row is none of those
	e.refused(w)
}

// A writer may have got its number between the transaction's and the subtransaction's, and wait for the table.
func TestAWriterWaitsForATruncateInASubtransaction(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	outer, writer := e.open(), e.open()
	outer.does(`SAVEPOINT s`, `TRUNCATE m`, `RELEASE s`)
	outer.ends()
	writer.does(`INSERT INTO m VALUES (2, 'b')`)
	writer.ends()
	w.NoteTruncate(0, outer.xid, 1000, false)
	w.NoteWrite(0, writer.xid)
	e.accepted(w)
}

// What is done to a partition once the table was emptied changes what the catalog says of it.
func TestMaintenanceBehindATruncate(t *testing.T) {
	const written = `INSERT INTO m VALUES (2, 'b')`
	for name, c := range map[string]struct {
		sql   []string
		noted bool // also where only the note of an earlier stream tells of the TRUNCATE
	}{
		"rights on one":           {[]string{`GRANT SELECT ON m_two TO public`}, true},
		"rights on all":           {[]string{written, `GRANT SELECT ON m_two, m_all TO public`}, true},
		"a setting":               {[]string{`ALTER TABLE m_two SET (autovacuum_enabled = true)`}, true},
		"a condition":             {[]string{written, `ALTER TABLE m ADD CHECK (id > 0)`}, true},
		"a column":                {[]string{written, `ALTER TABLE m ADD x int`}, true},
		"a trigger":               {[]string{written, `CREATE TRIGGER tr BEFORE UPDATE ON m FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`}, true},
		"VACUUM":                  {[]string{written, `VACUUM ANALYZE m`}, true},
		"REINDEX":                 {[]string{written, `REINDEX TABLE m`}, true},
		"an index":                {[]string{written, `CREATE INDEX ON m (v)`}, true},
		"VACUUM FULL of nothing":  {[]string{`VACUUM FULL m`}, false},
		"CLUSTER of what is full": {[]string{written, `CLUSTER m_all USING m_all_pkey`}, true},
	} {
		for _, how := range []string{"running", "noted"} {
			if how == "noted" && !c.noted {
				continue
			}
			t.Run(name+"/"+how, func(t *testing.T) {
				e := newEmptying(t)
				e.does(`CREATE TABLE m_two PARTITION OF m FOR VALUES FROM (100) TO (200)`, `INSERT INTO m VALUES (100, 'a')`)
				e.remember()
				w := e.watch("")
				xid := e.does(`TRUNCATE m`)
				w.NoteTruncate(0, xid, 1000, false)
				for _, s := range c.sql {
					if s == written {
						w.NoteWrite(0, e.does(s))
						continue
					}
					e.db.Exec(s)
				}
				if how == "noted" {
					w = e.begin(wire.EmptiedNote(xid))
				}
				e.accepted(w)
			})
		}
	}
}

// At the first look the stream has told nothing yet.
func TestMaintenanceBehindATruncateBeforeTheStream(t *testing.T) {
	for _, sql := range []string{`VACUUM FULL m_two`, `CLUSTER m_two USING m_two_pkey`, `ALTER TABLE m_two ADD CHECK (id > 0)`, `ANALYZE m`} {
		t.Run(sql, func(t *testing.T) {
			e := newEmptying(t)
			e.does(`CREATE TABLE m_two PARTITION OF m FOR VALUES FROM (100) TO (200)`, `INSERT INTO m VALUES (100, 'a')`)
			e.remember()
			w := e.begin("")
			xid := e.does(`TRUNCATE m`, `INSERT INTO m VALUES (100, 'a')`)
			e.db.Exec(sql)
			e.looks(w)
			w.NoteTruncate(0, xid, 1000, true)
			e.accepted(w)
		})
	}
}

// The log tells of a TRUNCATE, or another one is committed, while a look goes from partition to partition.
func TestATruncateDuringALook(t *testing.T) {
	for name, told := range map[string]bool{"told": true, "committed": false} {
		t.Run(name, func(t *testing.T) {
			e := newEmptying(t)
			e.does(`CREATE TABLE m_two PARTITION OF m FOR VALUES FROM (100) TO (200)`, `INSERT INTO m VALUES (100, 'a')`)
			e.remember()
			w := e.watch("")
			xid := e.does(`TRUNCATE m`)
			during := &meanwhile{Conn: e.conn, then: func() {
				if !told {
					w.NoteTruncate(0, xid, 1000, false)
					xid = e.does(`TRUNCATE m`)
				}
				w.NoteTruncate(0, xid, 2000, false)
			}}
			if err := w.Look(t.Context(), during); err != nil {
				t.Fatal(err)
			}
			if during.then != nil {
				t.Fatal("nothing happened during the look")
			}
			e.accepted(w)
		})
	}
}

// meanwhile does something before the second partition is looked at.
type meanwhile struct {
	*pgx.Conn
	asked bool
	then  func()
}

func (m *meanwhile) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if strings.Contains(sql, "c.reltablespace") {
		if m.asked && m.then != nil {
			m.then()
			m.then = nil
		}
		m.asked = true
	}
	return m.Conn.QueryRow(ctx, sql, args...)
}

// A partition that has no row count is moved to another place and back with its rows.
func TestAPartitionIsMovedBack(t *testing.T) {
	e := newEmptying(t)
	admin, err := pgx.Connect(t.Context(), e.db.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(t.Context())) }()
	does := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	does(`SET allow_in_place_tablespaces = on`)
	does(`CREATE TABLESPACE moved_back LOCATION ''`)
	defer does(`DROP TABLESPACE moved_back`)
	does(`ALTER TABLE m_all SET TABLESPACE moved_back`)
	e.remember()
	w := e.watch("")
	does(`ALTER TABLE m_all SET TABLESPACE pg_default`)
	e.accepted(w)
}

// ALTER TABLE that rewrites nothing says nothing of the rows that a TRUNCATE of the partition took away before.
func TestAColumnIsAddedBehindATruncateOfThePartition(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	e.does(`TRUNCATE m_all`)
	e.does(`ALTER TABLE m ADD x int`)
	e.refused(w)
}

// ALTER TABLE wrote the rows anew, and something else followed before the next look.
func TestAnIndexIsChangedBehindARewrite(t *testing.T) {
	const rewritten = `ALTER TABLE m ADD x uuid DEFAULT gen_random_uuid()`
	for name, sql := range map[string][]string{
		"made":                     {rewritten, `CREATE INDEX ON m (x)`},
		"made in a subtransaction": {`BEGIN; ` + rewritten + `; SAVEPOINT s; CREATE INDEX ON m (x); RELEASE s; COMMIT`},
		"renamed":                  {rewritten, `ALTER INDEX m_all_pkey RENAME TO m_all_pk`},
		"made anew":                {`CREATE INDEX ON m (v)`, rewritten, `REINDEX INDEX m_all_pkey`},
		"of a condition":           {rewritten, `ALTER TABLE m ADD UNIQUE (id, x)`},
		"not, a column is":         {rewritten, `ALTER TABLE m ADD y int`},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEmptying(t)
			e.does(`CREATE TABLE m_two PARTITION OF m FOR VALUES FROM (100) TO (200)`)
			e.remember()
			w := e.watch("")
			for _, s := range sql {
				e.db.Exec(s)
			}
			e.accepted(w)
		})
	}
}

// A driver or a function may give each statement a subtransaction of its own.
func TestTruncateAndRowsInSubtransactions(t *testing.T) {
	for name, later := range map[string]bool{"alone": false, "and a writer": true} {
		t.Run(name, func(t *testing.T) {
			e := newEmptying(t)
			w := e.watch("")
			w.NoteTruncate(0, e.does(`SAVEPOINT s`, `TRUNCATE m`, `RELEASE s`, `SAVEPOINT s`, `INSERT INTO m VALUES (2, 'b')`, `RELEASE s`), 1000, true)
			if later {
				w.NoteWrite(0, e.does(`INSERT INTO m VALUES (3, 'c')`))
			}
			e.accepted(w)
		})
	}
}

// The stream may not have told yet who wrote the rows that are there now.
func TestRowsThatAreNotToldAreNoProof(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`, `INSERT INTO m VALUES (2, 'b')`), 1000, true)
	e.does(`TRUNCATE m_all`)
	e.looks(w)
	e.does(`INSERT INTO m VALUES (3, 'c')`)
	e.refused(w)
}

// What is remembered of a table that is emptied and written again and again has its bounds, also while no look ends.
func TestWhatIsToldOfATableIsBounded(t *testing.T) {
	w := New("p", make([]publisher.Table, 1), nil, nil, nil, slog.New(slog.DiscardHandler))
	for i := range uint32(3 * mostWriters) {
		if i%1000 == 0 {
			w.NoteTruncate(0, i, wire.LSN(i), false)
		}
		w.NoteWrite(0, i+1)
	}
	h := w.emptied.tables[0]
	if len(h.told) > mostTold || len(h.writers) > mostWriters {
		t.Errorf("%d are told, with %d writers", len(h.told), len(h.writers))
	}
	if last := h.list()[len(h.told)-1]; last.isQuiet(last.xid + 1<<20) {
		t.Error("writers of which there was no room for are taken for none")
	}
}

// What an earlier stream told explains the same TRUNCATE at the first look, and no other, however far behind the leaves are.
func TestAnEarlierStreamsTruncateIsNotASecondOne(t *testing.T) {
	e := newEmptying(t)
	first := wire.EmptiedNote(e.does(`TRUNCATE m`))
	e.accepted(e.begin(first))
	e.does(`INSERT INTO m VALUES (2, 'b')`)
	w := e.watch(first) // beside newer leaves
	e.does(`TRUNCATE m_all`)
	e.refused(w)

	e.does(`INSERT INTO m VALUES (3, 'c')`)
	e.remember()
	e.does(`TRUNCATE m_all`)
	e.refused(e.begin(first)) // while nobody looked

	e.remember()
	e.refused(func() *Watch { e.does(`TRUNCATE m_all`); return e.begin(" t") }()) // as an earlier version noted it
}

// A table that was remembered without a partition is known to have had none.
func TestTheFirstPartitionIsAttachedWithRows(t *testing.T) {
	e := newEmptying(t)
	e.does(`ALTER TABLE m DETACH PARTITION m_all`)
	e.remember()
	if e.marks[0].Leaves != "p" {
		t.Fatalf("no partition is %q", e.marks[0].Leaves)
	}
	e.does(`ALTER TABLE m ATTACH PARTITION m_all DEFAULT`)
	w := e.begin("")
	if err := w.Look(t.Context(), e.conn); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "was attached with rows in it") {
		t.Errorf("a partition that came with rows: %v", err)
	}
}
