package cases

import (
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// EventTacit says in the history that silence counts as consent.
const EventTacit EventKind = "tacit"

// RecordSilence records that consent came by silence: an official says what the portal has flagged. It decides nothing, since the law
// has; the applicant reads what they may rely on, and what the authority does with the case after it goes on as before.
const RecordSilence Act = "record_silence"

// EventSilence is what it leaves in the history.
const EventSilence EventKind = "silence_recorded"

var recordSilence = rule{
	act: RecordSilence, from: []State{Registered, InProgress}, right: DecideOn, undo: undoOpenly, textMissing: "cases.silence_required",
	hinders: func(w *Work) error {
		if !w.Tacit() {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		return w.addTyped(EventSilence, sayDays("cases.says.silence", func(p *locale.Printer) []any { return []any{p.Date(w.Case.DueOn)} }), cmd.Text, true)
	},
}

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
	if !may || workdays.DateOf(w.now).Before(on) || w.lastEvent(EventTacit) != nil {
		return false
	}
	w.add(EventTacit, sayDays("cases.says.tacit", func(p *locale.Printer) []any { return []any{p.Date(w.Case.DueOn)} }), false)
	return true
}

// Tacit says whether silence counts as consent in the case, and nobody has decided it or recorded the consent since.
func (w *Work) Tacit() bool {
	return w.Case.State.Running() && w.lastEvent(EventTacit) != nil && w.lastEvent(EventSilence) == nil
}

// Consented is when an official recorded that consent came by silence, while the case goes on without a decision; nil otherwise.
func (w *Work) Consented() *time.Time {
	if e := w.lastEvent(EventSilence); e != nil && w.Case.State.Running() {
		return &e.At
	}
	return nil
}
