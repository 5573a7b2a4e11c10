// Package daemon assembles the units that run: the reader, which holds the source's credentials, the writer, which holds the
// target's, and the fetcher, which brings sealed messages in. Each starts again by itself after any failure that may pass, and
// ends with one clear line after any other.
//
// Reader and writer talk over the wire, whether they are in one process (`syncer run`) or in two. It may import every other
// package; it holds no SQL of its own.
package daemon

import (
	"context"
	"errors"
	"log/slog"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/wire"
)

// Daemon is all units in one process.
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
}

// Run streams until ctx ends, Until is reached, or an error happens that trying again cannot mend.
func (d *Daemon) Run(ctx context.Context) error {
	if err := d.takeUntilCurrent(ctx); err != nil {
		return err
	}
	w, stop, err := d.openUnits(ctx, false)
	if err != nil {
		return err
	}
	defer stop()
	w.Until, w.more = d.Until, d.Config.Inbound != nil || d.Config.Documents != nil
	companions, err := w.companions()
	if err == nil && d.Config.Inbound != nil {
		c, failed := channel(d.Config.Inbound, d.Log, d.Live)
		if failed != nil {
			return failed
		}
		c.OnLook = func(err error) { d.Live.Looked(textOf(err)) }
		companions = append(companions, c)
	}
	if err != nil {
		return err
	}
	return w.runWith(ctx, companions)
}

// textOf is why a look at the inbound channel failed, "" when it did not.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return link.Text(err)
}

// takeUntilCurrent sets Until to the source's present position if the run is to end there.
func (d *Daemon) takeUntilCurrent(ctx context.Context) error {
	if !d.UntilCurrent || d.Until != 0 {
		return nil
	}
	from, err := link.Open(ctx, d.Config.Source.DSN, link.Options{Name: "source.dsn", Application: "until"})
	if err != nil {
		return err
	}
	defer link.Close(from)
	d.Until, err = publisher.CurrentPosition(ctx, from)
	return err
}

// openUnits returns a writer and the reader that it dials; stop ends the reader.
func (d *Daemon) openUnits(ctx context.Context, loadOnly bool) (w *Writer, stop func(), err error) {
	reader := &Reader{Config: d.Config, Log: d.Log, Live: status.NewLive(d.Config.StaleAfter), loadOnly: loadOnly}
	if err := reader.open(); err != nil {
		return nil, nil, err
	}
	serving, cancel := context.WithCancel(ctx)
	w = &Writer{Config: d.Config, Log: d.Log, Live: d.Live, OnSnapshot: d.OnSnapshot, Dial: reader.dial(serving), dialLane: reader.dialMemory(serving)}
	w.prepare()
	return w, func() { cancel(); reader.conns.Wait() }, nil
}

// Load only loads what is missing, as the last step of `init`.
func (d *Daemon) Load(ctx context.Context) error {
	w, stop, err := d.openUnits(ctx, true)
	if err != nil {
		return err
	}
	defer stop()
	return w.loadOnly(ctx)
}

// runTogether runs all functions until the first one returns, then cancels the others. It returns the error that is the cause, not
// one that only says that another function had ended.
func runTogether(ctx context.Context, all ...func(context.Context) error) error {
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

// ParseUntil parses --until-lsn.
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
