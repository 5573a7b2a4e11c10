package cases

import (
	"encoding/json"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// May says whether actor may ever do the act with this case, in whatever state. The case has to have been read for them.
func (w *Work) May(actor access.Actor, act Act) bool { return w.permits(actor, act) == nil }

// ofOwners is the case without those who only take part.
func (w *Work) ofOwners() access.Object {
	o := w.Case.Object(nil)
	o.Part = []access.Place{access.InAuthority(w.Case.AuthorityID)}
	return o
}

// Refuses says why actor cannot do the act with this case as it stands, nil when they can.
func (w *Work) Refuses(actor access.Actor, act Act) error {
	if err := w.permits(actor, act); err != nil {
		return err
	}
	return w.Hinders(act)
}

// permit says whether whoever acts has the right to the act.
func (w *Work) permit(act Act) error { return w.permits(w.by, act) }

func (w *Work) permits(actor access.Actor, act Act) error {
	rule, known := acts[act]
	if !known {
		return fault.New(fault.Invalid, "")
	}
	object := w.Case.Object(w.Stages)
	if rule.object != nil {
		object = rule.object(w)
	}
	if err := access.Require(actor, rule.right, object); err != nil {
		if rule.denied != nil {
			err = rule.denied(w, actor, err)
		}
		return err
	}
	if rule.byOffice != nil {
		if _, ok := w.actsByOffice(rule.byOffice(w, actor)); !ok {
			return fault.New(fault.Forbidden, "cases.of_office")
		}
	}
	if rule.permits != nil {
		return rule.permits(w, actor)
	}
	return nil
}

// permitsGivingOn: a case is given on by whoever has it, and by their head.
func (w *Work) permitsGivingOn(actor access.Actor) error {
	party, ok := w.Party(actor)
	if mine, assigned := w.Mine(actor); assigned && mine.Person == actor.UserID {
		return nil
	}
	if ok && access.Can(actor, AssignOn, access.Object{Own: []access.Place{party}}) {
		return nil
	}
	return fault.New(fault.Forbidden, "cases.not_holder")
}

// those are the parties for which the case stands in one of the ways.
func (w *Work) those(standings ...Standing) (o access.Object) {
	for _, t := range w.Turns() {
		for _, s := range standings {
			if t.Standing == s {
				of := w.objectOf(t.Place)
				o.Own, o.Part = append(o.Own, of.Own...), append(o.Part, of.Part...)
			}
		}
	}
	return o
}

// objectOf is a case as one of its parties has it: the centre and the authority that decides own it, others take part.
func (w *Work) objectOf(party access.Place) access.Object {
	places := []access.Place{party}
	switch party {
	case access.InCentre(w.Case.CentreID):
		return access.Object{Own: places}
	case access.InAuthority(w.Case.AuthorityID):
		return access.Object{Own: places, Part: places}
	}
	return access.Object{Part: places}
}

// SeesAll says whether the actor sees the applicant's data, the answers and the files. The centre and the authority that
// decides always do; an authority that only takes part, while a stage of its own is active.
func (w *Work) SeesAll(actor access.Actor) bool {
	o := access.Object{Own: w.Case.Object(nil).Own}
	for _, stage := range w.actives() {
		o.Part = append(o.Part, w.party(stage).Part...)
	}
	o.Part = append(o.Part, access.InAuthority(w.Case.AuthorityID))
	return access.Can(actor, View, o)
}

// outline leaves of the case what everybody who takes part may know: where it stands, and what they wrote themselves.
func (w *Work) outline(actor access.Actor) {
	w.Case.Answers, w.Case.DecisionNote, w.Case.InternalNotes, w.Case.Proposal, w.Asked = json.RawMessage(`{}`), "", "", nil, nil
	w.OpinionsAsked = nil
	for i := range w.Events {
		if e := &w.Events[i]; e.ActorID == nil || *e.ActorID != actor.UserID {
			e.Typed = ""
		}
	}
	for i := range w.Stages {
		if s := &w.Stages[i]; s.FinishedBy == nil || *s.FinishedBy != actor.UserID {
			s.Note = ""
		}
	}
}

// outline leaves of the applicant what lists show.
func (a Applicant) outline() Applicant {
	return Applicant{ID: a.ID, Kind: a.Kind, Surname: a.Surname, GivenName: a.GivenName, Patronymic: a.Patronymic, Entity: a.Entity}
}
