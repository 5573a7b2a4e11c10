package apply_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

func (f *feed) connect() *pgx.Conn {
	f.tb.Helper()
	conn, err := pgx.Connect(f.tb.Context(), f.db.DSN)
	if err != nil {
		f.tb.Fatal(err)
	}
	f.tb.Cleanup(func() { link.Close(conn) })
	return conn
}

// shown is the snapshot that shows all transactions up to last and none after it.
func shown(last uint32) string {
	next := strconv.Itoa(int(last) + 1)
	return next + ":" + next + ":"
}

// A meeting shows the target exactly as the source's snapshot is; the stream goes on at once, or when it is released.
func TestMeetShowsTheSourcesMoment(t *testing.T) {
	for _, hold := range []bool{false, true} {
		t.Run(strconv.FormatBool(hold), func(t *testing.T) {
			f := newFeed(t, items, itemsRel)
			f.start()
			f.tx(ins(0, "1,before,"))
			f.wait()
			conn := f.connect()
			m, err := f.writer.Meet(t.Context(), conn, hold, func(context.Context) (string, wire.LSN, error) {
				f.tx(ins(0, "2,seen,"))
				lsn, snapshot := f.at+5, shown(f.xid)
				f.tx(ins(0, "3,later,"))
				f.send()
				return snapshot, lsn, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !hold {
				f.wait()
			}
			var got string
			if err := conn.QueryRow(t.Context(), `SELECT string_agg(name, ' ' ORDER BY id) FROM items`).Scan(&got); err != nil || got != "before seen" {
				t.Errorf("the moment shows %q, %v", got, err)
			}
			if hold {
				f.wantNames("while it is held", "1 before", "2 seen")
			}
			m.Release()
			f.wait()
			f.wantNames("afterwards", "1 before", "2 seen", "3 later")
		})
	}
}

// A reader that never shows its moment, shows nonsense, or one that never comes holds nothing for long.
func TestMeetWithAHungReaderLetsTheStreamGo(t *testing.T) {
	for name, show := range map[string]apply.Show{
		"says nothing": func(ctx context.Context) (string, wire.LSN, error) { <-ctx.Done(); return "", 0, ctx.Err() },
		"says nonsense": func(context.Context) (string, wire.LSN, error) {
			return "all of them", 5, nil
		},
		"shows what never comes": func(context.Context) (string, wire.LSN, error) { return shown(700), 1 << 40, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFeed(t, items, itemsRel)
			f.start()
			f.tx(ins(0, "1,before,"))
			f.wait()
			over := make(chan error, 1)
			conn := f.connect()
			go func() {
				_, err := f.writer.Meet(t.Context(), conn, true, show)
				over <- err
			}()
			if err := <-over; err == nil {
				t.Error("there was a meeting")
			}
			f.tx(ins(0, "2,after,"))
			f.wait()
			f.wantNames("afterwards", "1 before", "2 after")
		})
	}
}

func TestMeetIsMissedByASnapshotThatIsNoMomentOfTheStream(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.start()
	f.tx(ins(0, "1,before,"))
	f.wait()
	_, err := f.writer.Meet(t.Context(), f.connect(), false, func(context.Context) (string, wire.LSN, error) {
		f.tx(ins(0, "2,running,"))
		running := f.xid
		f.tx(ins(0, "3,seen,"))
		f.send()
		return strconv.Itoa(int(running)) + ":" + strconv.Itoa(int(f.xid)+1) + ":" + strconv.Itoa(int(running)), f.at + 5, nil
	})
	if !errors.Is(err, apply.ErrMissed) {
		t.Errorf("got %v", err)
	}
	f.wait()
	f.wantNames("afterwards", "1 before", "2 running", "3 seen")
}
