package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/wire"
)

// begin opens the connection of the stream, and loads what the target lacks before changes can be applied.
func (w *Writer) begin(ctx context.Context, s *session) (_ net.Conn, err error) {
	have, err := replica.ReadHave(ctx, s.conn, s.progress, names(s.list))
	if err != nil {
		return nil, err
	}
	whole := snapshot.Whole(&have)
	if have.Applied == 0 && !whole {
		if err := snapshot.MustBeEmpty(ctx, s.conn, destinations(s.list)); err != nil {
			return nil, err
		}
	}
	if lacks(have) {
		w.noteState(status.Snapshotting, "")
		if err := w.owner().Restore(ctx, s.conn); err != nil { // of a load that was interrupted
			return nil, err
		}
	}
	conn, hello, err := w.greet(ctx, have)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = conn.Close()
		}
	}()
	if hello.Copy {
		if err := w.load(ctx, s, have, hello, whole); err != nil {
			return nil, err
		}
		if s.progress, err = replica.ReadProgress(ctx, s.conn, s.progress.Slot); err != nil {
			return nil, err
		}
	}
	return conn, nil
}

// lacks reports whether something must be loaded before the stream.
func lacks(have wire.Have) bool {
	return have.Applied == 0 || slices.ContainsFunc(have.Tables, func(t wire.HaveTable) bool {
		return t.State == wire.TableWaiting || t.State == wire.TableCopying
	})
}

// greet dials the reader, says what is here, and checks that the answer fits. Reads from the returned connection begin with the
// Hello again.
func (w *Writer) greet(ctx context.Context, have wire.Have) (_ net.Conn, hello wire.Hello, err error) {
	conn, err := w.Dial(ctx)
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
	case !ok, hello.Copy != lacks(have), !hello.Copy && hello.Start != have.Applied:
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

// load loads missing rows through lanes.
func (w *Writer) load(ctx context.Context, s *session, have wire.Have, hello wire.Hello, whole bool) (err error) {
	o := snapshot.Options{
		DSN: w.Config.Target.DSN, Slot: s.progress.Slot, Epoch: s.progress.Epoch, Digest: s.list.Digest(), Lanes: w.Config.Target.CopyWorkers,
		Dial: w.Dial, Tables: destinations(s.list), OnProgress: w.comesAlong, OnBuild: w.building.Store, Log: w.Log,
	}
	if o.Indexes, err = w.mayPutAside(ctx, s); err != nil {
		return err
	}
	defer o.Indexes.Close()
	defer w.building.Store(false)
	attending, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); w.attend(attending) }()
	defer func() { cancel(); <-done }()
	if whole {
		return snapshot.Replace(ctx, o, hello)
	}
	return snapshot.Run(ctx, o, s.conn, have, hello)
}

// mayPutAside returns nil if triggers or foreign keys would act on the loaded rows, because they may need the indexes.
func (w *Writer) mayPutAside(ctx context.Context, s *session) (*indexes.Owner, error) {
	silent, err := replica.MaySilence(ctx, s.conn)
	if err != nil {
		return nil, err
	}
	act, err := indexes.TriggersAct(ctx, s.conn, names(s.list), silent)
	if err != nil || act {
		return nil, err
	}
	return w.owner(), nil
}

// owner opens a connection of the role that may drop indexes for the time of a load, if one is configured.
func (w *Writer) owner() *indexes.Owner {
	return &indexes.Owner{DSN: w.Config.Target.AdminDSN, Slot: w.Config.Source.Slot, Workers: w.Config.Target.CopyWorkers, Log: w.Log}
}

// comesAlong reports the progress of each table that is being loaded.
func (w *Writer) comesAlong(p snapshot.Progress) {
	w.Live.Loading()
	if w.OnSnapshot != nil {
		w.OnSnapshot(p)
	}
}

// destinations returns where the rows of each whitelisted table go.
func destinations(list *whitelist.List) []snapshot.Table {
	all := make([]snapshot.Table, len(list.Tables))
	for i, t := range list.Tables {
		all[i] = snapshot.Table{Schema: t.Schema, Name: t.Name, Columns: t.Columns}
	}
	return all
}

// loadAgain answers a collision that only a resumed load can have, because its pieces are of several moments: the next session
// loads the table from the start. It returns any other error as it is.
func (w *Writer) loadAgain(ctx context.Context, s *session, err error) error {
	var poison *replica.Poison
	if !errors.As(err, &poison) || !snapshot.Collides(err) || poison.LSN >= s.progress.Settled {
		return err
	}
	all := destinations(s.list)
	i := slices.IndexFunc(all, func(t snapshot.Table) bool { return t.FullName() == poison.Table })
	if i < 0 {
		return err
	}
	conn, failed := replica.Connect(ctx, w.Config.Target.DSN, "forget")
	if failed != nil {
		return failed
	}
	defer link.Close(conn)
	if failed := snapshot.Forget(ctx, conn, s.progress.Slot, s.progress.Epoch, all[i]); failed != nil {
		return failed
	}
	return &link.Error{Line: "the load of " + poison.Table + " collided with later changes; loading it from the start"}
}

// loadOnly loads what is missing and does nothing else.
func (w *Writer) loadOnly(ctx context.Context) error {
	s, err := w.openSession(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	have, err := replica.ReadHave(ctx, s.conn, s.progress, names(s.list))
	if err != nil {
		return err
	}
	if lacks(have) {
		conn, err := w.begin(ctx, s)
		if err != nil {
			return w.explainEnd(ctx, err)
		}
		_ = conn.Close()
	}
	return replica.SetState(ctx, s.conn, s.progress.Slot, s.progress.Epoch, status.Stopped, "")
}
