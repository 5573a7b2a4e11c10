package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/wire"
)

// loads loads what the target lacks before its stream can go on.
type loads struct {
	cfg        *config.Config
	live       *status.Live
	log        *slog.Logger
	dial       func(context.Context) (net.Conn, error)
	dialLane   func(context.Context) (net.Conn, error) // nil: dial
	notes      *notes
	onSnapshot func(snapshot.Progress)

	building atomic.Bool // a first load waits for nothing but the target
}

// options are those of every load in the session.
func (l *loads) options(s *session) snapshot.Options {
	return snapshot.Options{
		DSN: l.cfg.Target.DSN, Slot: s.progress.Slot, Epoch: s.progress.Epoch, Digest: s.list.Digest(),
		Lanes: l.cfg.Target.CopyWorkers, Dial: l.dial, DialLane: l.dialLane, Tables: newDestinations(s.list), Log: l.log,
	}
}

// beginStream opens the connection of the stream, and loads what the target lacks before changes can be applied.
func (l *loads) beginStream(ctx context.Context, s *session) (_ net.Conn, err error) {
	have, err := replica.ReadHave(ctx, s.conn, s.progress, names(s.list))
	if err != nil {
		return nil, err
	}
	whole := snapshot.Whole(&have)
	if have.Applied == 0 && !whole {
		if err := snapshot.MustBeEmpty(ctx, s.conn, newDestinations(s.list)); err != nil {
			return nil, err
		}
	}
	if lacksRows(have) {
		l.notes.noteStateBy(ctx, s.pulse, status.Snapshotting)
		if err := l.newIndexOwner().Restore(ctx, s.conn); err != nil { // of a load that was interrupted
			return nil, err
		}
	}
	conn, hello, err := l.greetReader(ctx, have)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = conn.Close()
		}
	}()
	if hello.Copy {
		if err := l.loadMissing(ctx, s, have, hello, whole); err != nil {
			return nil, err
		}
		if s.progress, err = replica.ReadProgress(ctx, s.conn, s.progress.Slot); err != nil {
			return nil, err
		}
	}
	return conn, nil
}

// lacksRows reports whether something must be loaded before the stream.
func lacksRows(have wire.Have) bool {
	return have.Applied == 0 || slices.ContainsFunc(have.Tables, func(t wire.HaveTable) bool {
		return t.State == wire.TableWaiting || t.State == wire.TableCopying
	})
}

// greetReader dials the reader, says what the target has, and checks that the answer fits. Reads from the returned connection begin with the
// Hello again.
func (l *loads) greetReader(ctx context.Context, have wire.Have) (_ net.Conn, hello wire.Hello, err error) {
	conn, err := l.dial(ctx)
	if err != nil {
		return nil, hello, fmt.Errorf("wire.socket: the reader does not answer: %w", err)
	}
	defer func() {
		if err != nil {
			_ = conn.Close()
		}
	}()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := conn.Write(wire.AppendHave(nil, have)); err != nil {
		return nil, hello, errors.Join(wire.ErrPeer, err)
	}
	// The reader may have to wait for transactions that are open on the source, so there is no deadline.
	frame, err := wire.ReadFrame(conn, maxHello)
	if err != nil && !errors.Is(err, wire.ErrFrame) {
		err = errors.Join(wire.ErrPeer, err)
	}
	hello, ok := frame.(wire.Hello)
	end, ended := frame.(wire.End)
	switch {
	case err != nil:
		return nil, hello, err
	case ended: // a reader of another release, for example
		return nil, hello, asError(end)
	case !ok, hello.Copy != lacksRows(have), !hello.Copy && hello.Start != have.Applied:
		return nil, hello, fmt.Errorf("%w: the reader's first frame does not answer what the writer has", wire.ErrFrame)
	}
	return &greeted{Conn: conn, in: io.MultiReader(bytes.NewReader(wire.AppendHello(nil, hello)), conn)}, hello, nil
}

const maxHello = 64 << 10

// greeted is a connection whose Hello has been read once and will be read again.
type greeted struct {
	net.Conn

	in io.Reader
}

func (g *greeted) Read(p []byte) (int, error) { return g.in.Read(p) }

// loadMissing loads missing rows through lanes.
func (l *loads) loadMissing(ctx context.Context, s *session, have wire.Have, hello wire.Hello, whole bool) (err error) {
	o := l.options(s)
	o.OnProgress, o.OnBuild = l.comesAlong, l.building.Store
	if o.Indexes, err = l.mayPutAside(ctx, s); err != nil {
		return err
	}
	defer o.Indexes.Close()
	defer l.building.Store(false)
	attending, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); l.attendBuilding(attending) }()
	defer func() { cancel(); <-done }()
	if whole {
		return snapshot.Replace(ctx, o, hello)
	}
	return snapshot.Run(ctx, o, s.conn, have, hello)
}

// mayPutAside returns nil if triggers or foreign keys would act on the loaded rows, because they may need the indexes.
func (l *loads) mayPutAside(ctx context.Context, s *session) (*indexes.Owner, error) {
	silent, err := replica.MaySilence(ctx, s.conn)
	if err != nil {
		return nil, err
	}
	act, err := indexes.TriggersAct(ctx, s.conn, names(s.list), silent)
	if err != nil || act {
		return nil, err
	}
	return l.newIndexOwner(), nil
}

// newIndexOwner returns the role that may put indexes aside for the time of a load, if one is configured.
func (l *loads) newIndexOwner() *indexes.Owner {
	return &indexes.Owner{DSN: l.cfg.Target.AdminDSN, Slot: l.cfg.Source.Slot, Workers: l.cfg.Target.CopyWorkers, Log: l.log}
}

// comesAlong reports the progress of each table that is being loaded.
func (l *loads) comesAlong(p snapshot.Progress) {
	l.live.Loading()
	if l.onSnapshot != nil {
		l.onSnapshot(p)
	}
}

// newDestinations says where the rows of each whitelisted table go.
func newDestinations(list *whitelist.List) []snapshot.Table {
	all := make([]snapshot.Table, len(list.Tables))
	for i, t := range list.Tables {
		all[i] = snapshot.Table{Schema: t.Schema, Name: t.Name, Columns: t.Columns}
	}
	return all
}

// attendBuilding pings the target every second while it alone is busy, building indexes or swapping shadows in: no rows arrive then
// that would show health that the load goes on. What takes less than a second is not attended.
func (l *loads) attendBuilding(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var conn *pgx.Conn
	defer func() { link.Close(conn) }()
	for building := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		before := building
		if building = l.building.Load(); !building || !before {
			continue
		}
		var err error
		if conn == nil {
			conn, err = replica.Connect(ctx, l.cfg.Target.DSN, "load watch")
		}
		if err == nil {
			err = conn.Ping(ctx)
		}
		if err != nil { // the load itself finds out what is wrong
			return
		}
		l.live.Loading()
	}
}
