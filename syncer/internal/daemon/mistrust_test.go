package daemon_test

import (
	"context"
	enc "encoding/binary"
	"io"
	"log/slog"
	"math"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/wire"
)

// met is a pair whose reader and writer meet at a socket, and the reader runs.
type met struct {
	*pair
	socket string
	reader *daemon.Reader
	stop   func() error
}

func newMet(t *testing.T) *met {
	t.Helper()
	m := &met{pair: newPair(t, shop, shopTables)}
	if _, err := prepare.Init(t.Context(), m.cfg, m.list, false); err != nil {
		t.Fatal(err)
	}
	m.socket = filepath.Join(m.dir, "wire.sock")
	m.cfg.Wire.Socket = m.socket
	m.reader = &daemon.Reader{Config: m.cfg, Log: m.logger(), Live: status.NewLive(m.cfg.StaleAfter)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.reader.Run(ctx) }()
	m.stop = func() error { cancel(); return <-ended }
	m.eventually("the reader listens", func() bool {
		conn, err := net.Dial("unix", m.socket) //nolint:noctx // a local socket
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return m
}

func (p *pair) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(writer{p.t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// write runs a proper writer until the replica has everything.
func (m *met) write() {
	m.t.Helper()
	ctx, cancel := context.WithCancel(m.t.Context())
	defer cancel()
	ended := make(chan error, 1)
	w := &daemon.Writer{Config: m.cfg, Log: m.logger(), Live: status.NewLive(m.cfg.StaleAfter)}
	go func() {
		err := w.Run(ctx)
		if err != nil {
			m.ended.Store(&err)
		}
		ended <- err
	}()
	m.loaded()
	m.waitFor()
	cancel()
	if err := <-ended; err != nil {
		m.t.Errorf("the writer ended with: %v", err)
	}
	m.equal()
}

// loaded returns when every table is: the position is recorded before the first row is.
func (p *pair) loaded() {
	p.t.Helper()
	p.eventually("every table is loaded", func() bool {
		var ok bool
		err := p.target.Pool.QueryRow(p.t.Context(), `SELECT coalesce(bool_and(state = 'ready'), false) FROM sync.tables`).Scan(&ok)
		return err == nil && ok
	})
}

// have is what a proper writer would say now.
func (m *met) have() wire.Have {
	m.t.Helper()
	conn, err := replica.Connect(m.t.Context(), m.cfg.Target.DSN, "test")
	if err != nil {
		m.t.Fatal(err)
	}
	defer link.Close(conn)
	progress, err := replica.ReadProgress(m.t.Context(), conn, m.cfg.Source.Slot)
	if err != nil {
		m.t.Fatal(err)
	}
	names := make([]string, len(m.list.Tables))
	for i, t := range m.list.Tables {
		names[i] = t.FullName()
	}
	have, err := replica.ReadHave(m.t.Context(), conn, progress, names)
	if err != nil {
		m.t.Fatal(err)
	}
	return have
}

// dial opens a connection and sends what a hostile writer would.
func (m *met) dial(first []byte) net.Conn {
	m.t.Helper()
	conn, err := net.Dial("unix", m.socket) //nolint:noctx // a local socket
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(awaittest.Guard))
	_, _ = conn.Write(first) // it may be cut off meanwhile
	return conn
}

// cutOff waits until the reader ends the connection and returns what it sent before.
func (m *met) cutOff(what string, conn net.Conn) []byte {
	m.t.Helper()
	said, err := io.ReadAll(io.LimitReader(conn, 64<<20))
	if e, ok := err.(net.Error); ok && e.Timeout() { //nolint:errorlint // as net returns it
		m.t.Errorf("%s: the reader still listens", what)
	}
	return said
}

// countless is a Have whose count of size bytes, at an offset, promises as many things as it can name.
func countless(at, size int) []byte {
	b := wire.AppendHave(nil, wire.Have{Purpose: wire.PurposeStream})
	for i := range size {
		b[5+at+i] = 0xff
	}
	return b
}

func head(kind byte, size uint32) []byte {
	return enc.BigEndian.AppendUint32([]byte{kind}, size)
}

// Whatever a writer in wrong hands sends, the reader gives nothing away, takes no memory for it, and serves the
// proper one as before.
func TestHostileWriterHarmsNobody(t *testing.T) { //nolint:paralleltest // it measures the process's memory
	m := newMet(t)
	m.write()
	proper := m.have()
	changed := func(change func(*wire.Have)) []byte {
		h := proper
		change(&h)
		return wire.AppendHave(nil, h)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for what, first := range map[string][]byte{
		"garbage":               []byte("GET / HTTP/1.1\r\nHost: reader\r\n\r\n"),
		"a Have of 4 GB":        head('h', math.MaxUint32),
		"a Have of 5 MB":        append(head('h', 5<<20), make([]byte, 5<<20)...),
		"another frame":         wire.AppendAck(nil, wire.Ack{LSN: 1}),
		"an unknown purpose":    changed(func(h *wire.Have) { h.Purpose = 'x' }),
		"tables without end":    countless(52, 2),
		"pieces without end":    countless(54, 4),
		"another whitelist":     changed(func(h *wire.Have) { h.Digest = "0" }),
		"a table not listed":    changed(func(h *wire.Have) { h.Tables = append(h.Tables[:1:1], wire.HaveTable{ID: 999}) }),
		"a table twice":         changed(func(h *wire.Have) { h.Tables = append(h.Tables[:1:1], h.Tables[0]) }),
		"another source":        changed(func(h *wire.Have) { h.SystemID = "1" }),
		"SQL for a source":      changed(func(h *wire.Have) { h.SystemID = "'; DROP SCHEMA shop CASCADE; --" }),
		"the future":            changed(func(h *wire.Have) { h.Applied = math.MaxUint64 >> 1 }),
		"a lane of no session":  changed(func(h *wire.Have) { h.Purpose, h.Session = wire.PurposeCopy, "guess" }),
		"objects of no session": changed(func(h *wire.Have) { h.Purpose, h.Session = wire.PurposeObjects, "guess" }),
		"a table beyond":        changed(func(h *wire.Have) { h.Purpose, h.Table = wire.PurposeTable, 999 }),
	} {
		if said := m.cutOff(what, m.dial(first)); len(said) > 0 {
			t.Errorf("%s: the reader answered with %d bytes", what, len(said))
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 64<<20 { //nolint:gosec // far below the limit
		t.Errorf("the reader took %d MiB", grown>>20)
	}
	m.source.Exec(`UPDATE shop.items SET name = 'still there' WHERE id < 100`)
	m.write()
	if err := m.stop(); err != nil {
		t.Errorf("the reader ended with: %v", err)
	}
}

// A writer that acknowledges what it never got does not make the source forget it.
func TestAcknowledgementsBeyondWhatWasSent(t *testing.T) {
	t.Parallel()
	m := newMet(t)
	m.write()
	conn := m.dial(wire.AppendHave(nil, m.have()))
	if frame, err := wire.ReadFrame(conn, 1<<20); err != nil {
		t.Fatal(err)
	} else if _, ok := frame.(wire.Hello); !ok {
		t.Fatalf("the stream begins with %T", frame)
	}
	m.source.Exec(`UPDATE shop.items SET name = 'not to be lost' WHERE published`)
	_, _ = conn.Write(wire.AppendAck(nil, wire.Ack{LSN: math.MaxUint64 >> 1}))
	m.cutOff("a writer that acknowledges everything that will ever be", conn)
	m.write() // RESYNC REQUIRED if the slot had moved
}

// One stream at a time: whoever comes later has it, and the one before is told why when it asks.
func TestNewerStreamEndsTheOlder(t *testing.T) {
	t.Parallel()
	m := newMet(t)
	m.write()
	older := m.dial(wire.AppendHave(nil, m.have()))
	if _, err := wire.ReadFrame(older, 1<<20); err != nil {
		t.Fatal(err)
	}
	newer := m.dial(wire.AppendHave(nil, m.have()))
	if _, err := wire.ReadFrame(newer, 1<<20); err != nil {
		t.Fatalf("the newer stream: %v", err)
	}
	m.cutOff("the older stream", older)
	_ = newer.Close()
	m.write()
}

// impostor is a reader in wrong hands: it answers the writer's stream with frames, or goes away without a word when there are none.
func impostor(t *testing.T, frames func(wire.Have) []byte) func(context.Context) (net.Conn, error) {
	t.Helper()
	return func(ctx context.Context) (net.Conn, error) {
		near, far, err := wire.Pair()
		if err != nil {
			return nil, err
		}
		go func() {
			defer func() { _ = far.Close() }()
			frame, err := wire.ReadFrame(far, wire.MaxHave)
			have, ok := frame.(wire.Have)
			if err != nil || !ok {
				return
			}
			if have.Purpose != wire.PurposeStream {
				_, _ = far.Write(wire.AppendEnd(nil, wire.End{Class: wire.EndFailed, Text: "that was\nall \x1b[31mthere is"}))
				return
			}
			said := frames(have)
			if said == nil {
				return
			}
			_, _ = far.Write(said)
			_, _ = io.Copy(io.Discard, far)
		}()
		return near, nil
	}
}

// Whatever a reader in wrong hands sends, nothing but listed columns of listed tables changes on the target, and
// the writer takes no memory for lengths that are only said.
func TestHostileReaderHarmsNobody(t *testing.T) { //nolint:paralleltest // it measures the process's memory
	m := newMet(t)
	m.write()
	if err := m.stop(); err != nil {
		t.Fatal(err)
	}
	m.target.Exec(`CREATE TABLE public.treasure (id int PRIMARY KEY, name text); INSERT INTO public.treasure VALUES (1, 'gold'); GRANT ALL ON public.treasure TO syncer_writer`)
	at := time.Now()
	hello := func(h wire.Have) []byte {
		return wire.AppendHello(nil, wire.Hello{SystemID: h.SystemID, Timeline: h.Timeline, Digest: h.Digest, Start: h.Applied, Settled: h.Settled})
	}
	relation := func(id uint16, schema, name string, columns ...string) []byte {
		r := wire.Relation{ID: id, Schema: schema, Name: name, Key: []uint16{0}}
		for _, c := range columns {
			r.Columns = append(r.Columns, wire.Column{Name: c, Type: "text"})
		}
		return wire.AppendRelation(nil, r)
	}
	change := func(h wire.Have, what ...[]byte) []byte {
		b := wire.AppendBegin(hello(h), wire.Begin{Final: h.Applied + 100, Commit: at, XID: 7})
		for _, w := range what {
			b = append(b, w...)
		}
		return wire.AppendCommit(b, wire.Commit{End: h.Applied + 200, Time: at})
	}
	insert := func(table uint16, values ...string) []byte {
		row := wire.Row{}
		for _, v := range values {
			row.Values = append(row.Values, []byte(v))
		}
		return wire.AppendChange(nil, wire.Change{Kind: wire.KindInsert, Table: table, New: row})
	}
	cases := map[string]func(wire.Have) []byte{
		"a table not listed": func(h wire.Have) []byte {
			return change(h, relation(0, "public", "treasure", "id", "name"), insert(0, "2", "lead"))
		},
		"the syncer's own table": func(h wire.Have) []byte {
			return change(h, relation(0, "sync", "objects", "key", "sha256"), insert(0, "k", "x"))
		},
		"a number beyond": func(h wire.Have) []byte { return change(h, relation(999, "shop", "items", "id"), insert(999, "1")) },
		"a column not listed": func(h wire.Have) []byte {
			return change(h, relation(0, "shop", "items", "id", "secret"), insert(0, "1", "x"))
		},
		"rows before a table": func(h wire.Have) []byte { return change(h, insert(0, "1", "x")) },
		"a truncate of what": func(h wire.Have) []byte {
			return change(h, wire.AppendTruncate(nil, wire.Truncate{Tables: []uint16{77}}))
		},
		"a frame of 4 GB":   func(h wire.Have) []byte { return append(hello(h), head('I', math.MaxUint32)...) },
		"garbage":           func(h wire.Have) []byte { return append(hello(h), strings.Repeat("garbage ", 1000)...) },
		"no Hello":          func(h wire.Have) []byte { return wire.AppendProgress(nil, wire.Progress{LSN: h.Applied + 5, Time: at}) },
		"a Hello of 4 GB":   func(wire.Have) []byte { return head('H', math.MaxUint32) },
		"another start":     func(h wire.Have) []byte { h.Applied += 1000; return change(h) },
		"another whitelist": func(h wire.Have) []byte { h.Digest = "0"; return change(h) },
		"pieces nobody needs": func(h wire.Have) []byte {
			return wire.AppendHello(nil, wire.Hello{Digest: h.Digest, Start: h.Applied, Session: "s", Copy: true})
		},
		"commit without begin": func(h wire.Have) []byte {
			return wire.AppendCommit(hello(h), wire.Commit{End: h.Applied + 9, Time: at})
		},
		"a chunk's end, no chunk": func(h wire.Have) []byte { return wire.AppendChunkEnd(hello(h)) },
		"the end at once":         func(wire.Have) []byte { return nil },
	}
	fingerprint := func() string {
		var text string
		err := m.target.Pool.QueryRow(t.Context(), `
			SELECT md5((SELECT string_agg(i::text, ',' ORDER BY i.id) FROM shop.items i)) || (SELECT string_agg(x::text, ',') FROM public.treasure x) ||
			       (SELECT count(*) FROM sync.objects) || (SELECT string_agg(name || state, ',' ORDER BY name) FROM sync.tables)`).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	was := fingerprint()
	for what, frames := range cases {
		t.Run(what, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
			defer cancel()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			w := &daemon.Writer{Config: m.cfg, Log: m.logger(), Live: status.NewLive(m.cfg.StaleAfter), Dial: impostor(t, frames)}
			err := w.Run(ctx)
			runtime.ReadMemStats(&after)
			switch {
			case ctx.Err() != nil:
				t.Errorf("the writer went on: %v", err)
			case err == nil:
				t.Error("the writer noticed nothing")
			case strings.ContainsAny(err.Error(), "\x1b"):
				t.Errorf("the reader wrote on the terminal: %q", err)
			case fault.ExitCode(err) == 0:
				t.Errorf("exit code 0 for %v", err)
			}
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 200<<20 { //nolint:gosec // far below the limit
				t.Errorf("the writer took %d MiB", grown>>20)
			}
			if is := fingerprint(); is != was {
				t.Errorf("the target changed: %s\nwas: %s", is, was)
			}
		})
	}
}
