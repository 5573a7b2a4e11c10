package cases

import (
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Party is the party for which the actor works on the case: the one whose turn it is before others. False when it is none.
func (w *Work) Party(actor access.Actor) (access.Place, bool) {
	if acting, ok := w.acting(); ok && access.Can(actor, WorkOn, w.objectOf(acting)) {
		return acting, true
	}
	for _, party := range w.parties() {
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

// hindersDesk says why one of the acts that move a case between colleagues cannot be done now.
func (w *Work) hindersDesk(act Act) error {
	mine, assigned := w.Mine(w.by)
	switch {
	case act == Take && assigned && mine.Person == w.by.UserID && w.Case.State != Registered:
		return fault.New(fault.Conflict, "cases.yours_already")
	case act == HandBack && !assigned:
		return fault.New(fault.Conflict, "cases.nobodys")
	case act == Remind && w.remindedOn(w.now):
		return fault.New(fault.Conflict, "cases.reminded_today")
	}
	return nil
}

// remindedOn says whether somebody has reminded the party whose turn it is on the day of a moment.
func (w *Work) remindedOn(at time.Time) bool {
	last := w.lastOf(EventReminded).In(locale.Kyiv())
	at = at.In(locale.Kyiv())
	return last.After(w.turnSince()) && last.YearDay() == at.YearDay() && last.Year() == at.Year()
}

// take gives the case to whoever acts, within their party. Work begins with it when it is that party's turn.
func (w *Work) take(reason string) {
	party, _ := w.Party(w.by)
	acting, _ := w.acting()
	first, from := w.Case.State == Registered && party == acting, w.takesFrom()
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

// keepAssignedTo keeps the column that the release before reads: the person of the party whose turn it is.
func (w *Work) keepAssignedTo() {
	party, ok := w.acting()
	if !ok {
		return
	}
	w.Case.AssignedTo = nil
	if a, assigned := w.Assigned[party]; assigned {
		w.Case.AssignedTo = &a.Person
	}
}

// capacity is how whoever acts comes to end the active stage; the zero value where anybody of the party may.
func (w *Work) capacity() offices.Capacity {
	c, _ := w.actsByOffice()
	return c
}

// actsByOffice says whether whoever acts may end the active stage: where the technological card names an office, its holder,
// their substitute, and the head while nobody holds it.
func (w *Work) actsByOffice() (offices.Capacity, bool) {
	party, ok := w.acting()
	if !ok {
		return offices.Capacity{}, true
	}
	office := w.Turn(party).Office
	if office == "" {
		return offices.Capacity{}, true
	}
	return w.Desk.Acts(offices.Office{Place: party.ID, Key: office})
}
