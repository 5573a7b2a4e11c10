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

// Join loads one whitelisted table anew while the stream of all others goes on. A connection of its own loads it into a shadow, and
// then streams to the shadow what has changed meanwhile. Once both streams are at the same position, one transaction makes the
// table equal to its shadow. Readers see the old rows until then.
//
// Whatever is interrupted (either connection, the process, the source) goes on: the pieces that have come, and later the position
// of the table's stream, stay on the target beside the shadow, and the stream's slot on the source. Pieces that come after an
// interruption show a later moment than those before it, as in a first load (see Run); the stream begins at the first moment and
// makes one of them, before the table may meet the others.
//
// It begins again where that is worthless: a crash of the target empties the shadow and what is recorded of it, which are unlogged;
// a new order for the table, or a slot that is lost. And it does where rows of two moments cannot stand beside each other, because
// one has got another key and kept a value that is unique.
type Join struct {
	Options
	ID       uint16
	Joined   bool // the main stream brings its changes to the table meanwhile
	Plain    bool // its rows are wanted as text
	SystemID string
	Timeline int32
	Main     Main
	// Stand is how long the main stream, and with it every other table, may stand at a time for this one to come to its
	// position; 0 means 10 s. See meeting.
	Stand time.Duration
	// OnProblem hears why the loaded table could not be swapped in, before that is tried again; nil is allowed.
	OnProblem func(error)
}

// Main is the writer of the main stream.
type Main interface {
	apply.Holder
	Join(id uint16)
	Spool(on bool)
}

const (
	shadowLanes  = 2                // beside the stream, which is not to be held up
	defaultStand = 10 * time.Second // less than a replica may be late before it is called so
	firstPause   = time.Second
	longPause    = 30 * time.Second
	heardWithin  = time.Minute
	tellEvery    = 10 * time.Second
)

// Run joins the table.
func (j *Join) Run(ctx context.Context) (swap.Changed, error) {
	began := time.Now()
	if j.Stand == 0 {
		j.Stand = defaultStand
	}
	t := j.Tables[j.ID]
	conns, err := j.openConns(ctx)
	defer conns.close()
	if err != nil {
		return swap.Changed{}, err
	}
	s, err := swap.NewShadow(ctx, conns.swap, j.Slot, t.Schema, t.Name, t.Columns)
	if err != nil {
		return swap.Changed{}, err
	}
	changed, err := j.loadAndSwap(ctx, conns, s)
	if err != nil {
		return changed, err
	}
	j.Log.Info("table is swapped in", "table", t.FullName(), "deleted", changed.Deleted, "updated", changed.Updated,
		"inserted", changed.Inserted, "took", time.Since(began).Round(time.Millisecond).String())
	return changed, s.Drop(ctx, conns.swap)
}

// joinConns are the join's connections to the target.
type joinConns struct{ swap, apply, pulse *pgx.Conn }

func (j *Join) openConns(ctx context.Context) (c joinConns, err error) {
	if c.swap, err = replica.Connect(ctx, j.DSN, "swap"); err != nil {
		return c, err
	}
	if c.apply, err = replica.Connect(ctx, j.DSN, "shadow"); err != nil {
		return c, err
	}
	c.pulse, err = replica.Connect(ctx, j.DSN, "shadow pulse")
	return c, err
}

func (c joinConns) close() {
	link.Close(c.swap, c.apply, c.pulse)
}

// loadAndSwap loads the shadow, unless it is loaded already, lets its stream run, and swaps.
func (j *Join) loadAndSwap(ctx context.Context, conns joinConns, s *swap.Shadow) (changed swap.Changed, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	state, err := s.ReadState(ctx, conns.swap)
	if err != nil {
		return changed, err
	}
	conn, hello, err := j.greetReader(ctx, state)
	if err != nil {
		return changed, err
	}
	defer func() { _ = conn.Close() }()
	switch {
	case hello.Copy:
		err = j.loadShadow(ctx, conns.swap, s, state, hello)
	case hello.Start != state.At, !state.Loaded:
		err = fmt.Errorf("%w: the reader goes on at %s, the shadow of %s is at %s", wire.ErrFrame, hello.Start, s.FullName(), state.At)
	default:
		j.Log.Info("going on with a table that is loaded", "table", s.FullName(), "at", state.At.String())
	}
	if err != nil {
		return changed, err
	}
	w := apply.NewWriter(conns.apply, conns.pulse, apply.Options{
		Slot: j.Slot, Epoch: j.Epoch, Digest: j.Digest, Log: j.Log.With("shadow", s.FullName()), Beside: s.PositionSQL(),
		Into: func(*wire.Relation) (string, string) { return swap.ShadowSchema, s.TableName() }, SideSessions: -1, MaxRow: j.MaxRow,
	})
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, wire.Rewind(conn, hello)) }()
	if changed, err = j.swapIn(ctx, s, w, hello.Settled); err == nil {
		dismissReader(ctx, conn, w)
	}
	over := false
	select {
	case <-w.Ended():
		over = true
	default:
	}
	cancel()
	if why := <-ended; over && err != nil { // it ended first, and only it knows why
		err = j.beginAgain(ctx, s, why, hello)
	}
	return changed, err
}

// beginAgain answers a collision that only a load that was interrupted can have, because its pieces are of several moments: the
// table is loaded from the start. It returns any other error as it is.
func (j *Join) beginAgain(ctx context.Context, s *swap.Shadow, err error, hello wire.Hello) error {
	var poison *replica.Poison
	if !errors.As(err, &poison) || !Collides(err) || poison.LSN >= hello.Settled {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), heardWithin)
	defer cancel()
	conn, failed := replica.Connect(ctx, j.DSN, "forget")
	if failed != nil {
		return failed
	}
	defer link.Close(conn)
	if failed := s.Forget(ctx, conn); failed != nil {
		return failed
	}
	return &link.Error{Line: "the load of " + s.FullName() + ", which was interrupted, collided with later changes; loading it from the start (" + link.Text(err) + ")"}
}

// dismissReader tells the reader that the table's stream and its slot are no longer needed, and waits until it has heard it. When
// it is not there to hear it, it drops the slot as it begins the next main stream.
func dismissReader(ctx context.Context, conn net.Conn, w *apply.Writer) {
	if _, err := conn.Write(wire.AppendAck(nil, wire.Ack{Over: true})); err != nil {
		return
	}
	select {
	case <-w.Ended():
	case <-ctx.Done():
	case <-time.After(heardWithin):
	}
}

// loadShadow makes the shadow and brings it the rows of the hello's moment.
func (j *Join) loadShadow(ctx context.Context, conn *pgx.Conn, s *swap.Shadow, state swap.State, hello wire.Hello) error {
	rest := state.At != 0 && !state.Loaded && hello.Start == state.At
	if err := j.makeReady(ctx, conn, s, hello, rest); err != nil {
		return err
	}
	o := j.Options
	o.Tables = append([]Table(nil), j.Tables...)
	o.Tables[j.ID].Shadow, o.Tables[j.ID].Pieces = s.SQL(), s.LoadSQL()
	o.Lanes = min(o.Lanes, shadowLanes)
	if rest {
		j.Log.Info("going on with the load of a table beside the stream", "table", s.FullName(), "pieces", len(state.Pieces))
		if err := RestOfShadow(ctx, o, hello, o.Tables[j.ID], len(state.Pieces)); err != nil {
			if link.Code(err) == "42501" { // it may make no temporary table, which only a load that goes on needs
				return errors.Join(err, s.Forget(ctx, conn))
			}
			return err
		}
	} else {
		j.Log.Info("loading a table beside the stream", "table", s.FullName(), "joined", j.Joined)
		if err := Shadow(ctx, o, hello); err != nil {
			return err
		}
	}
	failpoint.Hit("swap.after_load")
	if err := s.Index(ctx, conn); err != nil {
		return err
	}
	return s.Loaded(ctx, conn, hello.Start)
}

// makeReady makes the shadow, or prepares one that has a part of its rows for those of a later moment, and records the load.
func (j *Join) makeReady(ctx context.Context, conn *pgx.Conn, s *swap.Shadow, hello wire.Hello, rest bool) error {
	failpoint.Hit("swap.before_shadow")
	prepare := s.Make
	if rest {
		prepare = s.Index // rows under a key that is there already are left out by it
	}
	if err := prepare(ctx, conn); err != nil {
		return err
	}
	return s.Loading(ctx, conn, hello.Start, hello.Settled)
}

// swapIn swaps, and tries again for as long as the table's stream goes on: what was loaded stays good whatever becomes of
// one try.
func (j *Join) swapIn(ctx context.Context, s *swap.Shadow, shadow apply.Holder, settled wire.LSN) (changed swap.Changed, err error) {
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		changed, err = j.meetAndMerge(ctx, s, shadow, settled)
		if err == nil || ctx.Err() != nil || errors.Is(err, swap.ErrUnsure) || fault.ExitCode(err) == fault.ExitUnsafe {
			return changed, err
		}
		select {
		case <-shadow.Ended():
			return changed, err
		case <-ctx.Done():
			return changed, ctx.Err()
		case <-time.After(pause):
		}
		j.Log.Warn("the table could not be swapped in; trying again with what was loaded", "table", s.FullName(), "error", link.Text(err))
		if j.OnProblem != nil {
			j.OnProblem(err)
		}
	}
}

// greetReader opens the table's own connection to the reader. The stream continues at position at, or the load begins if that is 0 or no
// longer possible.
func (j *Join) greetReader(ctx context.Context, state swap.State) (net.Conn, wire.Hello, error) {
	conn, err := j.Dial(ctx)
	if err != nil {
		return nil, wire.Hello{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	have := wire.Have{Purpose: wire.PurposeTable, Digest: j.Digest, SystemID: j.SystemID, Timeline: j.Timeline, Table: j.ID, Applied: state.At, Settled: state.Settled}
	if state.At != 0 && !state.Loaded {
		have.Pieces, have.Tables = state.Pieces, []wire.HaveTable{{ID: j.ID, State: wire.TableCopying}}
	}
	if j.Plain {
		have.Plain = []uint16{j.ID}
	}
	hello, err := Greet(conn, have)
	if err != nil {
		stop()
		_ = conn.Close()
		return nil, hello, err
	}
	return conn, hello, nil
}

// Greet sends what the writer has and returns the reader's answer. It reads nothing beyond that.
func Greet(conn net.Conn, have wire.Have) (wire.Hello, error) {
	if _, err := conn.Write(wire.AppendHave(nil, have)); err != nil {
		return wire.Hello{}, errors.Join(wire.ErrPeer, err)
	}
	frame, err := wire.ReadFrame(conn, wire.MaxData)
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

// Ended returns the error that a reader's End frame stands for.
func Ended(e wire.End) error {
	switch e.Class {
	case wire.EndUnsafe, wire.EndLost:
		return fault.Unsafef("%s", e.Text)
	case wire.EndUsage:
		return fault.Usagef("%s", e.Text)
	case wire.EndFailed:
		return errors.New(e.Text)
	}
	return &link.Error{Line: e.Text}
}

// tellDistance says now and then how far the table is behind the others.
func (j *Join) tellDistance(ctx context.Context, s *swap.Shadow, shadow apply.Holder) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		main, _ := j.Main.Stands()
		at, _ := shadow.Stands()
		j.Log.Info("a loaded table catches up", "table", s.FullName(), "behind_bytes", int64(main)-int64(at)) //nolint:gosec // positions of a log
	}
}

// meetAndMerge brings both streams to the same position and merges there.
func (j *Join) meetAndMerge(ctx context.Context, s *swap.Shadow, shadow apply.Holder, settled wire.LSN) (changed swap.Changed, err error) {
	conn, err := replica.Connect(ctx, j.DSN, "swap")
	if err != nil {
		return changed, err
	}
	defer link.Close(conn)
	early, cancel := context.WithCancel(ctx) // until both stand there is nothing to lose, and nothing to wait for without the stream
	defer cancel()
	go func() {
		select {
		case <-shadow.Ended():
		case <-early.Done():
		}
		cancel()
	}()
	go j.tellDistance(early, s, shadow)
	m := &meeting{main: j.Main, shadow: shadow, settled: settled, stand: j.Stand, log: j.Log.With("table", s.FullName())}
	if err := m.approach(early); err != nil {
		return changed, err
	}
	j.Main.Spool(true) // a transaction that is applied while it still runs would hold the table's rows
	defer j.Main.Spool(false)
	merge := swap.NewSwap(conn, s, j.Epoch, j.Joined)
	defer merge.Close()
	if err := merge.Begin(early); err != nil {
		return changed, err
	}
	failpoint.Hit("swap.after_begin")
	if err := m.approach(early); err != nil { // Begin takes its time
		return changed, err
	}
	at, release, err := m.hold(early)
	if err != nil {
		return changed, err
	}
	began := time.Now()
	changed, err = merge.Finish(ctx, at)
	if errors.Is(err, swap.ErrUnsure) {
		return changed, err // and the main stream stands until its session ends
	}
	defer release()
	if err != nil {
		return changed, err
	}
	j.Main.Join(j.ID)
	j.Log.Debug("the stream stood still for the swap", "took", time.Since(began).String(), "at", at.String())
	return changed, nil
}
