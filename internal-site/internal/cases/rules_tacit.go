package cases

import (
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// EventTacit says in the history that silence counts as consent.
const EventTacit EventKind = "tacit"

// silence is how long after a missed term silence counts as consent.
var silence = workdays.Span{Days: 10, In: workdays.InWorking}

// TacitOn is the first day on which the silence of the authority counts as consent, where its card says that it can; false where it
// cannot, and while the work stands still or the case is decided.
func (w *Work) TacitOn() (time.Time, bool) {
	if !w.Card.Term.Tacit || !w.Case.State.Running() {
		return time.Time{}, false
	}
	return w.calendar.Deadline(midday(w.Case.DueOn), silence, w.now).Due.AddDate(0, 0, 1), true
}

// midday is a moment of a date, whatever the zone.
func midday(date time.Time) time.Time { return date.Add(12 * time.Hour) }

// flagTacit writes into the history that silence counts as consent, if it does on the day of now. Nothing is decided by it, and the
// applicant is told nothing: that is for a person.
func (w *Work) flagTacit() bool {
	on, may := w.TacitOn()
	if !may || workdays.DateOf(w.now).Before(on) || w.Tacit() {
		return false
	}
	w.add(EventTacit, sayDays("cases.says.tacit", func(p *locale.Printer) []any { return []any{p.Date(w.Case.DueOn)} }), false)
	return true
}

// Tacit says whether silence counts as consent in the case, and nobody has decided it since.
func (w *Work) Tacit() bool {
	return w.Case.State.Running() && w.lastEvent(EventTacit) != nil
}
