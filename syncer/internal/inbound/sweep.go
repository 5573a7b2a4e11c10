package inbound

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/blob"
	"portal.example/syncer/internal/link"
)

// Attachments are uploaded to the bucket outside while an application is still being filled in, and the public binary may neither
// list nor read there. An attachment that belongs to no waiting message, long after every draft has expired, was either never sent
// or is already durable inside.
const (
	sweepEvery = time.Hour
	orphanAge  = 15 * 24 * time.Hour // the longest life of a draft is 14 days (external-site)
	maxWaiting = 1000                // what inbound.pending gives at the most
)

// keepSwept sweeps at regular intervals, on a connection of its own, because the outside can make a sweep take arbitrarily long.
func (f *Fetcher) keepSwept(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-f.first: // what waits comes before what nobody wants
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if outside, err := f.openOutside(ctx, "fetcher sweep"); err != nil {
			f.notSwept(err)
		} else {
			f.sweepOutside(ctx, outside)
			link.Close(outside)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// sweepOutside removes sealed attachments that no message will ever name. A failure is only logged; the next sweep tries again.
func (f *Fetcher) sweepOutside(ctx context.Context, outside *pgx.Conn) {
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	if now().Sub(f.swept) < sweepEvery {
		return
	}
	f.swept = now()
	ctx, cancel := context.WithTimeout(ctx, bringWithin)
	defer cancel()
	waiting, complete, err := waitingIDs(ctx, outside)
	if err == nil && complete {
		err = f.removeOrphans(ctx, waiting, now().Add(-orphanAge))
	}
	if err != nil {
		f.notSwept(err)
	}
}

func (f *Fetcher) notSwept(err error) {
	f.Log.Warn("inbound: unsent attachments outside could not be removed", "error", link.Text(err))
}

func (f *Fetcher) removeOrphans(ctx context.Context, waiting map[string]bool, before time.Time) error {
	removed := 0
	err := f.OutsideStore.Keys(ctx, "", func(o blob.Info) error {
		id, _, _ := strings.Cut(o.Key, "/")
		if waiting[id] || !o.Modified.Before(before) {
			return nil
		}
		removed++
		return f.OutsideStore.Remove(ctx, o.Key)
	})
	if removed > 0 {
		f.Log.Info("inbound: unsent attachments outside are removed", "objects", removed)
	}
	return err
}
