package inbound

import (
	"context"
	"log/slog"
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

// sweeper removes attachments outside that nobody sent. Only one goroutine may use it.
type sweeper struct {
	store *blob.Bucket // outside
	log   *slog.Logger
	now   func() time.Time
	swept time.Time // when it last removed them
}

// keepSwept sweeps at regular intervals once first is closed. It uses connections of its own, because the outside can make a sweep take
// arbitrarily long.
func (s *sweeper) keepSwept(ctx context.Context, first <-chan struct{}, open func(ctx context.Context, application string) (*pgx.Conn, error)) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-first: // messages that wait come before attachments that nobody wants
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if outside, err := open(ctx, "fetcher sweep"); err != nil {
			s.noteFailure(err)
		} else {
			s.sweepOutside(ctx, outside)
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
func (s *sweeper) sweepOutside(ctx context.Context, outside *pgx.Conn) {
	if s.now().Sub(s.swept) < sweepEvery {
		return
	}
	s.swept = s.now()
	ctx, cancel := context.WithTimeout(ctx, bringWithin)
	defer cancel()
	waiting, complete, err := waitingIDs(ctx, outside)
	if err == nil && complete {
		err = s.removeOrphans(ctx, waiting, s.now().Add(-orphanAge))
	}
	if err != nil {
		s.noteFailure(err)
	}
}

func (s *sweeper) noteFailure(err error) {
	s.log.Warn("inbound: unsent attachments outside could not be removed", "error", link.Text(err))
}

func (s *sweeper) removeOrphans(ctx context.Context, waiting map[string]bool, before time.Time) error {
	removed := 0
	err := s.store.Keys(ctx, "", func(o blob.Info) error {
		id, _, _ := strings.Cut(o.Key, "/")
		if waiting[id] || !o.Modified.Before(before) {
			return nil
		}
		removed++
		return s.store.Remove(ctx, o.Key)
	})
	if removed > 0 {
		s.log.Info("inbound: unsent attachments outside are removed", "objects", removed)
	}
	return err
}
