package apply_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// refusing has a row that a test can lock, notes each change that is committed, and refuses names as they tell it to:
// error:CODE at once, defer:CODE at the end of the transaction.
const refusing = items + `;
	CREATE TABLE applied (id int, name text);
	CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF NEW.name LIKE TG_ARGV[0] || ':%' THEN
			RAISE EXCEPTION 'refused' USING ERRCODE = split_part(NEW.name, ':', 2);
		END IF;
		INSERT INTO public.applied SELECT NEW.id, NEW.name WHERE TG_ARGV[0] = 'error';
		RETURN NULL;
	END $$;
	CREATE TRIGGER refuse AFTER INSERT OR UPDATE ON items FOR EACH ROW EXECUTE FUNCTION refuse('error');
	CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT OR UPDATE ON items DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION refuse('defer');
	ALTER TABLE items ENABLE ALWAYS TRIGGER refuse, ENABLE ALWAYS TRIGGER refuse_late;
	INSERT INTO items VALUES (0, 'locked', '');
	TRUNCATE applied`

// big is a value that makes a batch of its own.
var big = strings.Repeat("x", 160<<10)

// lockFirst keeps row 0 until the function it returns is called.
func (f *feed) lockFirst() (unlock func()) {
	f.tb.Helper()
	tx, err := f.db.Pool.Begin(f.tb.Context())
	if err == nil {
		_, err = tx.Exec(f.tb.Context(), "SELECT FROM items WHERE id = 0 FOR UPDATE")
	}
	if err != nil {
		f.tb.Fatal(err)
	}
	unlock = func() { _ = tx.Rollback(context.Background()) }
	f.tb.Cleanup(unlock)
	return unlock
}

// waitForLock waits until the writer's session stands before the locked row.
func (f *feed) waitForLock() {
	f.tb.Helper()
	f.until("the writer at the lock", func() bool {
		return len(f.column(`SELECT pid::text FROM pg_stat_activity WHERE application_name = 'syncer writer' AND datname = current_database()
			AND wait_event_type = 'Lock'`)) > 0
	})
}

// until waits for something that another goroutine brings about.
func (f *feed) until(what string, ok func() bool) {
	f.tb.Helper()
	awaittest.Until(f.tb, what, ok)
}

// sendTaken sends and waits until the applier has taken all of it, or of a large transaction the beginning.
func (f *feed) sendTaken() {
	f.tb.Helper()
	size := f.writer.Taken() + min(len(f.b), 4<<20)
	f.send()
	f.until("frames taken", func() bool { return f.writer.Taken() >= size })
}

func (f *feed) applied() wire.LSN {
	f.tb.Helper()
	var text string
	if err := f.db.Pool.QueryRow(f.tb.Context(), `SELECT applied_lsn::text FROM sync.progress`).Scan(&text); err != nil {
		f.tb.Fatal(err)
	}
	var at wire.LSN
	if err := at.Scan(text); err != nil {
		f.tb.Fatal(err)
	}
	return at
}

func (f *feed) column(sql string) []string {
	f.tb.Helper()
	rows, err := f.db.Pool.Query(f.tb.Context(), sql)
	if err != nil {
		f.tb.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		f.tb.Fatal(err)
	}
	return got
}

const names = `SELECT id || ' ' || name FROM items ORDER BY id`

// TestFailsWithOthersSentAhead: a batch fails while others, or the beginning of a large transaction, are on their way.
// Nothing of it or after it stays, the error names the transaction, and all is applied once when the cause is gone.
func TestFailsWithOthersSentAhead(t *testing.T) {
	for _, c := range []struct {
		name, code string // of the third transaction of the batch
		ahead      string
		row        bool // the error names the row
		retried    bool // the error says nothing of the data
	}{
		{name: "error:23514", code: "23514", row: true},
		{name: "error:23514", code: "23514", row: true, ahead: "pieces"},
		{name: "error:22012", code: "22012", row: true},
		{name: "error:P0001", code: "P0001", row: true},
		{name: "error:54000", code: "54000", row: true, ahead: "pieces"},
		{name: "defer:23503", code: "23503"},
		{name: "defer:23503", code: "23503", ahead: "pieces"},
		{name: "defer:P0001", code: "P0001"},
		{name: "error:55P03", code: "55P03", retried: true},
		{name: "error:40001", code: "40001", retried: true, ahead: "pieces"},
		{name: "defer:40001", code: "40001", retried: true},
		{name: "cancel", code: "57014", retried: true},
		{name: "cancel", code: "57014", retried: true, ahead: "pieces"},
		{name: "terminate", code: "57P01", retried: true},
	} {
		t.Run(c.name+" "+c.ahead, func(t *testing.T) {
			t.Parallel()
			f := newFeed(t, refusing, itemsRel)
			f.start()
			f.tx(ins(0, "1,before,"))
			f.wait()
			before := f.at
			unlock := f.lockFirst()
			f.tx(upd(0, "0,changed,"), ins(0, "2,good,"))
			f.tx(ins(0, "3,good,"))
			bad := f.tx(ins(0, "4,"+c.name+","))
			f.tx(ins(0, "5,good,"))
			failing, end := slices.Clone(f.b), f.at
			f.sendTaken()
			f.tx(ins(0, "6,ahead,"+big))
			f.sendTaken()
			if c.ahead == "" {
				f.tx(ins(0, "7,ahead,"+big))
			} else {
				f.begin()
				for n := range 40 {
					f.changes(ins(0, strconv.Itoa(100+n)+",piece,"+big))
				}
			}
			f.sendTaken()
			switch c.name {
			case "cancel", "terminate":
				f.waitForLock() // a session that has nothing to do yet ignores a cancel
				f.db.Exec(`SELECT pg_` + c.name + `_backend(pid) FROM pg_stat_activity WHERE application_name = 'syncer writer' AND datname = current_database()`)
			default:
				unlock()
			}
			err := f.why()
			var poison *replica.Poison
			named := errors.As(err, &poison)
			switch {
			case link.Code(err) != c.code:
				t.Errorf("ended with %v", err)
			case c.retried != link.Temporary(err) || c.retried == named:
				t.Errorf("is retried: %v; %v", !c.retried, err)
			case !c.retried && (poison.LSN != bad || c.row != (poison.Key == "id=4") || c.row != (poison.Table == "public.items")):
				t.Errorf("names another change than id=4 of %s: %v", bad, err)
			}
			if at := f.applied(); at != before {
				t.Errorf("is at %s instead of %s", at, before)
			}
			if got, want := f.column(names), []string{"0 locked", "1 before"}; !slices.Equal(got, want) {
				t.Errorf("holds %v instead of %v", got, want)
			}
			f.db.Exec(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN INSERT INTO public.applied SELECT NEW.id, NEW.name WHERE TG_ARGV[0] = 'error'; RETURN NULL; END $$`)
			unlock()
			f.start()
			f.b, f.at = append(f.b, failing...), end
			f.wait()
			if got, want := f.column(names), []string{"0 changed", "1 before", "2 good", "3 good", "4 " + c.name, "5 good"}; !slices.Equal(got, want) {
				t.Errorf("holds %v instead of %v", got, want)
			}
			if got := f.column(`SELECT id::text FROM applied ORDER BY id`); !slices.Equal(got, []string{"0", "1", "2", "3", "4", "5"}) {
				t.Errorf("applied %v", got)
			}
		})
	}
}

// TestHealsWithOthersSentAhead: what a batch collides with is overwritten, and what was sent after it is applied
// once, after it.
func TestHealsWithOthersSentAhead(t *testing.T) {
	for _, ahead := range []string{"batches", "pieces", "chunks"} {
		t.Run(ahead, func(t *testing.T) {
			t.Parallel()
			f := newFeed(t, refusing, itemsRel)
			f.start()
			f.tx(ins(0, "1,before,"))
			f.wait()
			f.db.Exec(`INSERT INTO items VALUES (3, 'alien', ''); TRUNCATE applied`)
			unlock := f.lockFirst()
			f.tx(upd(0, "0,changed,"), ins(0, "2,good,"))
			f.tx(ins(0, "3,good,"))
			f.sendTaken()
			f.tx(upd(0, "3,better,"), ins(0, "6,ahead,"+big))
			f.sendTaken()
			want := []string{"0 changed", "1 before", "2 good", "3 better", "6 ahead"}
			count := 5
			switch ahead {
			case "batches":
				f.tx(upd(0, "3,best,"+big))
				f.sendTaken()
				want[3], count = "3 best", 6
			case "pieces":
				f.begin()
				for n := range 40 {
					f.changes(ins(0, strconv.Itoa(100+n)+",piece,"+big))
					want, count = append(want, strconv.Itoa(100+n)+" piece"), count+1
				}
				f.sendTaken()
				f.commit(0)
			case "chunks":
				f.chunk(5000, 5000, ins(0, "50,chunk,"))
				f.streamCommit(5000, 0)
				want, count = append(want, "50 chunk"), count+1
			}
			unlock()
			f.wait()
			if got := f.column(names); !slices.Equal(got, want) {
				t.Errorf("holds %v instead of %v", got, want)
			}
			if got := f.column(`SELECT id::text FROM applied`); len(got) != count {
				t.Errorf("applied %d changes instead of %d: %v", len(got), count, got)
			}
		})
	}
}

// TestNothingAheadOfAFailureBeside: of what a stream with a position of its own has sent ahead nothing stays when what is
// before it fails, as little as of the main one's.
func TestNothingAheadOfAFailureBeside(t *testing.T) {
	f := newFeed(t, refusing+besideSQL, itemsRel)
	f.o.Beside = "public.beside"
	f.behind = true
	f.start()
	f.send()
	unlock := f.lockFirst()
	f.tx(upd(0, "0,defer:23514,"))
	f.sendTaken()
	size := len(f.b)
	for n := range 30 {
		f.tx(ins(0, strconv.Itoa(10+n)+",ahead,"+big))
	}
	size += len(f.b)
	f.send()
	f.until("frames arrived", func() bool { return f.writer.Taken()+f.writer.Waits() >= size })
	unlock()
	if err := f.why(); link.Code(err) != "23514" {
		t.Errorf("ended with %v", err)
	}
	if got := f.column(names); !slices.Equal(got, []string{"0 locked"}) {
		t.Errorf("holds %v", got)
	}
}

// besideSQL is a position that is not the slot's.
const besideSQL = `; CREATE UNLOGGED TABLE beside (lsn pg_lsn NOT NULL); INSERT INTO beside VALUES ('0/0');`

// TestLockTimeoutAfterRollback: a session that is used again waits for locks as it should, although what it was told
// was rolled back with the transaction before.
func TestLockTimeoutAfterRollback(t *testing.T) {
	f := newFeed(t, items+`; CREATE TABLE waits (id int, lock text);
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN INSERT INTO public.waits VALUES (NEW.id, current_setting('lock_timeout')); RETURN NULL; END $$;
		CREATE TRIGGER note AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION note();
		ALTER TABLE items ENABLE ALWAYS TRIGGER note`, itemsRel)
	f.start()
	f.chunk(5000, 5000, ins(0, "1,a,"))
	f.abort(5000, 5000)
	f.tx(ins(0, "2,b,"))
	f.wait()
	f.chunk(5001, 5001, ins(0, "3,c,"))
	f.tx(ins(0, "4,d,"))
	f.streamCommit(5001, 0)
	f.wait()
	f.tx(ins(0, "5,e,"))
	f.wait()
	got := f.column(`SELECT id || ' ' || lock FROM waits ORDER BY id`)
	if want := []string{"2 0", "3 10s", "4 10s", "5 0"}; !slices.Equal(got, want) {
		t.Errorf("waited %v instead of %v", got, want)
	}
}

// TestSessionAfterFailedAndAborted: what a transaction that failed here and was taken back in the source would have
// changed is nowhere, also for the one that gets its session. When the target's answer comes before the writer has read that it was taken
// back, the writer asks for spooling instead, as it may: then nothing was tried, and it is tried again.
func TestSessionAfterFailedAndAborted(t *testing.T) {
	for range 20 {
		f := newFeed(t, items+`; CREATE TABLE other (id int PRIMARY KEY, name text)`, itemsRel, "other id:integer name:text")
		f.start()
		f.tx(ins(0, "1,a,"))
		f.wait()
		f.chunk(5000, 5000, ins(0, "1,duplicate,"), ins(1, "1,a"))
		f.abort(5000, 5000)
		f.chunk(5001, 5001, ins(1, "2,b"))
		f.streamCommit(5001, 0)
		f.send()
		err := f.awaitAll()
		if errors.Is(err, apply.ErrSpool) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := f.table("other"); !slices.Equal(got, []string{"(2,b)"}) {
			t.Errorf("holds %v", got)
		}
		return
	}
	t.Error("the writer asked for spooling each time")
}

// TestEndOfALargeTransactionHeals: what fails in the last part of a transaction that is open already is taken back
// alone, and applied again.
func TestEndOfALargeTransactionHeals(t *testing.T) {
	f := newFeed(t, refusing, itemsRel)
	f.start()
	f.tx(ins(0, "1,before,"))
	f.wait()
	f.db.Exec(`INSERT INTO items VALUES (3, 'alien', '')`)
	f.begin()
	for n := range 40 {
		f.changes(ins(0, strconv.Itoa(100+n)+",piece,"+big))
	}
	f.sendTaken()
	f.changes(ins(0, "2,good,"), ins(0, "3,good,"))
	f.commit(0)
	f.wait()
	if got := f.column(names); len(got) != 44 || !slices.Contains(got, "3 good") || !slices.Contains(got, "100 piece") {
		t.Errorf("holds %v", got)
	}
}
