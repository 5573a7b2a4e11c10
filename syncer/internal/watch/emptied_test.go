package watch

import (
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
	if e.marks, err = ReadMarks(t.Context(), e.conn, "p", e.tables); err != nil {
		t.Fatal(err)
	}
	return e
}

// watch begins as a stream does that finds the leaves and a note beside them.
func (e *emptying) watch(note string) *Watch {
	e.t.Helper()
	marks := []wire.Mark{e.marks[0]}
	marks[0].Leaves += note
	w := New("p", e.tables, map[string]string{"public.m": ""}, marks, nil, slog.New(slog.DiscardHandler))
	e.looks(w)
	return w
}

func (e *emptying) looks(w *Watch) {
	e.t.Helper()
	if err := w.Look(e.t.Context(), e.conn); err != nil {
		e.t.Fatal(err)
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
	e.db.Exec(`TRUNCATE m`)
	w.NoteTruncate(0, 1000)
	e.looks(w)
	e.db.Exec(`INSERT INTO m VALUES (2, 'b')`)
	e.looks(w)
	e.db.Exec(`TRUNCATE m_all`)
	e.refused(w)
}

// A TRUNCATE of which an earlier stream was told is in the catalog at the first look, or was accounted for before it.
func TestAnEarlierStreamsTruncateIsNotASecondOne(t *testing.T) {
	e := newEmptying(t)
	w := e.watch(wire.MarkEmptied)
	e.db.Exec(`TRUNCATE m_all`)
	e.refused(w)
}

func TestAnEarlierStreamsTruncateIsSeenAtTheFirstLook(t *testing.T) {
	e := newEmptying(t)
	before := e.marks[0].Leaves
	e.db.Exec(`TRUNCATE m`)
	w := e.watch(wire.MarkEmptied)
	if w.markOf(0).Leaves == before {
		t.Error("the TRUNCATE that the note tells of is not seen")
	}
	e.db.Exec(`TRUNCATE m_all`)
	e.refused(w)
}
