package cases

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// UndoFor is how long an act can be taken back by whoever did it, and how long its notice to the applicant waits.
const UndoFor = time.Minute

// undoing says whether an act can be taken back, and whether the applicant is told that it was.
type undoing string

// The ways. The zero value is for acts that cannot be taken back: by law, because something has left that cannot be called
// back, or because they change more than the case, its stages and who works on it.
const (
	undoQuietly undoing = "quietly" // the applicant sees the case as it was before
	undoOpenly  undoing = "openly"  // the applicant may have read of it, so the history says that it was taken back
)

// before is the part of a case that acts which can be taken back may change.
type before struct {
	Case     Case
	Stages   []Stage
	Assigned []assigned
}

type assigned struct {
	Place access.Place
	Assignment
}

// remember returns the case as it is. The applicant's answers are left out: no act changes them.
func (w *Work) remember() before {
	b := before{Case: w.Case, Stages: slices.Clone(w.Stages)}
	b.Case.Answers = nil
	for place, a := range w.Assigned {
		b.Assigned = append(b.Assigned, assigned{place, a})
	}
	return b
}

// CanBeUndone says whether the act can be taken back for a moment.
func (a Act) CanBeUndone() bool { return acts[a].undo != "" }

// Undo is an act that can still be taken back.
type Undo struct {
	CaseID  uuid.UUID
	Number  string // of the case
	Act     Act
	Version int // of the case
	Until   time.Time

	person uuid.UUID
	before json.RawMessage
	events []uuid.UUID
}

// hindersUndo says why whoever acts cannot take the act back now.
func (w *Work) hindersUndo(u Undo) error {
	switch {
	case u.person != w.by.UserID:
		return fault.New(fault.Forbidden, "")
	case w.now.After(u.Until):
		return fault.New(fault.Conflict, "cases.undo_late")
	case u.Version != w.Case.Version:
		return fault.New(fault.Conflict, "cases.undo_acted_since")
	case acts[u.Act].undo == "":
		return fault.New(fault.Conflict, "cases.act_refused")
	}
	return nil
}

// undo puts the case back to where it was before the act. Events of the act stay in the history, as taken back.
func (w *Work) undo(u Undo) error {
	if err := w.hindersUndo(u); err != nil {
		return err
	}
	var b before
	if err := json.Unmarshal(u.before, &b); err != nil {
		return fault.Wrap(fault.Internal, err, "")
	}
	if !sameStages(b.Stages, w.Stages) {
		return fault.New(fault.Conflict, "cases.undo_acted_since")
	}
	version, answers := w.Case.Version, w.Case.Answers
	until, since := w.Case.StoredUntil, w.Case.UncollectedAt // the applicant may have been told meanwhile
	w.Case, w.Stages, w.Assigned = b.Case, b.Stages, map[access.Place]Assignment{}
	w.Case.Version, w.Case.Answers = version, answers
	w.Case.StoredUntil, w.Case.UncollectedAt = cmp.Or(until, b.Case.StoredUntil), cmp.Or(since, b.Case.UncollectedAt)
	for _, a := range b.Assigned {
		w.Assigned[a.Place] = a.Assignment
	}
	if err := w.permit(u.Act); err != nil { // whoever has lost the right meanwhile does not take it back either
		return err
	}
	seen := false
	for i := range w.Events {
		if e := &w.Events[i]; slices.Contains(u.events, e.ID) {
			seen = seen || e.Published
			e.Was, e.Kind, e.UndoneAt, e.Published, e.Sealed, e.Asked = e.Kind, EventUndone, w.moment(), false, nil, nil
		}
	}
	if acts[u.Act].undo == undoOpenly && seen {
		w.add(EventTakenBack, say("cases.says.taken_back."+string(u.Act)), true)
	}
	return nil
}

// sameStages says whether the stages are those of before, in whatever state.
func sameStages(a, b []Stage) bool {
	return slices.EqualFunc(a, b, func(x, y Stage) bool { return x.ID == y.ID })
}
