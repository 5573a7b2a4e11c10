package replication

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	unpublishedSeconds = 35 // three heartbeats of 10 s
	unpublishedQuick   = 24
	noisePause         = 100 * time.Millisecond
)

// unpublished: the source is busy with a table that is not published. A slot that stands still meanwhile
// keeps all of that WAL.
func unpublished(ctx context.Context, l *lab) (err error) {
	a, err := l.newArena(ctx, "unpublished", table{name: "items", rows: l.size(10_000)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := execute(ctx, a.source, "create table bench.noise (n bigint, text text)"); err != nil {
		return err
	}
	contenders, err := a.two(ctx, "")
	if err != nil {
		return err
	}
	seconds := unpublishedSeconds
	if l.Quick {
		seconds = unpublishedQuick
	}
	s := l.report.section("unpublished", fmt.Sprintf("%d s of writes to a table that is not published", seconds),
		"standstill: longest time in which the slot's confirmed position did not move; left: WAL after it at the end; once, whatever --rounds is")
	for _, c := range contenders {
		if err := a.unpublishedLeg(ctx, s, c, time.Duration(seconds)*time.Second); err != nil {
			return err
		}
	}
	s.atMost("standstill of the syncer's slot", s.line(syncerName, "standstill", "s").Median, standstillLimit, "s")
	s.memory()
	return nil
}

func (a *arena) unpublishedLeg(ctx context.Context, s *Section, c contender, d time.Duration) error {
	if err := a.present(ctx, c); err != nil {
		return err
	}
	var still time.Duration
	var left int64
	cpu, err := a.alone(ctx, s, func() (err error) {
		still, left, err = a.noise(ctx, c, d)
		return err
	})
	if err != nil {
		return err
	}
	line := s.line(c.name(), "standstill", "s")
	line.add(still.Seconds())
	line.spent(usage{cpu: cpu})
	s.line(c.name(), "left", "MiB").add(float64(left) / (1 << 20))
	a.note("unpublished: %-22s stood still for %.1f s at most", c.name(), still.Seconds())
	return a.leaveEqual(ctx, c, line)
}

// noise writes for d and watches the slot.
func (a *arena) noise(ctx context.Context, c contender, d time.Duration) (still time.Duration, left int64, err error) {
	tick := time.NewTicker(noisePause)
	defer tick.Stop()
	began := time.Now()
	moved, at := began, ""
	for time.Since(began) < d {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, 0, context.Cause(ctx)
		}
		if err := c.ended(ctx); err != nil {
			return 0, 0, err
		}
		if _, err := a.source.Exec(ctx, "insert into bench.noise select n, repeat('x', 400) from generate_series(1, 200) n"); err != nil {
			return 0, 0, fmt.Errorf("write to the unpublished table: %w", cause(ctx, err))
		}
		position, bytes, err := a.slotPosition(ctx, c)
		if err != nil {
			return 0, 0, err
		}
		left = bytes
		if position != at {
			moved, at = time.Now(), position
		}
		still = max(still, time.Since(moved))
	}
	return still, left, nil
}

func (a *arena) slotPosition(ctx context.Context, c contender) (position string, left int64, err error) {
	err = a.source.QueryRow(ctx, `select confirmed_flush_lsn::text, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), confirmed_flush_lsn)::bigint
		from pg_replication_slots where slot_name = $1`, c.slot()).Scan(&position, &left)
	if err != nil {
		return "", 0, fmt.Errorf("slot %s: %w", c.slot(), cause(ctx, err))
	}
	return position, left, nil
}
