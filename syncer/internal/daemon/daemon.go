// Package daemon joins the rooms into a running syncer: claim the target, load what is missing, stream,
// and start again by itself after whatever may pass. What cannot pass ends it with one clear line.
// It may import every other room; it holds no SQL of its own.
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
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/source"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/target"
	"portal.example/syncer/internal/wire"
)

// Daemon is one syncer.
type Daemon struct {
	Config     *config.Config
	List       *whitelist.List
	Log        *slog.Logger
	Live       *status.Live
	OnSnapshot func(snapshot.Progress)
	// Until ends Run once everything up to it is applied; 0 never. UntilCurrent takes the source's
	// position at the start.
	Until        wire.LSN
	UntilCurrent bool

	touched chan struct{} // a table that names documents was changed
	running bool          // both databases have answered once
	epoch   int64
}

// errDone ends a session that has reached Until.
var errDone = errors.New("everything asked for is applied")

const (
	firstPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
)

// Run streams until ctx ends, Until is reached, or something happens that no second try can mend.
func (d *Daemon) Run(ctx context.Context) error {
	d.touched = make(chan struct{}, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.follow(ctx) })
	companions, err := d.companions()
	if err != nil {
		return err
	}
	for _, c := range companions {
		g.Go(func() error { return c.Run(ctx) })
	}
	err = g.Wait()
	if errors.Is(err, errDone) {
		err = finish(companions)
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	d.last(err)
	return err
}

// follow runs one session after another.
func (d *Daemon) follow(ctx context.Context) error {
	pause := firstPause
	for {
		began := time.Now()
		err := d.session(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errDone):
			return err
		case !link.Temporary(err) || !d.running:
			return err
		}
		d.Log.Warn("stream interrupted; starting it again", "error", err.Error())
		d.note("error", err.Error())
		if time.Since(began) > 10*longPause {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
	}
}

// Load only loads what the snapshot is missing; `init` ends with it.
func (d *Daemon) Load(ctx context.Context) error {
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := d.snapshot(ctx, s); err != nil {
		return err
	}
	return target.SetState(ctx, s.writer, d.Config.Source.Slot, s.progress.Epoch, "stopped", "")
}

// session is the time between two interruptions.
type session struct {
	writer   *pgx.Conn // claimed
	pulse    *pgx.Conn
	progress target.Progress
	tables   []source.Table
	filters  map[string]string
}

func (s *session) close() {
	link.Close(s.writer)
	link.Close(s.pulse)
}

// open claims the target and checks that whitelist, source and target still belong together.
func (d *Daemon) open(ctx context.Context) (_ *session, err error) {
	s := &session{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.writer, err = target.Connect(ctx, d.Config.Target.DSN, "writer"); err != nil {
		return nil, err
	}
	if err = target.WarmUp(ctx, s.writer, d.Config.Target.WarmUp); err != nil {
		return nil, err
	}
	if s.pulse, err = target.Connect(ctx, d.Config.Target.DSN, "writer pulse"); err != nil {
		return nil, err
	}
	if s.progress, err = target.Claim(ctx, s.writer, d.Config.Source.Slot); err != nil {
		return nil, err
	}
	d.epoch = s.progress.Epoch
	if s.progress.Digest != d.List.Digest() {
		return nil, fault.Unsafef("the whitelist was changed since `syncer init`; load the replica anew with `syncer init --resync`")
	}
	if s.filters, err = target.Filters(ctx, s.writer, d.Config.Source.Slot); err != nil {
		return nil, err
	}
	if s.tables, err = d.tables(ctx, s.writer); err != nil {
		return nil, err
	}
	d.running = true
	return s, nil
}

// tables looks at both sides' tables and refuses what would hurt.
func (d *Daemon) tables(ctx context.Context, to *pgx.Conn) ([]source.Table, error) {
	from, err := link.Open(ctx, d.Config.Source.DSN, link.Options{Name: "source.dsn", Application: "tables"})
	if err != nil {
		return nil, err
	}
	defer link.Close(from)
	if d.UntilCurrent && d.Until == 0 {
		if d.Until, err = source.Current(ctx, from); err != nil {
			return nil, err
		}
	}
	tables, err := source.Tables(ctx, from, d.List)
	if err != nil {
		return nil, err
	}
	for i, t := range tables {
		findings := t.Judge()
		if len(findings) == 0 {
			if findings, err = prepare.Wanted(t, i).Judge(ctx, to); err != nil {
				return nil, err
			}
		}
		if err := firstOf(findings); err != nil {
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

func (d *Daemon) session(ctx context.Context) error {
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := d.snapshot(ctx, s); err != nil {
		return err
	}
	if s.progress, err = target.ReadProgress(ctx, s.writer, d.Config.Source.Slot); err != nil {
		return err
	}
	err = d.stream(ctx, s)
	return d.loadAgain(ctx, s, err)
}

// loadAgain answers a collision that only a resumed snapshot can have, its pieces being of several moments:
// the table is loaded from the start by the next session. Every other error it passes on.
func (d *Daemon) loadAgain(ctx context.Context, s *session, err error) error {
	var poison *target.Poison
	if !errors.As(err, &poison) || !snapshot.Collides(err) || s.progress.Applied >= s.progress.Settled {
		return err
	}
	i := slices.IndexFunc(s.tables, func(t source.Table) bool { return t.FullName() == poison.Table })
	if i < 0 {
		return err
	}
	if err := snapshot.Forget(ctx, s.pulse, d.Config.Source.Slot, s.progress.Epoch, s.tables[i]); err != nil {
		return err
	}
	return &link.Error{Line: "snapshot of " + poison.Table + " collided with later changes; loading it from the start"}
}

func (d *Daemon) snapshot(ctx context.Context, s *session) error {
	slot := d.Config.Source.Slot
	if err := target.SetState(ctx, s.pulse, slot, s.progress.Epoch, "snapshotting", ""); err != nil {
		return err
	}
	d.Live.Set("snapshotting", "")
	return snapshot.Run(ctx, snapshot.Options{
		SourceDSN: d.Config.Source.DSN, TargetDSN: d.Config.Target.DSN, Slot: slot, Epoch: s.progress.Epoch,
		Workers: d.Config.Target.CopyWorkers, OnProgress: d.OnSnapshot, Log: d.Log,
	}, s.writer, s.progress, s.tables)
}

// stream joins reader and writer by a pipe until one of them ends.
func (d *Daemon) stream(ctx context.Context, s *session) error {
	p := s.progress
	reader, err := source.Open(ctx, source.Options{
		DSN: d.Config.Source.DSN, Slot: p.Slot, Publication: d.Config.Source.Publication, Heartbeat: d.Config.Source.Heartbeat,
		Digest: d.List.Digest(), Start: source.Position{SystemID: p.SystemID, Timeline: p.Timeline, Applied: p.Applied},
		Settled: p.Settled, Filters: s.filters, Log: d.Log,
	}, s.tables)
	if err != nil {
		return err
	}
	defer reader.Close()
	reached := make(chan struct{})
	writer := target.NewWriter(s.writer, s.pulse, target.Options{
		Slot: p.Slot, Epoch: p.Epoch, Digest: d.List.Digest(), Log: d.Log, OnApplied: d.onApplied(p, reached),
	})
	if err := d.streaming(ctx, s, p.Applied >= p.Settled); err != nil {
		return err
	}
	near, far := net.Pipe()
	return together(ctx,
		func(ctx context.Context) error { return reader.Run(ctx, near) },
		func(ctx context.Context) error { return writer.Run(ctx, far) },
		func(ctx context.Context) error {
			select {
			case <-reached:
				return errDone
			case <-ctx.Done():
				return ctx.Err()
			}
		})
}

// together runs all until the first ends, then ends the others, and returns the error that tells why: not
// the one that only says that another had ended.
func together(ctx context.Context, all ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(all))
	for _, run := range all {
		go func() {
			ended <- run(ctx)
			cancel()
		}()
	}
	var first, why error
	for range all {
		err := <-ended
		if first == nil {
			first = err
		}
		if why == nil && !errors.Is(err, wire.ErrPeer) && !errors.Is(err, context.Canceled) {
			why = err
		}
	}
	if why != nil {
		return why
	}
	return first
}

func (d *Daemon) streaming(ctx context.Context, s *session, settled bool) error {
	state := "streaming"
	if !settled {
		state = "snapshotting"
	}
	d.Log.Info("stream started", "slot", s.progress.Slot, "from", s.progress.Applied.String(), "tables", len(s.tables))
	d.Live.Set(state, "")
	return target.SetState(ctx, s.pulse, s.progress.Slot, s.progress.Epoch, state, "")
}

// onApplied notes each batch and closes reached when Until is passed.
func (d *Daemon) onApplied(from target.Progress, reached chan struct{}) func(target.Applied) {
	unsettled, done := from.Applied < from.Settled, false
	return func(a target.Applied) {
		d.Live.Applied(a)
		if unsettled && a.LSN >= from.Settled {
			unsettled = false
			d.note("streaming", "")
		}
		if d.namesDocuments(a.Tables) {
			select {
			case d.touched <- struct{}{}:
			default:
			}
		}
		if !done && d.Until > 0 && a.LSN >= d.Until {
			done = true
			close(reached)
		}
	}
}

// note records a state where people look for it; that it cannot be recorded is no further failure.
func (d *Daemon) note(state, problem string) {
	if state != "stopped" {
		d.Live.Set(state, problem)
	}
	if d.epoch == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	conn, err := target.Connect(ctx, d.Config.Target.DSN, "note")
	if err == nil {
		defer link.Close(conn)
		err = target.SetState(ctx, conn, d.Config.Source.Slot, d.epoch, state, problem)
	}
	if err != nil {
		d.Log.Debug("state could not be recorded", "state", state, "error", err.Error())
	}
}

func (d *Daemon) last(err error) {
	if err != nil {
		d.note("error", err.Error())
		return
	}
	d.note("stopped", "")
}

// ParseUntil reads --until-lsn.
func ParseUntil(text string) (wire.LSN, error) {
	if text == "" {
		return 0, nil
	}
	var lsn wire.LSN
	if err := lsn.Scan(text); err != nil {
		return 0, fault.Usagef("--until-lsn %q is not a log position; expected something like 0/16B3748", text)
	}
	return lsn, nil
}

func (d *Daemon) namesDocuments(tables []string) bool {
	for _, doc := range d.List.Documents {
		for _, t := range tables {
			if t == doc.Table {
				return true
			}
		}
	}
	return false
}
