package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Applied tells what a committed batch brought.
type Applied struct {
	LSN     wire.LSN
	Changes int
	// Transactions of the source that the batch held, their bytes on the wire, and whether the batch had to be
	// applied a second time in source order: for the metrics.
	Transactions int
	Bytes        int64
	Replayed     bool
	Tables       []string  // that were touched
	At           time.Time // commit of the last transaction, zero when there was none
	Fresh        time.Time // the source's clock when nothing newer was known
	Took         time.Duration
}

// Options say whose writer this is.
type Options struct {
	Slot      string
	Epoch     int64
	Digest    string // of the whitelist this side obeys
	OnApplied func(Applied)
	Log       *slog.Logger
}

// Writer applies frames to the target through one session.
type Writer struct {
	Options

	conn     *pgx.Conn // claimed; only the applying goroutine uses it
	pulse    *pgx.Conn // tells that the source was heard while a long batch runs
	tables   map[uint16]*table
	order    []uint16
	prepared map[string]string // SQL → name of the prepared statement
	open     bool              // a transaction too large to wait for is being applied
	heard    atomic.Int64
	queue    *queue
}

// NewWriter makes a writer out of a claimed connection and a second one.
func NewWriter(conn, pulse *pgx.Conn, o Options) *Writer {
	return &Writer{Options: o, conn: conn, pulse: pulse, tables: map[uint16]*table{}, prepared: map[string]string{}, queue: newQueue()}
}

// Run applies what arrives on conn and acknowledges what is durable, until ctx ends or something fails.
func (w *Writer) Run(ctx context.Context, conn io.ReadWriteCloser) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.receive(ctx, conn) })
	g.Go(func() error { return w.applyAll(ctx, conn) })
	g.Go(func() error { return w.beat(ctx) })
	g.Go(func() error {
		<-ctx.Done()
		_ = conn.Close()
		return nil
	})
	return g.Wait()
}

func (w *Writer) receive(ctx context.Context, conn io.Reader) error {
	in := wire.NewReader(conn, wire.MaxFrame)
	first, err := in.Next()
	if err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	hello, ok := first.(wire.Hello)
	if !ok || hello.Digest != w.Digest {
		return fault.Unsafef("target: the reader obeys another whitelist than the writer; give both the same file")
	}
	for {
		frame, err := in.Next()
		if err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
		w.heard.Store(time.Now().UnixNano())
		if err := w.queue.put(ctx, frame); err != nil {
			return err
		}
	}
}

func (w *Writer) applyAll(ctx context.Context, conn io.Writer) error {
	for {
		items, visible, err := w.queue.take(ctx)
		if err != nil {
			return err
		}
		done, err := w.apply(ctx, items, visible)
		if err != nil {
			return err
		}
		if !visible {
			continue
		}
		if _, err := conn.Write(wire.AppendAck(nil, wire.Ack{LSN: done.LSN})); err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
		failpoint.Hit("apply.after_ack")
		if w.OnApplied != nil {
			w.OnApplied(done)
		}
	}
}

// apply applies items in one transaction, folded; when that collides it goes through them once more in
// source order, which is right whenever the source itself was right, and names the change that is not.
func (w *Writer) apply(ctx context.Context, items []any, visible bool) (Applied, error) {
	began := time.Now()
	s, err := w.script(ctx, items, true)
	if err != nil {
		return Applied{}, err
	}
	err = w.execute(ctx, s, visible)
	if err != nil && collides(err) {
		w.Log.Debug("batch applied again in source order", "sqlstate", link.Code(err))
		if s, err = w.script(ctx, items, false); err != nil {
			return Applied{}, err
		}
		err = w.execute(ctx, s, visible)
	}
	if err != nil {
		return Applied{}, err
	}
	done := Applied{LSN: s.last, Changes: s.changes, At: s.end.Time, Fresh: s.fresh(), Took: time.Since(began)}
	for id := range s.touched {
		done.Tables = append(done.Tables, w.tables[id].rel.FullName())
	}
	return done, nil
}

// fresh is the source's time up to which nothing is missing.
func (s *script) fresh() time.Time {
	if s.idle.Time.After(s.end.Time) {
		return s.idle.Time
	}
	return s.end.Time
}

// collides reports whether another order of the same changes may succeed, or may at least say which fails.
func collides(err error) bool {
	code := link.Code(err)
	return len(code) == 5 && (code[:2] == "22" || code[:2] == "23" || code == codeDivergent || code == "21000")
}

const batchDeadline = 15 * time.Minute

// execute sends the script as one pipeline: about one round trip whatever it holds.
func (w *Writer) execute(ctx context.Context, s *script, visible bool) error {
	ctx, cancel := context.WithTimeout(ctx, batchDeadline)
	defer cancel()
	steps := make([]step, 0, len(s.steps)+3)
	back := "ROLLBACK"
	switch {
	case w.open:
		steps, back = append(steps, step{sql: "SAVEPOINT piece"}), "ROLLBACK TO SAVEPOINT piece"
	default:
		steps = append(steps, step{sql: "BEGIN"})
	}
	steps = append(steps, s.steps...)
	if visible {
		steps = append(steps, w.advance(s), step{sql: "COMMIT"})
	}
	failpoint.Hit("apply.before_send")
	at, err := send(ctx, w.conn.PgConn(), steps)
	failpoint.Hit("apply.after_send")
	if err == nil {
		w.open = !visible
		return nil
	}
	if at < 0 { // the connection is gone and with it the transaction
		return fmt.Errorf("target: %w", err)
	}
	if _, undo := w.conn.Exec(ctx, back); undo != nil {
		return fmt.Errorf("target: %w", undo)
	}
	return w.explain(steps[at], err)
}

func (w *Writer) advance(s *script) step {
	when := func(t time.Time) []byte {
		if t.IsZero() {
			return nil
		}
		return []byte(t.UTC().Format("2006-01-02 15:04:05.999999Z07:00"))
	}
	return step{
		sql: "SELECT sync.advance($1, $2::bigint, NULL, $3::pg_lsn, $4::timestamptz, $5::timestamptz)",
		params: [][]byte{
			[]byte(w.Slot), fmt.Append(nil, w.Epoch), []byte(s.last.String()), when(s.end.Time), when(s.fresh()),
		},
		formats: []int16{0},
	}
}

// send runs steps as a pipeline and returns which of them failed, -1 when none or the connection did.
func send(ctx context.Context, conn *pgconn.PgConn, steps []step) (int, error) {
	p := conn.StartPipeline(ctx)
	for _, st := range steps {
		if st.name != "" {
			p.SendQueryPrepared(st.name, st.params, st.formats, nil)
		} else {
			p.SendQueryParams(st.sql, st.params, nil, st.formats, nil)
		}
	}
	if err := p.Sync(); err != nil {
		return -1, err
	}
	at, err := results(p)
	if closed := p.Close(); err == nil && closed != nil {
		return -1, closed
	}
	var server *pgconn.PgError
	if err != nil && !errors.As(err, &server) {
		return -1, err
	}
	return at, err
}

func results(p *pgconn.Pipeline) (int, error) {
	for at := 0; ; at++ {
		result, err := p.GetResults()
		if err != nil {
			return at, err
		}
		reader, ok := result.(*pgconn.ResultReader)
		if !ok {
			return -1, nil // the end
		}
		if _, err := reader.Close(); err != nil {
			return at, err
		}
	}
}

// Poison is a change that the target refuses. It names the row by its key, never by what it holds.
type Poison struct {
	Table string
	Key   string
	LSN   wire.LSN
	Cause error
}

func (p *Poison) Error() string {
	row := ""
	if p.Key != "" {
		row = ", row " + p.Key
	}
	return fmt.Sprintf("target: cannot apply a change of %s%s, transaction %s: %s; mend the row or the table, then start again",
		p.Table, row, p.LSN, link.Scrub(p.Cause))
}

// Unwrap returns the server's error.
func (p *Poison) Unwrap() error { return p.Cause }

func (w *Writer) explain(st step, err error) error {
	switch code := link.Code(err); {
	case code == codeFenced:
		return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", w.Slot)
	case link.Temporary(err) || st.table == nil:
		return fmt.Errorf("target: %s: %w", link.Scrub(err), err)
	}
	return &Poison{Table: st.table.rel.FullName(), Key: st.origin.key, LSN: st.origin.lsn, Cause: err}
}

// beat keeps heard_at fresh while a batch takes long: the applier's own transaction would show it only at its end.
func (w *Writer) beat(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if time.Since(time.Unix(0, w.heard.Load())) > 1500*time.Millisecond && !w.queue.isFull() {
			continue
		}
		_, err := w.pulse.Exec(ctx, `
			UPDATE sync.progress SET heard_at = clock_timestamp()
			 WHERE slot = $1 AND epoch = $2 AND heard_at < clock_timestamp() - interval '900 milliseconds'`, w.Slot, w.Epoch)
		if err != nil {
			return fmt.Errorf("target: note a sign of life: %s: %w", link.Scrub(err), err)
		}
	}
}
