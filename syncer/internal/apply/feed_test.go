package apply_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// feed plays the reader: it writes frames to a writer that applies them to a database of the test's own.
type feed struct {
	tb     testing.TB
	db     *pgtest.Database
	o      apply.Options
	near   net.Conn
	writer *apply.Writer
	ended  chan error
	cancel context.CancelFunc
	acked  chan wire.LSN
	at     wire.LSN // end of the last transaction
	xid    uint32
	b      []byte
	rels   []wire.Relation
	seen   wire.LSN
	behind bool // the writer is to believe that it is
}

// newFeed makes the tables by sql and describes them by "name column:type* …", the first column being the key.
func newFeed(tb testing.TB, sql string, tables ...string) *feed {
	tb.Helper()
	f := &feed{tb: tb, db: pgtest.Empty(tb), at: 1000, xid: 700}
	f.db.Exec(replica.SchemaSQL)
	f.db.Exec(sql)
	f.db.Exec(`INSERT INTO sync.progress (slot, system_id, timeline, whitelist, applied_lsn, settled_lsn) VALUES ('s', '1', 1, 'd', $1::text::pg_lsn, $1::text::pg_lsn)`, f.at.String())
	for id, text := range tables {
		words := strings.Fields(text)
		r := wire.Relation{ID: uint16(id), Schema: "public", Name: words[0], Key: []uint16{0}}
		for _, w := range words[1:] {
			name, typ, _ := strings.Cut(w, ":")
			r.Columns = append(r.Columns, wire.Column{Name: name, Type: strings.ReplaceAll(typ, "_", " ")})
		}
		f.rels = append(f.rels, r)
	}
	f.o = apply.Options{Slot: "s", Digest: "d", Log: slog.New(slog.NewTextHandler(testLog{tb}, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	return f
}

type testLog struct{ tb testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	defer func() { _ = recover() }()
	l.tb.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// start runs a writer and says Hello.
func (f *feed) start() {
	f.tb.Helper()
	conn, err := replica.Connect(f.tb.Context(), f.db.DSN, "writer")
	if err != nil {
		f.tb.Fatal(err)
	}
	pulse, err := replica.Connect(f.tb.Context(), f.db.DSN, "pulse")
	if err != nil {
		f.tb.Fatal(err)
	}
	p, err := replica.Claim(f.tb.Context(), conn, "s")
	if err != nil {
		f.tb.Fatal(err)
	}
	f.o.Epoch = p.Epoch
	near, far, err := wire.Pair()
	if err != nil {
		f.tb.Fatal(err)
	}
	f.near, f.writer, f.ended, f.acked = near, apply.NewWriter(conn, pulse, f.o), make(chan error, 1), make(chan wire.LSN, 10000)
	if f.behind {
		f.writer.FallBehind()
	}
	f.seen = 0
	ctx, cancel := context.WithCancel(context.Background())
	f.cancel = cancel
	go func() {
		err := f.writer.Run(ctx, far)
		closeConn(conn)
		closeConn(pulse)
		_ = near.Close()
		f.ended <- err
	}()
	go f.listen(near, f.acked)
	f.b = wire.AppendHello(nil, wire.Hello{Digest: "d", Start: p.Applied, Settled: p.Settled})
	for _, r := range f.rels {
		f.b = wire.AppendRelation(f.b, r)
	}
	f.tb.Cleanup(func() { _ = f.stop() })
}

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), awaittest.Guard)
	defer cancel()
	_ = conn.Close(ctx)
}

func (f *feed) listen(conn net.Conn, acked chan<- wire.LSN) {
	defer close(acked)
	in := wire.NewReader(conn, wire.MaxAck)
	for {
		frame, err := in.Next()
		if err != nil {
			return
		}
		acked <- frame.(wire.Ack).LSN
	}
}

// stop ends the writer and returns why it ended.
func (f *feed) stop() error {
	if f.ended == nil {
		return nil
	}
	f.cancel()
	err := <-f.ended
	f.ended = nil
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// send writes the collected frames.
func (f *feed) send() {
	f.tb.Helper()
	if _, err := f.near.Write(f.b); err != nil {
		f.tb.Fatalf("the writer ended: %v (%v)", err, f.why())
	}
	f.b = f.b[:0]
}

// wait sends and waits until everything so far is acknowledged.
func (f *feed) wait() {
	f.tb.Helper()
	f.send()
	if err := f.awaitAll(); err != nil {
		f.tb.Fatal(err)
	}
}

// awaitAll waits until everything that was sent is acknowledged.
func (f *feed) awaitAll() error {
	guard := time.After(awaittest.Guard)
	for f.seen < f.at {
		select {
		case lsn, ok := <-f.acked:
			if !ok {
				return fmt.Errorf("the writer ended at %s: %w", f.seen, f.why())
			}
			f.seen = lsn
		case <-guard:
			return fmt.Errorf("acknowledged %s instead of %s", f.seen, f.at)
		}
	}
	return nil
}

// why returns the error that the writer has ended with.
func (f *feed) why() error {
	err := <-f.ended
	f.ended = nil
	return err
}

// row makes a row of words: ~ is NULL, ? is unchanged.
func row(words string) wire.Row {
	var r wire.Row
	parts := strings.Split(words, ",")
	for i, w := range parts {
		switch w {
		case "~":
			r.Values = append(r.Values, nil)
		case "?":
			if r.Unchanged == nil {
				r.Unchanged = make([]bool, len(parts))
			}
			r.Unchanged[i] = true
			r.Values = append(r.Values, nil)
		default:
			r.Values = append(r.Values, []byte(w))
		}
	}
	return r
}

func ins(table int, words string) wire.Change {
	return wire.Change{Kind: wire.KindInsert, Table: uint16(table), New: row(words)}
}

func upd(table int, words string) wire.Change {
	return wire.Change{Kind: wire.KindUpdate, Table: uint16(table), New: row(words)}
}

func rekey(table int, old, words string) wire.Change {
	return wire.Change{Kind: wire.KindUpdate, Table: uint16(table), Old: row(old), New: row(words)}
}

func del(table int, old string) wire.Change {
	return wire.Change{Kind: wire.KindDelete, Table: uint16(table), Old: row(old)}
}

func (f *feed) changes(all ...wire.Change) {
	for _, c := range all {
		f.b = wire.AppendChange(f.b, c)
	}
}

// tx collects one transaction and returns its commit record's position.
func (f *feed) tx(all ...wire.Change) wire.LSN {
	final := f.begin()
	f.changes(all...)
	f.commit(0)
	return final
}

func (f *feed) begin() wire.LSN {
	f.at += 10
	f.xid++
	f.b = wire.AppendBegin(f.b, wire.Begin{Final: f.at, Commit: time.Now(), XID: f.xid})
	return f.at
}

func (f *feed) commit(hold wire.LSN) {
	f.at += 10
	f.b = wire.AppendCommit(f.b, wire.Commit{End: f.at, Time: time.Now(), Hold: hold})
}

func (f *feed) progress() {
	f.at += 10
	f.b = wire.AppendProgress(f.b, wire.Progress{LSN: f.at, Time: time.Now()})
}

// chunk collects a chunk of xid with changes of one subtransaction.
func (f *feed) chunk(xid, sub uint32, all ...wire.Change) {
	f.b = wire.AppendChunk(f.b, wire.Chunk{XID: xid, Sub: sub})
	f.changes(all...)
	f.b = wire.AppendChunkEnd(f.b)
}

func (f *feed) abort(xid, sub uint32) {
	f.b = wire.AppendStreamAbort(f.b, wire.StreamAbort{XID: xid, Sub: sub})
}

func (f *feed) streamCommit(xid uint32, hold wire.LSN) wire.LSN {
	f.at += 20
	f.b = wire.AppendStreamCommit(f.b, wire.StreamCommit{XID: xid, Final: f.at - 10, End: f.at, Time: time.Now(), Hold: hold})
	return f.at - 10
}

func (f *feed) table(table string) []string {
	f.tb.Helper()
	rows, err := f.db.Pool.Query(f.tb.Context(), "SELECT t::text FROM "+table+" t ORDER BY 1")
	if err != nil {
		f.tb.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		f.tb.Fatal(err)
	}
	return got
}

const items = `CREATE TABLE items (id int PRIMARY KEY, name text, big text)`

const itemsRel = "items id:integer name:text big:text"
