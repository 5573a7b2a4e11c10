package daemon

import (
	"context"
	"errors"
	"net"
	"slices"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/source"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/target"
	"portal.example/syncer/internal/wire"
)

// load loads what is not loaded yet.
func (w *Writer) load(ctx context.Context, s *session) error {
	have, err := target.Have(ctx, s.conn, s.progress, names(s.list))
	if err != nil {
		return err
	}
	m := source.Missing{Have: have}
	for _, t := range have.Tables {
		if t.State == wire.TableWaiting || t.State == wire.TableCopying {
			m.IDs = append(m.IDs, t.ID)
		}
	}
	if len(m.IDs) == 0 && have.Applied != 0 {
		return nil
	}
	if have.Applied == 0 {
		if err := snapshot.MustBeEmpty(ctx, s.conn, destinations(s.list)); err != nil {
			return err
		}
	}
	w.note(status.Snapshotting, "")
	if _, m.Tables, err = (&Reader{Config: w.Config}).tables(ctx); err != nil {
		return err
	}
	slices.Sort(m.IDs)
	loads := &source.Loads{DSN: w.Config.Source.DSN, Slot: s.progress.Slot, Log: w.Log}
	o := snapshot.Options{
		DSN: w.Config.Target.DSN, Slot: s.progress.Slot, Epoch: s.progress.Epoch, Digest: s.list.Digest(), Lanes: w.Config.Target.CopyWorkers,
		Dial: lanes(ctx, loads), Tables: destinations(s.list), OnProgress: w.OnSnapshot, Log: w.Log,
	}
	hello := make(chan wire.Hello, 1)
	err = together(ctx,
		func(ctx context.Context) error {
			_, err := loads.Load(ctx, m, func(h wire.Hello) error { hello <- h; return nil })
			if err == nil {
				<-ctx.Done() // the lanes end by themselves
				err = ctx.Err()
			}
			return err
		},
		func(ctx context.Context) error {
			select {
			case h := <-hello:
				if err := snapshot.Run(ctx, o, s.conn, have, h); err != nil {
					return err
				}
				return errDone
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// destinations are where the rows of each whitelisted table go.
func destinations(list *whitelist.List) []snapshot.Table {
	all := make([]snapshot.Table, len(list.Tables))
	for i, t := range list.Tables {
		all[i] = snapshot.Table{Schema: t.Schema, Name: t.Name, Columns: t.Columns}
	}
	return all
}

// lanes serves each lane by a goroutine of this process.
func lanes(ctx context.Context, loads *source.Loads) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		near, far, err := wire.Pair()
		if err != nil {
			return nil, err
		}
		go func() {
			defer func() { _ = far.Close() }()
			frame, err := wire.NewReader(far, wire.MaxHave).Next()
			have, ok := frame.(wire.Have)
			if err != nil || !ok {
				return
			}
			if err := loads.Serve(ctx, far, have); err != nil && !errors.Is(err, wire.ErrPeer) {
				_, _ = far.Write(wire.AppendEnd(nil, wire.End{Class: wire.EndAgain, Text: err.Error()}))
			}
		}()
		return near, nil
	}
}
