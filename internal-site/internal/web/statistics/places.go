package statistics

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/statistics"
	"portal.example/shared/fault"
)

// How many tables and prints somebody can have made at a time, how many questions somebody can have counted, and how many are counted for all
// together: half of the connections of the site stay for other work.
const (
	mostTaken        = 2
	mostCounted      = 2
	mostCountedOfAll = 6
)

// places are for work that takes long. Nobody waits for one: whoever finds none is told so, and nothing queues up.
type places struct {
	one, all      int    // how many there are for each person, and for all together; 0: as many as all of them need
	full, crowded string // words for whoever has taken all of theirs, and for whom others have left none

	sync.Mutex
	of    map[uuid.UUID]int
	taken int
}

// take takes one of somebody's places. Its error is an Unavailable one.
func (p *places) take(who uuid.UUID) (leave func(), err error) {
	p.Lock()
	defer p.Unlock()
	switch {
	case p.of[who] >= p.one:
		return nil, fault.New(fault.Unavailable, p.full)
	case p.all > 0 && p.taken >= p.all:
		return nil, fault.New(fault.Unavailable, p.crowded)
	}
	if p.of == nil {
		p.of = map[uuid.UUID]int{}
	}
	p.of[who]++
	p.taken++
	return func() {
		p.Lock()
		defer p.Unlock()
		p.taken--
		if p.of[who]--; p.of[who] == 0 {
			delete(p.of, who)
		}
	}, nil
}

// counted are the statistics of which everything that reads all the cases of a period takes a place. A place is held while the database
// counts, and not while the answer is sent.
type counted struct {
	Statistics
	places *places
}

// inPlace reads in one of the actor's places.
func inPlace[T any](p *places, actor access.Actor, read func() (T, error)) (answer T, err error) {
	leave, err := p.take(actor.UserID)
	if err != nil {
		return answer, err
	}
	defer leave()
	return read()
}

func (s counted) Figures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.Figures, error) {
	return inPlace(s.places, actor, func() ([]statistics.Figures, error) { return s.Statistics.Figures(ctx, actor, q) })
}

func (s counted) List(ctx context.Context, actor access.Actor, f statistics.Filter, at statistics.Place, size int) (statistics.Page, error) {
	return inPlace(s.places, actor, func() (statistics.Page, error) { return s.Statistics.List(ctx, actor, f, at, size) })
}

func (s counted) StageFigures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.StageFigures, error) {
	return inPlace(s.places, actor, func() ([]statistics.StageFigures, error) { return s.Statistics.StageFigures(ctx, actor, q) })
}

func (s counted) Stages(ctx context.Context, actor access.Actor, f statistics.StageFilter, at statistics.StagePlace, size int) (statistics.StagePage, error) {
	return inPlace(s.places, actor, func() (statistics.StagePage, error) { return s.Statistics.Stages(ctx, actor, f, at, size) })
}

func (s counted) Standings(ctx context.Context, actor access.Actor, q statistics.Question, today time.Time) ([]statistics.Standing, error) {
	return inPlace(s.places, actor, func() ([]statistics.Standing, error) { return s.Statistics.Standings(ctx, actor, q, today) })
}

func (s counted) Waiting(ctx context.Context, actor access.Actor, f statistics.StandingFilter, today time.Time, at statistics.Place, size int) (statistics.WaitingPage, error) {
	return inPlace(s.places, actor, func() (statistics.WaitingPage, error) { return s.Statistics.Waiting(ctx, actor, f, today, at, size) })
}

func (s counted) RefusalFigures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.RefusalFigures, error) {
	return inPlace(s.places, actor, func() ([]statistics.RefusalFigures, error) { return s.Statistics.RefusalFigures(ctx, actor, q) })
}

func (s counted) Refusals(ctx context.Context, actor access.Actor, f statistics.RefusalFilter, at statistics.RefusalPlace, size int) (statistics.RefusalPage, error) {
	return inPlace(s.places, actor, func() (statistics.RefusalPage, error) { return s.Statistics.Refusals(ctx, actor, f, at, size) })
}

func (s counted) ReturnFigures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.ReturnFigures, error) {
	return inPlace(s.places, actor, func() ([]statistics.ReturnFigures, error) { return s.Statistics.ReturnFigures(ctx, actor, q) })
}

func (s counted) Returns(ctx context.Context, actor access.Actor, f statistics.ReturnFilter, at statistics.ReturnPlace, size int) (statistics.ReturnPage, error) {
	return inPlace(s.places, actor, func() (statistics.ReturnPage, error) { return s.Statistics.Returns(ctx, actor, f, at, size) })
}

func (s counted) PeopleFigures(ctx context.Context, actor access.Actor, q statistics.Question, today time.Time) ([]statistics.PersonFigures, error) {
	return inPlace(s.places, actor, func() ([]statistics.PersonFigures, error) { return s.Statistics.PeopleFigures(ctx, actor, q, today) })
}

func (s counted) PersonStages(ctx context.Context, actor access.Actor, f statistics.PersonFilter, at statistics.StagePlace, size int) (statistics.StagePage, error) {
	return inPlace(s.places, actor, func() (statistics.StagePage, error) { return s.Statistics.PersonStages(ctx, actor, f, at, size) })
}

func (s counted) PersonWaiting(ctx context.Context, actor access.Actor, f statistics.PersonFilter, today time.Time, at statistics.Place, size int) (statistics.WaitingPage, error) {
	return inPlace(s.places, actor, func() (statistics.WaitingPage, error) {
		return s.Statistics.PersonWaiting(ctx, actor, f, today, at, size)
	})
}
