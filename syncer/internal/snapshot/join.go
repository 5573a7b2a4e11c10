package snapshot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
	"portal.example/syncer/internal/wire"
)

// Join loads one whitelisted table anew while the stream of all others goes on: into a shadow, by a connection
// of its own, whose stream then brings the shadow what changes meanwhile. Where both streams stand at one
// position, one transaction makes the table what its shadow is. Readers see the old rows until then.
//
// Nothing of it outlives the process: a join that was interrupted begins again.
type Join struct {
	Options
	ID       uint16
	Joined   bool // the main stream brings its changes to the table meanwhile
	SystemID string
	Timeline int32
	Main     Main
}

// Main is the writer of the main stream.
type Main interface {
	apply.Holder
	Join(id uint16)
	Spool(on bool)
}

const (
	shadowLanes = 2                // beside the stream, which is not to be held up
	nearEnough  = 10 * time.Second // how long the main stream may stand; then it goes on and the join tries later
	holdTries   = 10
)

// Run joins the table.
func (j *Join) Run(ctx context.Context) (swap.Changed, error) {
	began := time.Now()
	t := j.Tables[j.ID]
	conns, err := j.connect(ctx)
	defer conns.close()
	if err != nil {
		return swap.Changed{}, err
	}
	s, err := swap.NewShadow(ctx, conns.swap, j.Slot, t.Schema, t.Name, t.Columns)
	if err != nil {
		return swap.Changed{}, err
	}
	failpoint.Hit("swap.before_shadow")
	if err := s.Make(ctx, conns.swap); err != nil {
		return swap.Changed{}, err
	}
	j.Log.Info("loading a table beside the stream", "table", t.FullName(), "joined", j.Joined)
	changed, err := j.through(ctx, conns, s)
	if err != nil {
		return changed, err
	}
	j.Log.Info("table is swapped in", "table", t.FullName(), "deleted", changed.Deleted, "updated", changed.Updated,
		"inserted", changed.Inserted, "took", time.Since(began).Round(time.Millisecond).String())
	return changed, s.Drop(ctx, conns.swap)
}

// joinConns are the join's connections to the target.
type joinConns struct{ swap, apply, pulse *pgx.Conn }

func (j *Join) connect(ctx context.Context) (c joinConns, err error) {
	for conn, name := range map[**pgx.Conn]string{&c.swap: "swap", &c.apply: "shadow", &c.pulse: "shadow pulse"} {
		if *conn, err = replica.Connect(ctx, j.DSN, name); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c joinConns) close() {
	for _, conn := range []*pgx.Conn{c.swap, c.apply, c.pulse} {
		link.Close(conn)
	}
}

// through loads the shadow, lets its stream run, and swaps.
func (j *Join) through(ctx context.Context, conns joinConns, s *swap.Shadow) (changed swap.Changed, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, hello, err := j.greet(ctx)
	if err != nil {
		return changed, err
	}
	defer func() { _ = conn.Close() }()
	o := j.Options
	o.Tables = append([]Table(nil), j.Tables...)
	o.Tables[j.ID].Shadow = s.SQL()
	o.Lanes = min(o.Lanes, shadowLanes)
	if err := Shadow(ctx, o, hello); err != nil {
		return changed, err
	}
	failpoint.Hit("swap.after_load")
	if err := s.Index(ctx, conns.swap); err != nil {
		return changed, err
	}
	w := apply.NewWriter(conns.apply, conns.pulse, apply.Options{
		Slot: j.Slot, Epoch: j.Epoch, Digest: j.Digest, Log: j.Log.With("shadow", s.FullName()), Unrecorded: true,
		Into: func(*wire.Relation) (string, string) { return swap.ShadowSchema, s.TableName() }, SideSessions: -1,
	})
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, wire.Again(conn, hello)) }()
	changed, err = j.swap(ctx, conns.swap, s, w)
	cancel()
	if why := <-ended; err != nil && why != nil && !errors.Is(why, context.Canceled) {
		err = why // the shadow's stream failed first
	}
	return changed, err
}

// greet opens the table's own connection to the reader.
func (j *Join) greet(ctx context.Context) (net.Conn, wire.Hello, error) {
	conn, err := j.Dial(ctx)
	if err != nil {
		return nil, wire.Hello{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	have := wire.Have{Purpose: wire.PurposeTable, Digest: j.Digest, SystemID: j.SystemID, Timeline: j.Timeline, Table: j.ID}
	hello, err := Greet(conn, have)
	if err != nil {
		stop()
		_ = conn.Close()
		return nil, hello, err
	}
	return conn, hello, nil
}

// Greet says what the writer has and returns the reader's answer, having read nothing after it.
func Greet(conn net.Conn, have wire.Have) (wire.Hello, error) {
	if _, err := conn.Write(wire.AppendHave(nil, have)); err != nil {
		return wire.Hello{}, errors.Join(wire.ErrPeer, err)
	}
	frame, err := wire.ReadFrame(conn, wire.MaxFrame)
	if err != nil {
		return wire.Hello{}, errors.Join(wire.ErrPeer, err)
	}
	switch f := frame.(type) {
	case wire.Hello:
		return f, nil
	case wire.End:
		return wire.Hello{}, Ended(f)
	}
	return wire.Hello{}, fmt.Errorf("%w: the reader begins with %T", wire.ErrFrame, frame)
}

// Ended is the error that the reader's End stands for.
func Ended(e wire.End) error {
	switch e.Class {
	case wire.EndUnsafe:
		return fault.Unsafef("%s", e.Text)
	case wire.EndUsage:
		return fault.Usagef("%s", e.Text)
	case wire.EndFailed:
		return errors.New(e.Text)
	}
	return &link.Error{Line: e.Text}
}

// swap brings both streams to one position and merges there.
func (j *Join) swap(ctx context.Context, conn *pgx.Conn, s *swap.Shadow, shadow apply.Holder) (changed swap.Changed, err error) {
	if err := j.near(ctx, shadow); err != nil {
		return changed, err
	}
	j.Main.Spool(true) // a transaction that is applied while it still runs would hold the table's rows
	defer j.Main.Spool(false)
	swap := swap.NewSwap(conn, s, j.Epoch, j.Joined)
	defer swap.Close()
	if err := swap.Begin(ctx); err != nil {
		return changed, err
	}
	failpoint.Hit("swap.after_begin")
	at, release, err := j.hold(ctx, shadow)
	if err != nil {
		return changed, err
	}
	defer release()
	began := time.Now()
	if changed, err = swap.Finish(ctx, at); err != nil {
		return changed, err
	}
	j.Main.Join(j.ID)
	j.Log.Debug("the stream stood still for the swap", "took", time.Since(began).String(), "at", at.String())
	return changed, nil
}

// near lets the shadow come as far as the main stream is, and the main stream pass where the shadow began, while
// nobody waits.
func (j *Join) near(ctx context.Context, shadow apply.Holder) error {
	first, release, err := shadow.HoldAt(ctx, 0)
	if err != nil {
		return err
	}
	release()
	at, release, err := j.Main.HoldAt(ctx, first)
	if err != nil {
		return err
	}
	release()
	_, release, err = shadow.HoldAt(ctx, at)
	if err == nil {
		release()
	}
	return err
}

var errFarApart = &link.Error{Line: "the streams of a table and of the others did not meet in time; trying again"}

// hold makes both stand where the same transactions are applied.
func (j *Join) hold(ctx context.Context, shadow apply.Holder) (at wire.LSN, release func(), err error) {
	aim := wire.LSN(0)
	for range holdTries {
		at, releaseMain, err := j.Main.HoldAt(ctx, aim)
		if err != nil {
			return 0, nil, err
		}
		wait, cancel := context.WithTimeout(ctx, nearEnough)
		other, releaseShadow, err := shadow.HoldAt(wait, at)
		cancel()
		switch {
		case err == nil && other == at:
			return at, func() { releaseMain(); releaseShadow() }, nil
		case err == nil: // the shadow is ahead: the main stream has to follow
			aim = other
			releaseMain()
			releaseShadow()
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			releaseMain()
		default:
			releaseMain()
			return 0, nil, err
		}
	}
	return 0, nil, errFarApart
}
