package cases

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// measure is what statistics count of a case that has come to its end.
type measure struct {
	completedOn, registeredOn time.Time // dates, midnight UTC
	issuedOn                  *time.Time
	hour                      int // of the registration, in Kyiv
	completed, paused         workdays.Elapsed
	issued                    *workdays.Elapsed
	late                      bool
	stages                    []stageMeasure
}

// stageMeasure is what statistics count of a stage that was done.
type stageMeasure struct {
	position      int
	party         uuid.UUID
	person        *uuid.UUID // who ended it; nil where the portal did
	name          locale.Text
	late          bool
	taken, paused workdays.Elapsed
}

// end is when the case came to its end: decided, or taken back by its applicant; nil before.
func (c Case) end() *time.Time {
	if c.Outcome == Withdrawn {
		return c.ClosedAt
	}
	return c.DecidedAt
}

// measure counts the case and its stages. There is nothing to count before its end.
func (w *Work) measure() (m measure, ok bool) {
	c := w.Case
	end := c.end()
	if end == nil {
		return m, false
	}
	m.completedOn, m.registeredOn, m.hour = workdays.DateOf(*end), workdays.DateOf(c.RegisteredAt), c.RegisteredAt.In(locale.Kyiv()).Hour()
	pauses := PausesOf(w.Events)
	m.completed, m.paused = w.elapsed(c.RegisteredAt, *end, pauses)
	m.late = c.Outcome != Withdrawn && m.completedOn.After(c.DueOn)
	if e := w.lastEvent(EventIssued); e != nil && c.DecidedAt != nil && !e.At.Before(*c.DecidedAt) {
		on := workdays.DateOf(e.At)
		taken, _ := w.elapsed(c.RegisteredAt, e.At, pauses)
		m.issuedOn, m.issued = &on, &taken
	}
	for i := range w.Stages {
		s := &w.Stages[i]
		if s.State != StageDone || s.StartedAt == nil || s.FinishedAt == nil {
			continue
		}
		end := w.workedUntil(s)
		one := stageMeasure{position: s.Position, party: w.placeOf(s).ID, person: s.FinishedBy, name: s.Title(), late: s.DueOn != nil && workdays.DateOf(end).After(*s.DueOn)}
		one.taken, one.paused = w.elapsed(*s.StartedAt, end, pauses)
		m.stages = append(m.stages, one)
	}
	return m, true
}

// workedUntil is until when the party of a stage that was done had to work on it. One that the handing over has ended took the centre until the
// result was there to be collected: from then on it waited for its applicant.
func (w *Work) workedUntil(s *Stage) time.Time {
	end := *s.FinishedAt
	handed := slices.ContainsFunc(w.Events, func(e Event) bool { return e.Kind == EventIssued && e.At.Equal(end) })
	if s.AuthorityID != nil || !handed || w.Case.DecidedAt == nil || w.Case.DecidedAt.After(end) {
		return end
	}
	ready := *w.Case.DecidedAt
	for _, at := range w.times(EventResultReady) {
		if at.After(ready) && !at.After(end) {
			ready = at
		}
	}
	if ready.Before(*s.StartedAt) {
		return *s.StartedAt
	}
	return ready
}

// times are when events of the kind happened.
func (w *Work) times(kind EventKind) (list []time.Time) {
	for _, e := range w.Events {
		if e.Kind == kind {
			list = append(list, e.At)
		}
	}
	return list
}

// elapsed is Elapsed over the calendar of the case, within what a row takes: ninety years.
func (w *Work) elapsed(from, to time.Time, pauses []workdays.Pause) (ran, stood workdays.Elapsed) {
	ran, stood = w.calendar.Elapsed(from, to, pauses...)
	for _, e := range []*workdays.Elapsed{&ran, &stood} {
		e.Days, e.Working = min(e.Days, math.MaxInt16), min(e.Working, math.MaxInt16)
	}
	return ran, stood
}
