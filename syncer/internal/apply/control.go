package apply

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// control is what the operator wishes, as the columns of sync.progress have it.
type control struct {
	skip       atomic.Uint64 // commit record of the transaction that is to be left out, 0: none
	reload     atomic.Bool   // the generation was raised
	generation int64
	paused     bool
	fence      string // the one that is being answered, "" none
	fences     sync.WaitGroup
}

const selectControl = `
	SELECT paused, coalesce(paused_by, ''), coalesce(skip_lsn, '0/0')::text, generation, state
	  FROM sync.progress WHERE slot = $1`

// readControl looks at the wishes before anything is applied.
func (w *Writer) readControl(ctx context.Context) error {
	if w.Unrecorded {
		return nil
	}
	if w.Generation != nil {
		w.control.generation = *w.Generation
		return w.obey(ctx)
	}
	if err := w.pulse.QueryRow(ctx, `SELECT generation FROM sync.progress WHERE slot = $1`, w.Slot).Scan(&w.control.generation); err != nil {
		return controlError(err)
	}
	return w.obey(ctx)
}

func controlError(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return replica.ErrNoProgress
	}
	return link.Fail("target: read control", err)
}

// obey takes over what has changed.
func (w *Writer) obey(ctx context.Context) error {
	var paused bool
	var by, skip, state string
	var generation int64
	if err := w.pulse.QueryRow(ctx, selectControl, w.Slot).Scan(&paused, &by, &skip, &generation, &state); err != nil {
		return controlError(err)
	}
	var lsn wire.LSN
	if err := lsn.Scan(skip); err != nil {
		return controlError(err)
	}
	w.control.skip.Store(uint64(lsn))
	if generation != w.control.generation {
		w.control.reload.Store(true)
		poke(w.gate.changed)
	}
	if paused == w.control.paused {
		return nil
	}
	w.control.paused = paused
	w.gate.pause(paused)
	next, why := "paused", by
	if paused {
		w.Log.Info("paused", "by", by)
	} else {
		next, why = "streaming", ""
		w.Log.Info("going on after a pause")
	}
	if w.OnState != nil {
		w.OnState(next, why)
	}
	return replica.SetState(ctx, w.pulse, w.Slot, w.Epoch, next, "")
}

// skips reports whether the transaction with this commit record is to be left out.
func (w *Writer) skips(final wire.LSN) bool {
	return final != 0 && w.control.skip.Load() == uint64(final)
}

// watch gives signs of life while a batch takes long, as the applier's own transaction would show them only at its
// end, and looks for wishes: at once when it is told of one, and each second.
func (w *Writer) watch(ctx context.Context) error {
	if w.Unrecorded {
		<-ctx.Done()
		return ctx.Err()
	}
	if _, err := w.pulse.Exec(ctx, "LISTEN sync_control"); err != nil {
		return controlError(err)
	}
	fences := make(chan struct{}, 1)
	defer w.control.fences.Wait()
	last := time.Now()
	for {
		wait, cancel := context.WithTimeout(ctx, max(time.Second-time.Since(last), time.Millisecond))
		err := link.Told(wait, w.pulse)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !pgconn.Timeout(err):
			return link.Fail("target: listen", err)
		case err != nil:
			last = time.Now()
			err = errors.Join(w.beat(ctx), w.tellPause())
		}
		if err == nil {
			err = w.obey(ctx)
		}
		if err == nil {
			err = w.lookForFence(ctx, fences)
		}
		if err != nil {
			return err
		}
	}
}

// tellPause lets the reader know that nothing is applied because somebody wants it so.
func (w *Writer) tellPause() error {
	if !w.control.paused || w.heard.Load() == 0 { // before it has said anything the reader expects nothing
		return nil
	}
	if _, err := w.wire.Write(wire.AppendAck(nil, wire.Ack{LSN: wire.LSN(w.safe.Load()), Paused: true})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// beat says that the source was heard.
func (w *Writer) beat(ctx context.Context) error {
	if time.Since(time.Unix(0, w.heard.Load())) > 1500*time.Millisecond && !w.queue.isFull() {
		return nil
	}
	if w.OnHeard != nil {
		w.OnHeard()
	}
	_, err := w.pulse.Exec(ctx, `
		UPDATE sync.progress SET heard_at = clock_timestamp()
		 WHERE slot = $1 AND epoch = $2 AND heard_at < clock_timestamp() - interval '900 milliseconds'`, w.Slot, w.Epoch)
	if err != nil {
		return link.Fail("target: note a sign of life", err)
	}
	return nil
}
