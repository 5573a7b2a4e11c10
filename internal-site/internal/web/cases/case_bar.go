package cases

import (
	"cmp"
	"slices"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

// barPart is the bar of stages at the head of a case's page. Several stages may be active at once.
type barPart struct{ Steps []step }

// step is one stage of the bar.
type step struct {
	cases.Stage

	Current bool // where the reader is: their own active stage, or else the first one
	Left    int  // days of the stage's term after today, less than 0 when it is late
	Runs    bool // a term runs
}

// Late says whether the stage has gone beyond its own last day.
func (s step) Late() bool { return s.Runs && s.Left < 0 }

func (p *barPart) fillBar(w *cases.Work, actor access.Actor) {
	for _, s := range w.Stages {
		one := step{Stage: s}
		one.Left, one.Runs = w.DaysLeft(s)
		p.Steps = append(p.Steps, one)
	}
	own := slices.IndexFunc(p.Steps, func(s step) bool { return ownTurn(w, actor, s.Stage) })
	i := cmp.Or(own+1, slices.IndexFunc(p.Steps, func(s step) bool { return s.State == cases.StageActive })+1) - 1
	if i >= 0 {
		p.Steps[i].Current = true
	}
}

// ownTurn says whether the reader's party has to act in the stage.
func ownTurn(w *cases.Work, actor access.Actor, s cases.Stage) bool {
	party, ok := w.Party(actor)
	t := w.Turn(party)
	return ok && t.Standing == cases.ToAct && t.StageID != nil && *t.StageID == s.ID
}
