package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/socket"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/swap"
	"portal.example/syncer/internal/wire"
)

// Writer is the unit that holds the target's credentials. It claims the target, dials the reader, and applies what arrives. It reads
// the whitelist itself, and accepts from the reader only what that allows.
type Writer struct {
	Config *config.Config
	Log    *slog.Logger
	Live   *status.Live
	// Dial opens a connection to the reader; nil dials the configured socket.
	Dial       func(context.Context) (net.Conn, error)
	OnSnapshot func(snapshot.Progress)
	// Until ends Run once everything up to it is applied; 0 never.
	Until wire.LSN

	touched  chan struct{} // a table that names documents was changed
	running  bool          // a session was open once
	outdated bool          // the last session ended because `syncer table` is at work, or is to be run
	spool    bool          // the next session lets transactions wait for their end, see apply.ErrSpool

	more bool // the process has more to do than the stream, see followOn

	dialLane func(context.Context) (net.Conn, error) // opens a connection that only brings rows; nil means Dial

	notes *notes
	loads *loads
}

// openWithin limits the opening of a session: a target that accepts connections and then says nothing counts as down.
// What the operator lets a session do first has a limit of its own, which only ends what hangs.
const (
	openWithin = 2 * time.Minute
	warmWithin = 2 * time.Hour
)

// errDone says that a session has reached Until.
var errDone = errors.New("everything asked for is applied")

// Run applies until ctx ends, Until is reached, or an error happens that trying again cannot mend.
func (w *Writer) Run(ctx context.Context) error {
	w.prepare()
	companions, err := w.companions()
	if err != nil {
		return err
	}
	return w.runWith(ctx, companions)
}

// runWith runs with companions, which go on while the stream is interrupted, and catch up when it is done.
func (w *Writer) runWith(ctx context.Context, companions []companion) error {
	defer w.notes.close()
	g, within := errgroup.WithContext(ctx)
	follow := w.runSessions
	if w.more {
		follow = w.followOn
	}
	var stream error
	g.Go(func() error {
		stream = follow(within)
		return stream
	})
	for _, c := range companions {
		g.Go(func() error { return c.Run(within) })
	}
	g.Go(func() error {
		replica.StayPresent(within, w.Config.Target.DSN, w.Config.Source.Slot)
		return nil
	})
	err := g.Wait()
	if stream != nil && !errors.Is(stream, context.Canceled) { // it stood when the syncer was stopped
		err = stream
	}
	if errors.Is(err, errDone) {
		err = finish(ctx, companions)
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	w.notes.noteEnd(err)
	return err
}

// prepare makes what a writer is made of; it may be called again.
func (w *Writer) prepare() {
	if w.touched == nil {
		w.touched = make(chan struct{}, 1)
	}
	if w.Dial == nil {
		w.Dial = func(ctx context.Context) (net.Conn, error) {
			conn, err := (&net.Dialer{Timeout: haveWithin}).DialContext(ctx, "unix", w.Config.Wire.Socket)
			if err != nil {
				return nil, err
			}
			return socket.Quiet(conn), nil
		}
	}
	w.notes = newNotes(w.Config, w.Live, w.Log)
	w.loads = &loads{cfg: w.Config, live: w.Live, log: w.Log, dial: w.Dial, dialLane: w.dialLane, notes: w.notes, onSnapshot: w.OnSnapshot}
}

// runSessions runs one session after another.
func (w *Writer) runSessions(ctx context.Context) error {
	again := link.Retry{Log: w.Log, What: "stream interrupted; starting it again"}
	soon := link.Retry{Log: w.Log, What: again.What, Longest: time.Second} // `syncer table` waits for it
	for {
		w.outdated = false
		err := w.runSession(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errDone):
			return err
		case !temporary(err), w.Until > 0 && !w.running && !errors.Is(err, errHealed) && !errors.Is(err, errRepeat):
			return err
		}
		if errors.Is(err, apply.ErrReload) { // nothing is wrong, and `syncer table` waits
			w.Log.Info("starting the stream again", "because", link.Text(err))
			continue
		}
		w.notes.noteFailure(err)
		wait := &again
		if w.outdated {
			wait = &soon
		}
		if err := wait.Wait(ctx, err); err != nil {
			return err
		}
	}
}

// session is the time between two interruptions.
type session struct {
	list     *whitelist.List
	conn     *pgx.Conn // claimed
	pulse    *pgx.Conn
	progress replica.Progress
	// generation is what it was when this session claimed the target: before it the whitelist was read.
	generation int64
}

func (s *session) tableName(t swap.JoiningTable) string { return s.list.Tables[t.ID].FullName() }

func (s *session) close() {
	link.Close(s.conn, s.pulse)
}

// openSession reads the whitelist again, claims the target, and checks that they still belong together.
func (w *Writer) openSession(ctx context.Context) (_ *session, err error) {
	s := &session{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.list, err = whitelist.Load(w.Config.Whitelist); err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	if s.conn, err = replica.Connect(within, w.Config.Target.DSN, "writer"); err != nil {
		return nil, err
	}
	if err = w.explainUnknown(within, replica.CheckVersion(within, s.conn)); err != nil {
		return nil, err
	}
	if err = w.warmUp(ctx, s.conn); err != nil {
		return nil, err
	}
	ctx, cancel = context.WithTimeout(ctx, openWithin)
	defer cancel()
	if s.pulse, err = replica.Connect(ctx, w.Config.Target.DSN, "writer pulse"); err != nil {
		return nil, err
	}
	s.progress, err = replica.Claim(ctx, s.conn, w.Config.Source.Slot)
	if err = w.explainUnknown(ctx, err); err != nil {
		return nil, err
	}
	w.notes.epoch, s.generation = s.progress.Epoch, s.progress.Generation
	if s.progress.Digest != s.list.Digest() {
		return nil, w.explainOutdated(ctx, s)
	}
	return s, nil
}

// warmUp runs the operator's SQL, which takes as long as it takes: it would begin again for ever if it were ended.
func (w *Writer) warmUp(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, warmWithin)
	defer cancel()
	return replica.WarmUp(ctx, conn, w.Config.Target.WarmUp)
}

// explainUnknown explains that the target has no record of a replica: it may have had one a moment ago, or the source may still keep
// a slot for one. Otherwise `syncer init` was not run yet.
func (w *Writer) explainUnknown(ctx context.Context, err error) error {
	if !errors.Is(err, replica.ErrNoProgress) {
		return err
	}
	if w.running {
		return publisher.ResyncError("the target no longer knows of this replica: it was wiped, or restored from before `syncer init`")
	}
	if why := w.askForSlot(ctx); why != nil && fault.ExitCode(why) != fault.ExitUsage {
		return why
	}
	return err
}

// explainOutdated says what to do if the replica was made by another whitelist. For a syncer that was running, the error is one to
// try again after: the command may be at work right now.
func (w *Writer) explainOutdated(ctx context.Context, s *session) error {
	d, err := prepare.Differs(ctx, s.conn, w.Config.Source.Slot, s.list)
	if err != nil {
		return err
	}
	err = fault.Unsafef("the whitelist was changed since the replica was made by it; run %s", d.Verbs())
	if w.running {
		w.outdated = true
		return &link.Error{Line: link.Text(err)}
	}
	return err
}

func (w *Writer) runSession(ctx context.Context) error {
	s, err := w.openSession(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	err = w.runStream(ctx, s)
	w.spool = errors.Is(err, apply.ErrSpool)
	return w.healLostSlot(ctx, w.leaveAlone(ctx, s, w.loadAgain(ctx, s, w.explainEnd(ctx, err))))
}

// explainEnd asks the reader for the reason if all that is known is that it ended the stream.
func (w *Writer) explainEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, wire.ErrPeer) {
		if why := askWhy(ctx, w.Dial); why != nil {
			return why
		}
	}
	return err
}

// runStream loads what is missing and applies what the reader sends until one of the sides ends.
func (w *Writer) runStream(ctx context.Context, s *session) error {
	conn, err := w.loads.beginStream(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	w.running = true
	joining, err := swap.Joining(ctx, s.conn, s.progress.Slot, names(s.list))
	if err != nil {
		return err
	}
	joins := &joins{cfg: w.Config, log: w.Log, notes: w.notes, loads: w.loads, session: s}
	joins.dropShadows(ctx)
	reached, joined := make(chan struct{}), make(chan struct{})
	writer := apply.NewWriter(s.conn, s.pulse, apply.Options{
		Slot: s.progress.Slot, Epoch: s.progress.Epoch, Digest: s.list.Digest(), Log: w.Log,
		Settled: s.progress.Settled, MaxRow: w.Config.MaxRow(), Generation: &s.generation, SpoolOnly: w.spool, Absent: swap.Absent(joining), Allow: allowListed(s.list),
		OnApplied: w.onApplied(s.list, s.progress, reached), OnState: w.notes.noteState,
		// Who reads the exit code of a run that ends believes that everything is there.
		Early:   w.Config.Target.Durability == config.DurabilityRemoteWrite && w.Until == 0,
		OnHeard: w.Live.Heard, OnBlocked: w.Live.Blocked, OnTold: w.Live.Told, OnStreams: w.Live.Streamed,
	})
	if err := w.noteStreaming(ctx, s); err != nil {
		return err
	}
	return runTogether(ctx,
		func(ctx context.Context) error { return writer.Run(ctx, conn) },
		func(ctx context.Context) error { return joins.joinTables(ctx, writer, joining, joined) },
		func(ctx context.Context) error { return (&marks{w.notes, w.Log, w.Dial, s}).rememberMarks(ctx) },
		func(ctx context.Context) error { return w.runCompares(ctx, s, writer) },
		func(ctx context.Context) error { return untilDone(ctx, reached, joined) })
}

func names(list *whitelist.List) []string {
	all := make([]string, len(list.Tables))
	for i, t := range list.Tables {
		all[i] = t.FullName()
	}
	return all
}

func (w *Writer) noteStreaming(ctx context.Context, s *session) error {
	state := status.Streaming
	if s.progress.Applied < s.progress.Settled {
		state = status.Snapshotting
	}
	w.Log.Info("stream started", "slot", s.progress.Slot, "from", s.progress.Applied.String(), "tables", len(s.list.Tables))
	w.Live.Resumed(s.progress.Applied, s.progress.FreshAt)
	w.Live.Set(state, "")
	return replica.SetState(ctx, s.pulse, s.progress.Slot, s.progress.Epoch, state, "")
}

// onApplied reports each batch and closes reached once Until is passed.
func (w *Writer) onApplied(list *whitelist.List, from replica.Progress, reached chan struct{}) func(apply.Applied) {
	unsettled, done := from.Applied < from.Settled, false
	return func(a apply.Applied) {
		w.Live.Applied(a)
		if unsettled && a.LSN >= from.Settled {
			unsettled = false
			w.notes.noteState(status.Streaming, "")
		}
		if namesDocuments(list, a.Tables) {
			w.noteTouched()
		}
		if !done && w.Until > 0 && a.LSN >= w.Until {
			done = true
			close(reached)
		}
	}
}

func namesDocuments(list *whitelist.List, tables []string) bool {
	return slices.ContainsFunc(list.Documents, func(d whitelist.Documents) bool { return slices.Contains(tables, d.Table) })
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
	if lacksRows(have) {
		conn, err := w.loads.beginStream(ctx, s)
		if err != nil {
			return w.explainEnd(ctx, err)
		}
		_ = conn.Close()
	}
	return replica.SetState(ctx, s.conn, s.progress.Slot, s.progress.Epoch, status.Stopped, "")
}
