package watch

import (
	"errors"
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
	err := pgx.BeginFunc(e.t.Context(), e.db.Pool, func(tx pgx.Tx) error {
		if err := tx.QueryRow(e.t.Context(), `SELECT pg_current_xact_id()::xid`).Scan(&xid); err != nil {
			return err
		}
		for _, s := range sql {
			if _, err := tx.Exec(e.t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return xid
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
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000)
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
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000)
	w.NoteWrite(0, e.does(`INSERT INTO m VALUES (2, 'b')`))
	e.does(`TRUNCATE m_all`)
	e.refused(w)
}

// As above, and the partition is written in the transaction that emptied it.
func TestATruncateIsNotBelievedForOneThatWrites(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`, `INSERT INTO m VALUES (2, 'b')`), 1000)
	w.NoteWrite(0, e.does(`TRUNCATE m_all`, `INSERT INTO m VALUES (3, 'c')`))
	e.refused(w)
}

// The log may tell of the second TRUNCATE of the table only after a look that the first does not explain.
func TestASecondTruncateIsToldLate(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000)
	w.NoteWrite(0, e.does(`INSERT INTO m VALUES (2, 'b')`))
	second := e.does(`TRUNCATE m`)
	e.looks(w)
	w.NoteTruncate(0, second, 2000)
	e.accepted(w)
}

// Of a TRUNCATE in a subtransaction the catalog says the subtransaction, and the log the transaction around it.
func TestATruncateInASubtransaction(t *testing.T) {
	e := newEmptying(t)
	w := e.watch("")
	xid := e.does(`SAVEPOINT s`, `TRUNCATE m`, `RELEASE s`, `INSERT INTO m VALUES (2, 'b')`)
	later := e.does(`INSERT INTO m VALUES (3, 'c')`)
	e.looks(w)
	w.NoteTruncate(0, xid, 1000)
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
			tx, err := e.db.Pool.Begin(t.Context())
			if err == nil {
				_, err = tx.Exec(t.Context(), `SELECT pg_current_xact_id()`)
			}
			e.does(`TRUNCATE m_all`)
			if err == nil {
				_, err = tx.Exec(t.Context(), `INSERT INTO m VALUES (2, 'b')`)
			}
			if err = errors.Join(err, tx.Commit(t.Context())); err != nil {
				t.Fatal(err)
			}
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
	tx, err := e.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var earlier uint32
	if err := tx.QueryRow(t.Context(), `SELECT pg_current_xact_id()::xid`).Scan(&earlier); err != nil {
		t.Fatal(err)
	}
	w.NoteTruncate(0, e.does(`TRUNCATE m`), 1000)
	if _, err := tx.Exec(t.Context(), `INSERT INTO m VALUES (2, 'b')`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.NoteWrite(0, earlier)
	e.db.Exec(`ANALYZE m`)
	e.accepted(w)
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
