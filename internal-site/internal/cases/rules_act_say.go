package cases

import (
	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The acts that only write something down.
const (
	Message Act = "message" // to the applicant
	Note    Act = "note"    // for staff only
	Opinion Act = "opinion" // what an official finds, for whoever decides
)

// EventOpinion is what an official finds. It stays inside, and stands beside the decision.
const EventOpinion EventKind = "opinion"

// says are the acts whose text is typed in one place, since they differ in nothing but who reads it.
var says = []Act{Message, Note, Opinion}

const sayField = "say_text"

var message = rule{
	act: Message, from: []State{Registered, InProgress, Suspended, Decided, Issued}, right: WorkOn, undo: undoOpenly, object: (*Work).ofApplicant,
	textMissing: "cases.message_required", appends: EventMessage,
	hinders: func(w *Work) error {
		if !w.Case.Tracked {
			return fault.New(fault.Conflict, "cases.nobody_reads")
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error { return w.addTyped(EventMessage, locale.Text{}, cmd.Text, true) },
}

var note = rule{
	act: Note, from: States, right: WorkOn, undo: undoQuietly, textMissing: "cases.note_required", appends: EventNote,
	perform: func(w *Work, cmd Command) error { return w.addTyped(EventNote, locale.Text{}, cmd.Text, false) },
}

var opinion = rule{
	act: Opinion, from: []State{InProgress, Suspended}, right: WorkOn, undo: undoQuietly, object: (*Work).ofThoseAsked,
	textMissing: "cases.opinion_required", appends: EventOpinion,
	perform: func(w *Work, cmd Command) error { return w.addTyped(EventOpinion, locale.Text{}, cmd.Text, false) },
}

// ofThoseAsked is the case as those have it whose opinion it takes: the parties of its active stages, and once the case has reached it
// the authority that decides, whose officials may be asked by a colleague.
func (w *Work) ofThoseAsked() (o access.Object) {
	for i := range w.Stages {
		s := &w.Stages[i]
		if s.State == StageActive || s.StartedAt != nil && s.of(w.Case.AuthorityID) {
			of := w.party(s)
			o.Own, o.Part = append(o.Own, of.Own...), append(o.Part, of.Part...)
		}
	}
	return o
}

// Opinions are what officials have found, the earliest first.
func (w *Work) Opinions() (list []Event) {
	for _, e := range w.Events {
		if e.Kind == EventOpinion {
			list = append(list, e)
		}
	}
	return list
}
