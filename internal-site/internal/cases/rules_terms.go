package cases

import (
	"slices"
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// reckonTerms counts the last days of the case and of its active stages anew, over the calendar as it is now. A case that was
// decided keeps the day by which it had to be. While a case stands still, its last days are those from before: the page says
// how many days are left, and resuming counts them.
func (w *Work) reckonTerms() {
	pauses := ended(PausesOf(w.Events))
	if w.Case.State.Running() || w.Case.State == Suspended {
		w.Case.DueOn = w.calendar.Extended(w.Case.FiledAt, w.Term, w.extensions(), w.now, pauses...).Due
	}
	for i := range w.Stages {
		s := &w.Stages[i]
		if s.State != StageActive || s.StartedAt == nil {
			continue
		}
		if due := w.calendar.Extended(*s.StartedAt, s.Span(), w.extensionsOf(*s), w.now, pauses...).Due; s.DueOn == nil || !s.DueOn.Equal(due) {
			s.DueOn = &due
		}
	}
}

// ended are the pauses that are over.
func ended(pauses []workdays.Pause) []workdays.Pause {
	return slices.DeleteFunc(pauses, func(p workdays.Pause) bool { return p.To.IsZero() })
}

// Shift is what a change of the calendar does to the cases that are open.
type Shift struct {
	Open   int // cases that were looked at
	Cases  int // whose own last day moves
	Stages int // whose last day moves
	Late   int // cases that become overdue by it
	Saved  int // cases that are overdue no longer
	Others int // terms of requests to authorities and of questions that move
}

// Moves says whether any day moves.
func (s Shift) Moves() bool { return s.Cases+s.Stages+s.Others > 0 }

// add counts a case before and after its terms were reckoned.
func (s *Shift) add(before, after *Work, today time.Time) {
	s.Open++
	m := movedBetween(before, after)
	if m.moved {
		s.Cases++
	}
	s.Stages += len(m.stages)
	late := func(w *Work) bool { return w.Case.State.Running() && w.Case.DueOn.Before(today) }
	switch {
	case late(after) && !late(before):
		s.Late++
	case late(before) && !late(after):
		s.Saved++
	}
}

// moved is what reckoning changed: the case's last day, and which stages'.
type moved struct {
	moved    bool
	from, to time.Time
	stages   []int
}

func movedBetween(before, after *Work) (m moved) {
	m.from, m.to = before.Case.DueOn, after.Case.DueOn
	m.moved = !m.from.Equal(m.to)
	for i := range after.Stages {
		if a, b := before.Stages[i].DueOn, after.Stages[i].DueOn; b != nil && (a == nil || !a.Equal(*b)) {
			m.stages = append(m.stages, i)
		}
	}
	return m
}

// recount reckons the terms of the case over its calendar and writes into its history what moved; nothing moves when it
// returns false.
func (w *Work) recount() bool {
	before := &Work{Case: w.Case, Stages: slices.Clone(w.Stages)}
	w.reckonTerms()
	m := movedBetween(before, w)
	switch {
	case m.moved:
		w.add(EventRecounted, saysRecounted(m.from, m.to), true)
	case len(m.stages) > 0:
		s := w.Stages[m.stages[0]]
		w.add(EventRecounted, saysStageRecounted(s), false)
	default:
		return false
	}
	return true
}

// saysRecounted tells the applicant too, so it names days and no reason but the calendar.
func saysRecounted(from, to time.Time) locale.Text {
	return sayDays("cases.says.recounted", func(p *locale.Printer) []any { return []any{p.Date(to), p.Date(from)} })
}

func saysStageRecounted(s Stage) locale.Text {
	return sayDays("cases.says.stage_recounted", func(p *locale.Printer) []any { return []any{p.Value(nameOf(s)), p.Date(*s.DueOn)} })
}

// sayDays writes a sentence with days, which each language writes in its own way.
func sayDays(key string, args func(*locale.Printer) []any) locale.Text {
	uk, en := said.In(locale.UK), said.In(locale.EN)
	return locale.Text{UK: uk.T(key, args(uk)...), EN: en.T(key, args(en)...)}
}
