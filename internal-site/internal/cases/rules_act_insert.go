package cases

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The acts that put a stage into one case, and take it out again. The technological card stays as it is.
const (
	InsertStage Act = "insert_stage"
	DropStage   Act = "drop_stage"
)

// Inserting is a stage that is to be put into a case.
type Inserting struct {
	Kind  string    // one of InsertKinds
	Place uuid.UUID // the authority that does it; Nil: the centre of the case
	Days  int
	Where string    // one of InsertWheres
	Stage uuid.UUID // beside which stage of the case

	known bool // the store has found the authority
}

// InsertKinds are the stages that can be inserted. Their names are the portal's own words, since the name of a stage leaves
// for the applicant; what the stage is for is said in the reason, which stays inside.
var InsertKinds = []string{"opinion", "agreement", "inspection", "documents"}

// Where a stage is inserted: before another one, which waits for it; beside it, so that both are done at the same time; after it.
const (
	InsertBefore = "before"
	InsertBeside = "beside"
	InsertAfter  = "after"
)

// InsertWheres lists them.
var InsertWheres = []string{InsertBefore, InsertBeside, InsertAfter}

const maxInsertDays = 60

var insertStage = rule{
	act: InsertStage, from: []State{InProgress}, right: InsertOn, object: (*Work).ofOwners, textMissing: "cases.insert_required",
	hinders: func(w *Work) error {
		if len(w.actives()) == 0 {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return nil
	},
	check: (*Work).checkInserting, perform: (*Work).insertStage,
	detail: func(cmd Command) map[string]string {
		in := cmd.Insert
		return map[string]string{"kind": in.Kind, "place": in.Place.String(), "where": in.Where, "stage": in.Stage.String()}
	},
}

var dropStage = rule{
	act: DropStage, from: []State{InProgress, Decided}, right: InsertOn, object: (*Work).ofOwners, textMissing: "cases.drop_required",
	hinders: func(w *Work) error {
		if len(w.Droppable()) == 0 {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return nil
	},
	check: func(w *Work, cmd Command) []fault.FieldError {
		if !slices.ContainsFunc(w.Droppable(), func(s Stage) bool { return s.ID == cmd.Stage }) {
			return []fault.FieldError{{Field: "drop_stage_id", Key: "cases.drop_stage_required"}}
		}
		return nil
	},
	perform: (*Work).dropStage,
	detail:  func(cmd Command) map[string]string { return map[string]string{"stage": cmd.Stage.String()} },
}

// Droppable lists the inserted stages that have not ended.
func (w *Work) Droppable() (list []Stage) {
	for _, s := range w.Stages {
		if s.open() && s.IsInserted() {
			list = append(list, s)
		}
	}
	return list
}

// OpenStages lists the stages beside which one can be inserted.
func (w *Work) OpenStages() (list []Stage) {
	for _, s := range w.Stages {
		if s.open() {
			list = append(list, s)
		}
	}
	return list
}

// checkInserting says everything that is wrong with a stage that is to be inserted.
func (w *Work) checkInserting(cmd Command) (wrong []fault.FieldError) {
	in := cmd.Insert
	check := func(ok bool, field, key string, args ...any) {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: key, Args: args})
		}
	}
	i := slices.IndexFunc(w.Stages, func(s Stage) bool { return s.ID == in.Stage && s.open() })
	placed := i >= 0 && slices.Contains(InsertWheres, in.Where)
	check(slices.Contains(InsertKinds, in.Kind), "insert_kind", "cases.insert_kind_required")
	check(in.Place == uuid.Nil || in.known, "insert_place", "cases.insert_place_unknown")
	check(in.Days > 0 && in.Days <= maxInsertDays, "insert_days", "cases.insert_days", maxInsertDays)
	check(placed, "insert_at", "cases.insert_at_required")
	if placed {
		stops := in.Where == InsertBefore && w.Stages[i].State == StageActive
		check(!stops || w.StageOf(w.by) == &w.Stages[i], "insert_at", "cases.insert_stops_others")
		check(!w.with(in, w.newID).crowded(), "insert_at", "cases.insert_same_party")
	}
	return wrong
}

// crowded says whether a party would have two stages at the same time.
func (w *Work) crowded() bool {
	follows := w.follows()
	for i := range w.Stages {
		for j := range i {
			a, b := &w.Stages[i], &w.Stages[j]
			if a.open() && b.open() && !follows[i][j] && w.placeOf(a) == w.placeOf(b) {
				return true
			}
		}
	}
	return false
}

// with returns the case with the stage put in. Nothing has begun or stopped by it.
func (w *Work) with(in Inserting, newID func() uuid.UUID) *Work {
	after := *w
	after.Stages = slices.Clone(w.Stages)
	after.spellOut()
	name := InsertedName(in.Kind)
	s := Stage{
		ID: newID(), CaseID: w.Case.ID, Name: name.UK, NameEN: name.EN, Action: contract.ActionTakesPart, Days: in.Days, State: StageWaiting,
		Plan: &Plan{Inserted: &Insertion{Person: w.by.UserID}},
	}
	if in.Place != uuid.Nil {
		s.AuthorityID = &in.Place
	}
	if in.Kind == "agreement" {
		s.Action = contract.ActionAgrees
	}
	s.Plan.Inserted.Place, _ = w.Party(w.by)
	i := slices.IndexFunc(after.Stages, func(o Stage) bool { return o.ID == in.Stage })
	at := after.Stages[i]
	switch in.Where {
	case InsertBefore:
		s.Plan.After, at.Plan.After = at.Plan.After, []uuid.UUID{s.ID}
	case InsertBeside:
		s.Plan.After = slices.Clone(at.Plan.After)
		after.waitToo(at.ID, s.ID)
	case InsertAfter:
		s.Plan.After = []uuid.UUID{at.ID}
		after.waitToo(at.ID, s.ID)
	}
	if in.Where != InsertBefore {
		i++
	}
	after.Stages = slices.Insert(after.Stages, i, s)
	for n := range after.Stages {
		after.Stages[n].Position = n + 1
	}
	return &after
}

// waitToo lets whatever waits for one stage wait for another as well. The plans are the case's own.
func (w *Work) waitToo(forThat, forThis uuid.UUID) {
	for i := range w.Stages {
		if p := w.Stages[i].Plan; slices.Contains(p.After, forThat) {
			p.After = append(p.After, forThis)
		}
	}
}

// InsertedName is the name of a stage that was inserted.
func InsertedName(kind string) locale.Text { return say("cases.says.inserted." + kind) }

// insertStage puts the stage in. One that it is put before waits for it, and its term runs anew afterwards.
func (w *Work) insertStage(cmd Command) error {
	after := w.with(cmd.Insert, w.newID)
	w.Stages = after.Stages
	i := slices.IndexFunc(w.Stages, func(s Stage) bool { return s.ID == cmd.Insert.Stage })
	if cmd.Insert.Where == InsertBefore && w.Stages[i].State == StageActive {
		w.Stages[i].reopen()
	}
	if err := w.addTyped(EventInserted, say("cases.says.stage_inserted", InsertedName(cmd.Insert.Kind)), cmd.Text, false); err != nil {
		return err
	}
	w.moveOn()
	return nil
}

// dropStage takes an inserted stage out; what has waited for it goes on.
func (w *Work) dropStage(cmd Command) error {
	i := slices.IndexFunc(w.Stages, func(s Stage) bool { return s.ID == cmd.Stage })
	s := &w.Stages[i]
	plan, dropped := *s.Plan, *s.Plan.Inserted
	dropped.Dropped, plan.Inserted = true, &dropped
	s.Plan, s.State, s.FinishedAt = &plan, StageSkipped, w.moment()
	if err := w.addTyped(EventDropped, say("cases.says.stage_dropped", nameOf(*s)), cmd.Text, false); err != nil {
		return err
	}
	w.moveOn()
	return nil
}
