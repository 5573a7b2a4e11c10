package snapshot

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/wire"
)

// meeting brings the stream of one table and the main one, which writes to all others, to one position.
//
// The table's stream has the whole of its load to catch up on. It does so while nobody waits (approach), and then the
// main stream stands, as PostgreSQL's own apply worker does, until the other is where it stands (hold). The position is
// one that the table's stream surely reaches: it only ever moves forward, and the main one stands.
//
// The main stream stands for at most stand at a time, because readers of every other table wait with it. In the k-th
// round it stands for stand and then goes on for stand/k. That the rounds end does not depend on which of the two is
// quicker, nor on how fast the source writes: if the table's stream applies s a second while the main one stands, and
// the main one m while it goes on, then after k rounds the distance is at most
//
//	D - k·stand·s + stand·m·(1 + 1/2 + … + 1/k)
//
// which is below zero for some k whatever D, m and s > 0 are, as k outgrows its harmonic sum. Usually it is so for
// k = 1. A round in which the table's stream applied nothing at all does not count and makes nobody wait again until it
// moves: whoever stands still costs the others nothing, and whoever is slow is never too late.
type meeting struct {
	main, shadow apply.Holder
	settled      wire.LSN // before it the table's rows are of several moments, as its load was interrupted
	stand        time.Duration
	log          *slog.Logger
}

const (
	closeBy  = 10                     // approach is done once a leg takes no more than a tenth of a stand
	lookEach = 100 * time.Millisecond // at a stream that does not move
)

// approach lets the table's stream come near, and the main stream pass where the other began, while nobody waits. Each
// leg leads to where the main stream was when it began, and the next one is only as long as the main stream got
// meanwhile. Once legs become hardly shorter, only standing helps.
func (m *meeting) approach(ctx context.Context) error {
	first, err := awaitPosition(ctx, m.shadow, m.settled)
	if err != nil {
		return err
	}
	patience := time.Duration(math.MaxInt64)
	for {
		at, err := awaitPosition(ctx, m.main, first)
		if err != nil {
			return err
		}
		leg, cancel := context.WithTimeout(ctx, patience)
		began := time.Now()
		_, err = awaitPosition(leg, m.shadow, at)
		cancel()
		took := time.Since(began)
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) || err == nil && took <= m.stand/closeBy {
			return nil
		}
		if err != nil {
			return err
		}
		patience = took * 3 / 4
	}
}

// awaitPosition waits until the stream has passed lsn and returns where it was then.
func awaitPosition(ctx context.Context, h apply.Holder, lsn wire.LSN) (wire.LSN, error) {
	at, release, err := h.HoldAt(ctx, lsn)
	release()
	return at, err
}

// hold makes both stand where the same transactions are applied, until release.
func (m *meeting) hold(ctx context.Context) (at wire.LSN, release func(), err error) {
	for round := time.Duration(1); ; round++ {
		main := &standing{Holder: m.main, release: func() {}}
		shadow := &standing{Holder: m.shadow, release: func() {}}
		release := func() { main.release(); shadow.release() }
		_, before := m.shadow.Stands()
		err := main.moveTo(ctx, 0)
		if err == nil {
			err = m.bringLevel(ctx, main, shadow)
		}
		if err == nil {
			return main.at, release, nil
		}
		release()
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return 0, func() {}, err
		}
		moved, err := m.goOn(ctx, main.at, before, m.stand/round)
		if err != nil {
			return 0, func() {}, err
		}
		if !moved {
			round = 0
		}
	}
}

// standing is one of the two, and where it stands.
type standing struct {
	apply.Holder
	at      wire.LSN
	release func()
}

// moveTo lets it go on to lsn.
func (s *standing) moveTo(ctx context.Context, lsn wire.LSN) (err error) {
	s.release()
	s.at, s.release, err = s.HoldAt(ctx, lsn)
	return err
}

// bringLevel makes both stand at one position, once the main stream stands. The one that is behind goes on while the other
// stands; either may have to go further than it was asked, because some transactions become visible only together. It
// ends with DeadlineExceeded when the main stream has stood for too long.
func (m *meeting) bringLevel(ctx context.Context, main, shadow *standing) error {
	for shadow.at != main.at {
		if shadow.at > main.at {
			if err := main.moveTo(ctx, shadow.at); err != nil { // it does not stand meanwhile, so there is no hurry
				return err
			}
			continue
		}
		wait, cancel := context.WithTimeout(ctx, m.stand)
		err := shadow.moveTo(wait, main.at)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// goOn lets the main stream go on for a while, or until the other is where it stood, and reports whether the other has
// applied anything since before. If not, it waits until it does.
func (m *meeting) goOn(ctx context.Context, at wire.LSN, before uint64, while time.Duration) (moved bool, err error) {
	if _, now := m.shadow.Stands(); now == before {
		m.log.Warn("the table's own stream stands still; the other tables go on without it until it moves")
		return false, m.awaitMove(ctx, before)
	}
	wait, cancel := context.WithTimeout(ctx, while)
	defer cancel()
	_, err = awaitPosition(wait, m.shadow, at)
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return true, err
}

// awaitMove waits until the table's stream has applied something since before.
func (m *meeting) awaitMove(ctx context.Context, before uint64) error {
	tick := time.NewTicker(lookEach)
	defer tick.Stop()
	for {
		if _, now := m.shadow.Stands(); now != before {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-m.shadow.Ended():
			return apply.ErrStreamEnded
		case <-tick.C:
		}
	}
}
