package cases

import (
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The acts that only write something down.
const (
	Message Act = "message" // to the applicant
	Note    Act = "note"    // for staff only
)

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
