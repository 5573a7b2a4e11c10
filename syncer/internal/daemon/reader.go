package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/documents"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/load"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/socket"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/watch"
	"portal.example/syncer/internal/wire"
)

// Reader is the unit that holds the source's credentials. It waits for the writer, answers what each of its
// connections asks for, and speaks to nobody else.
//
// The writer holds the DMZ's credentials and is not trusted: its first frame is limited in size and time, only acknowledgements
// are accepted after it, and nothing that it says can harm any connection but its own.
type Reader struct {
	Config *config.Config
	Log    *slog.Logger
	Live   *status.Live

	loadOnly bool // nothing is streamed behind a load

	streams streamTurn
	loads   load.Loads
	board   watch.MarkBoard
	blocks  compare.Blocks
	stored  storedText
	offers  *documents.Offers // nil when no objects are copied
	conns   sync.WaitGroup
}

const (
	haveWithin = 30 * time.Second // how long a peer may take to say what it wants: it knows it, but its machine may be busy
	mostConns  = 256              // connections at a time; the writer needs a lane for each worker and a few more
)

// Run listens on the configured socket and serves until ctx ends. It returns early if the source refuses this unit for good: wrong
// credentials, missing rights, tables that cannot be published.
func (r *Reader) Run(ctx context.Context) error {
	if err := r.open(); err != nil {
		return err
	}
	allowed, err := peers(r.Config.Wire.Peers)
	if err != nil {
		return err
	}
	socket, err := listen(r.Config.Wire.Socket)
	if err != nil {
		return err
	}
	r.Log.Info("waiting for the writer", "socket", r.Config.Wire.Socket)
	r.Live.Set(status.Listening, "")
	err = runTogether(ctx,
		func(ctx context.Context) error { return r.acceptConns(ctx, socket, allowed) },
		func(ctx context.Context) error { return r.probeSource(ctx) })
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// probeSource checks at the start, without waiting for a writer, whether the source lets this unit work.
func (r *Reader) probeSource(ctx context.Context) error {
	again := link.Retry{Log: r.Log, What: "the source cannot be read yet; trying again"}
	for {
		_, _, look, err := r.readTables(ctx)
		link.Close(look)
		switch {
		case err == nil:
			if r.Live.Health().State == status.Failed {
				r.Live.Set(status.Listening, "")
			}
			<-ctx.Done()
			return ctx.Err()
		case ctx.Err() != nil:
			return ctx.Err()
		case !temporary(err):
			return err
		}
		r.Live.Set(status.Failed, link.Text(err))
		if err := again.Wait(ctx, err); err != nil {
			return err
		}
	}
}

func (r *Reader) acceptConns(ctx context.Context, from net.Listener, allowed permitted) error {
	defer r.conns.Wait()
	defer context.AfterFunc(ctx, func() { _ = from.Close() })()
	defer func() { _ = from.Close() }()
	room := make(chan struct{}, mostConns)
	for {
		conn, err := acceptNext(ctx, from, r.Log)
		if err != nil {
			return err
		}
		if err := allowed.check(conn); err != nil {
			r.Log.Error("a process that is not the writer is turned away", "error", link.Text(err))
			_ = conn.Close()
			continue
		}
		select {
		case room <- struct{}{}:
			r.Serve(ctx, socket.Quiet(conn), func() { <-room })
		default:
			r.Log.Warn("the writer has too many connections; one more is turned away", "connections", mostConns)
			_ = conn.Close()
		}
	}
}

// Serve answers one connection in a goroutine of its own, closes it and then calls ended.
func (r *Reader) Serve(ctx context.Context, conn net.Conn, ended func()) {
	r.conns.Go(func() {
		defer ended()
		defer func() { _ = conn.Close() }()
		defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
		err := r.answerConn(ctx, conn)
		if err != nil && ctx.Err() == nil && !errors.Is(err, wire.ErrPeer) {
			r.Log.Warn("connection of the writer ended", "error", link.Text(err))
		}
	})
}

// dial returns a function that connects to this reader within the process.
func (r *Reader) dial(ctx context.Context) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		near, far, err := wire.Pair()
		if err != nil {
			return nil, err
		}
		r.Serve(ctx, far, func() {})
		return near, nil
	}
}

// dialMemory is dial for what needs no socket.
func (r *Reader) dialMemory(ctx context.Context) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		near, far := wire.Memory()
		r.Serve(ctx, far, func() {})
		return near, nil
	}
}

func (r *Reader) answerConn(ctx context.Context, conn net.Conn) error {
	have, err := readHave(conn)
	if err != nil {
		return err
	}
	switch have.Purpose {
	case wire.PurposeStream:
		return r.streams.run(ctx, func(ctx context.Context) error { return r.serveStream(ctx, conn, have) })
	case wire.PurposeTable:
		return r.serveStream(ctx, conn, have)
	case wire.PurposeCopy:
		return r.loads.Serve(ctx, &laneConn{Conn: conn, live: r.Live}, have)
	case wire.PurposeObjects:
		if r.offers == nil {
			return fault.Usagef("the writer asks for objects, but documents.source is not configured here; give both units the section, or neither")
		}
		return r.offers.Serve(ctx, conn, have)
	case wire.PurposeCompare:
		return r.blocks.Serve(ctx, conn, have)
	case wire.PurposeMarks:
		return r.board.Serve(ctx, conn, have)
	case wire.PurposeReason:
		return r.answerReason(ctx, conn)
	case wire.PurposeSlot:
		return r.answerSlot(ctx, conn)
	}
	return fmt.Errorf("%w: purpose %q", wire.ErrFrame, byte(have.Purpose))
}

// readHave reads the writer's first frame.
func readHave(conn net.Conn) (wire.Have, error) {
	_ = conn.SetReadDeadline(time.Now().Add(haveWithin))
	frame, err := wire.ReadFrame(conn, wire.MaxHave)
	if errors.Is(err, io.EOF) {
		return wire.Have{}, errors.Join(wire.ErrPeer, err)
	}
	var version *wire.VersionError
	if errors.As(err, &version) {
		_ = answerEnd(conn, wire.End{Class: wire.EndAgain, Text: version.Error()}) // an older writer does not understand more
		return wire.Have{}, version
	}
	if err != nil {
		return wire.Have{}, fmt.Errorf("the writer's first frame: %w", err)
	}
	have, ok := frame.(wire.Have)
	if !ok {
		return have, fmt.Errorf("%w: the writer begins with %T", wire.ErrFrame, frame)
	}
	return have, conn.SetReadDeadline(time.Time{})
}

// serveStream answers a connection for changes, and before them the rows that the target lacks. It reads the whitelist again for
// each connection.
func (r *Reader) serveStream(ctx context.Context, conn net.Conn, have wire.Have) error {
	list, tables, look, err := r.readTables(ctx)
	if err != nil {
		return r.noteFailure(err)
	}
	if have.Purpose == wire.PurposeStream {
		r.Live.Set(status.Snapshotting, "")
		conn = &streamConn{Conn: conn, live: r.Live}
	}
	o := r.options(list, have.Purpose)
	o.StoredText = r.stored.take(have)
	err = load.Serve(ctx, conn, have, o, tables, &r.loads, look)
	r.stored.note(have, err)
	err = r.explainRelisted(list, err)
	switch {
	case have.Purpose != wire.PurposeStream:
	case ctx.Err() == nil && !errors.Is(err, wire.ErrPeer):
		return r.noteFailure(err)
	default:
		r.Live.Set(status.Listening, "")
	}
	return err
}

// options returns the options of a stream. Only the main stream reports to health and metrics.
func (r *Reader) options(list *whitelist.List, purpose wire.Purpose) stream.Options {
	c := r.Config.Source
	o := stream.Options{
		DSN: c.DSN, Slot: c.Slot, Publication: c.Publication, Heartbeat: c.Heartbeat, Digest: list.Digest(),
		StreamAbove: stream.DefaultStreamAbove, MaxRow: r.Config.MaxRow(), LoadOnly: r.loadOnly, Board: &r.board, Log: r.Log,
	}
	if purpose == wire.PurposeStream {
		o.OnSent, o.OnHead, o.OnAck = r.Live.Sent, r.Live.Told, r.Live.Acknowledged
	}
	return o
}

// explainRelisted makes the error of a stream that ended because the whitelist has changed one to try again after.
func (r *Reader) explainRelisted(was *whitelist.List, err error) error {
	if err == nil || errors.Is(err, wire.ErrPeer) || temporary(err) {
		return err
	}
	if now, reading := whitelist.Load(r.Config.Whitelist); reading == nil && now.Digest() != was.Digest() {
		return &link.Error{Line: "the whitelist file was changed; reading it again (" + link.Text(err) + ")"} // no Cause: that one is final
	}
	return err
}

// noteFailure records why the reader's part of a stream failed, for health and status.
func (r *Reader) noteFailure(err error) error {
	if err != nil {
		r.Live.Set(status.Failed, link.Text(err))
	}
	return err
}

// readTables reads the whitelist and inspects the source's tables. It refuses tables that cannot be published safely. The connection
// that it returns is the caller's.
func (r *Reader) readTables(ctx context.Context) (_ *whitelist.List, _ []publisher.Table, look *pgx.Conn, err error) {
	list, err := whitelist.Load(r.Config.Whitelist)
	if err != nil {
		return nil, nil, nil, err
	}
	if look, err = link.Open(ctx, r.Config.Source.DSN, link.Options{Name: "source.dsn", Application: "tables"}); err != nil {
		return nil, nil, nil, err
	}
	tables, err := r.judgeTables(ctx, look, list)
	if err != nil {
		link.Close(look)
		return nil, nil, nil, err
	}
	return list, tables, look, nil
}

func (r *Reader) judgeTables(ctx context.Context, look *pgx.Conn, list *whitelist.List) ([]publisher.Table, error) {
	tables, err := publisher.Tables(ctx, look, list)
	if err != nil {
		return nil, err
	}
	published, err := publisher.ReadPublication(ctx, look, r.Config.Source.Publication)
	if err != nil && !errors.Is(err, publisher.ErrNoPublication) {
		return nil, err
	}
	for i := range tables {
		if published != nil && published.Entry(&tables[i]) == 0 {
			continue // released for a migration, or about to join: what is not published hurts nobody, and the stream says when it should be
		}
		if err := firstOf(tables[i].Judge()); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func firstOf(findings []relation.Finding) error {
	for _, f := range findings {
		if f.Level == relation.Refuse || f.Level == relation.Todo {
			return fault.Unsafef("%s; see `syncer check`", f)
		}
	}
	return nil
}
