package cases

import (
	"math"
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
		one := stageMeasure{position: s.Position, party: w.placeOf(s).ID, name: s.Title(), late: s.DueOn != nil && workdays.DateOf(*s.FinishedAt).After(*s.DueOn)}
		one.taken, one.paused = w.elapsed(*s.StartedAt, *s.FinishedAt, pauses)
		m.stages = append(m.stages, one)
	}
	return m, true
}

// elapsed is Elapsed over the calendar of the case, within what a row takes: ninety years.
func (w *Work) elapsed(from, to time.Time, pauses []workdays.Pause) (ran, stood workdays.Elapsed) {
	ran, stood = w.calendar.Elapsed(from, to, pauses...)
	for _, e := range []*workdays.Elapsed{&ran, &stood} {
		e.Days, e.Working = min(e.Days, math.MaxInt16), min(e.Working, math.MaxInt16)
	}
	return ran, stood
}
