package cases

import (
	"slices"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The acts that move a case between colleagues, or hurry them.
const (
	Take     Act = "take"      // into work, within one's own party
	HandBack Act = "hand_back" // to the party's pool
	Assign   Act = "assign"    // to a colleague
	Remind   Act = "remind"    // the party whose turn it is
)

// take moves a registered case into work when it is the party's turn. Each party takes the case within itself, an authority
// only once the case has reached it.
var take = rule{
	act: Take, from: running, right: WorkOn, undo: undoQuietly,
	object: func(w *Work) access.Object { return w.those(ToAct, ToIssue, ForOthers, ForApplicant) },
	denied: func(w *Work, actor access.Actor, err error) error {
		if access.Can(actor, WorkOn, w.Case.Object(w.Stages)) {
			return fault.New(fault.Conflict, "cases.take_of_party")
		}
		return err
	},
	hinders: func(w *Work) error {
		if mine, ok := w.Mine(w.by); ok && mine.Person == w.by.UserID && w.Case.State != Registered {
			return fault.New(fault.Conflict, "cases.yours_already")
		}
		return nil
	},
	check: func(w *Work, cmd Command) []fault.FieldError {
		if cmd.Text == "" && w.takesFrom() != "" {
			return []fault.FieldError{{Field: FieldOf(Take), Key: "cases.take_reason_required"}}
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		w.take(cmd.Text)
		return nil
	},
}

var handBack = rule{
	act: HandBack, from: running, right: WorkOn, undo: undoQuietly, permits: (*Work).permitsGivingOn, textMissing: "cases.hand_back_required",
	hinders: func(w *Work) error {
		if _, assigned := w.Mine(w.by); !assigned {
			return fault.New(fault.Conflict, "cases.nobodys")
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		w.handBack(cmd.Text)
		return nil
	},
}

var assign = rule{
	act: Assign, from: running, right: WorkOn, undo: undoQuietly, permits: (*Work).permitsGivingOn,
	check: func(_ *Work, cmd Command) []fault.FieldError {
		if cmd.toName == "" {
			return []fault.FieldError{{Field: "to", Key: "cases.colleague_required"}}
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		w.assign(cmd)
		return nil
	},
	detail: func(cmd Command) map[string]string { return map[string]string{"to": cmd.To.String()} },
}

var remind = rule{
	act: Remind, from: []State{Registered, InProgress, Decided}, right: WorkOn, undo: undoQuietly,
	object: func(w *Work) access.Object { return w.those(ForOthers) },
	hinders: func(w *Work) error {
		if w.remindedOn(w.now) {
			return fault.New(fault.Conflict, "cases.reminded_today")
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error { return w.addTyped(EventReminded, saysReminded, cmd.Text, false) },
}

// Party is the party for which the actor works on the case: one whose turn it is before others. False when it is none.
func (w *Work) Party(actor access.Actor) (access.Place, bool) {
	for _, party := range append(w.acting(), w.parties()...) {
		if access.Can(actor, WorkOn, w.objectOf(party)) {
			return party, true
		}
	}
	return access.Place{}, false
}

// Mine returns who works on the case within the actor's party.
func (w *Work) Mine(actor access.Actor) (Assignment, bool) {
	party, ok := w.Party(actor)
	if !ok {
		return Assignment{}, false
	}
	a, ok := w.Assigned[party]
	return a, ok
}

// takesFrom is the name of the colleague from whom whoever acts would take the case; "" when nobody has it.
func (w *Work) takesFrom() string {
	if a, ok := w.Mine(w.by); ok && a.Person != w.by.UserID {
		return a.Name
	}
	return ""
}

// latestTurn is since when nobody's turn has come.
func (w *Work) latestTurn() (at time.Time) {
	at = w.turnSince(w.first())
	for _, s := range w.actives() {
		if since := w.turnSince(s); since.After(at) {
			at = since
		}
	}
	return at
}

// remindedOn says whether somebody has reminded those whose turn it is on the day of a moment.
func (w *Work) remindedOn(at time.Time) bool {
	last := w.lastOf(EventReminded).In(locale.Kyiv())
	at = at.In(locale.Kyiv())
	return last.After(w.latestTurn()) && last.YearDay() == at.YearDay() && last.Year() == at.Year()
}

// take gives the case to whoever acts, within their party. Work begins with it when it is that party's turn.
func (w *Work) take(reason string) {
	party, _ := w.Party(w.by)
	first, from := w.Case.State == Registered && slices.Contains(w.acting(), party), w.takesFrom()
	w.give(party, Assignment{Person: w.by.UserID, Name: w.by.Name})
	if first {
		w.Case.State = InProgress
	}
	text := saysAssigned
	if from != "" {
		text = saysTakenOver
	}
	w.tellColleagues(EventAssigned, text, from, reason, first && from == "")
}

func (w *Work) assign(cmd Command) {
	party, _ := w.Party(w.by)
	w.give(party, Assignment{Person: cmd.To, Name: cmd.toName})
	w.tellColleagues(EventAssigned, saysGiven, cmd.toName, cmd.Text, false)
}

func (w *Work) handBack(reason string) {
	party, _ := w.Party(w.by)
	had := w.Assigned[party]
	delete(w.Assigned, party)
	w.tellColleagues(EventHandedBack, saysHandedBack, had.Name, reason, false)
}

// engage gives a case that nobody of the party works on to whoever has just worked on it. An official who only agrees or
// approves does not become its executor by that.
func (w *Work) engage() {
	party, ok := w.Party(w.by)
	if _, assigned := w.Assigned[party]; !ok || assigned || w.Turn(party).Office != "" {
		return
	}
	w.give(party, Assignment{Person: w.by.UserID, Name: w.by.Name})
}

// give writes down who works on the case within a party.
func (w *Work) give(party access.Place, a Assignment) {
	a.Since, a.By = w.now, w.by.Audit().ID
	if w.Assigned == nil {
		w.Assigned = map[access.Place]Assignment{}
	}
	w.Assigned[party] = a
}

// tellColleagues adds an event about a colleague. What was typed stays inside.
func (w *Work) tellColleagues(kind EventKind, text locale.Text, about, typed string, public bool) {
	w.add(kind, text, public)
	e := &w.Events[len(w.Events)-1]
	e.About, e.Typed = about, typed
}

// keepAssignedTo keeps the column that the release before reads: the person of a party whose turn it is.
func (w *Work) keepAssignedTo() {
	acting := w.acting()
	if len(acting) == 0 {
		return
	}
	w.Case.AssignedTo = nil
	for _, party := range acting {
		if a, assigned := w.Assigned[party]; assigned && w.Case.AssignedTo == nil {
			w.Case.AssignedTo = &a.Person
		}
	}
}

// capacity is how whoever acts comes to end a stage; the zero value where anybody of the party may.
func (w *Work) capacity(stage *Stage) offices.Capacity {
	c, _ := w.actsByOffice(stage)
	return c
}

// actsByOffice says whether whoever acts may end a stage: where the technological card names an office, its holder, their
// substitute, and the head while nobody holds it.
func (w *Work) actsByOffice(stage *Stage) (offices.Capacity, bool) {
	if stage == nil || stage.office() == "" || w.Case.State == Decided && w.issues() == nil { // nothing is left but to hand over
		return offices.Capacity{}, true
	}
	return w.Desk.Acts(offices.Office{Place: w.placeOf(stage).ID, Key: stage.office()})
}
