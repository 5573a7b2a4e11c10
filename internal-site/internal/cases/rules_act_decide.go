package cases

import (
	"slices"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Decide grants or refuses.
const Decide Act = "decide"

var decide = rule{
	act: Decide, from: []State{InProgress}, to: Decided, right: DecideOn, undo: undoOpenly, byOffice: true,
	hinders: func(w *Work) error {
		_, err := w.decidesIn()
		return err
	},
	check: (*Work).checkDecision, perform: (*Work).decide,
	detail: func(cmd Command) map[string]string {
		d := map[string]string{"outcome": string(cmd.Outcome)}
		if cmd.Ground != "" {
			d["ground"] = cmd.Ground
		}
		return d
	},
}

// checkDecision: a refusal cites a ground of the card that the case began with, and says why it applies.
func (w *Work) checkDecision(cmd Command) (wrong []fault.FieldError) {
	switch cmd.Outcome {
	case Granted:
	case Refused:
		if w.ground(cmd.Ground) == nil {
			wrong = append(wrong, fault.FieldError{Field: "ground", Key: "cases.ground_required"})
		}
		if cmd.Text == "" {
			wrong = append(wrong, fault.FieldError{Field: FieldOf(Decide), Key: "cases.motive_required"})
		}
	default:
		wrong = append(wrong, fault.FieldError{Field: "outcome", Key: "cases.outcome_required"})
	}
	return wrong
}

func (w *Work) ground(id string) *contract.Ground {
	i := slices.IndexFunc(w.Card.Refusal, func(g contract.Ground) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return &w.Card.Refusal[i]
}

// decide grants or refuses, and ends the stage in which the authority decides.
func (w *Work) decide(cmd Command) error {
	var ground locale.Text
	if cmd.Outcome == Refused {
		ground, w.Case.RefusalGround = w.ground(cmd.Ground).Text, cmd.Ground
	}
	ends, _ := w.decidesIn() // Hinders has asked already
	w.Case.Outcome, w.Case.DecisionNote, w.Case.DecidedAt = cmd.Outcome, cmd.Text, w.moment()
	if err := w.addTyped(EventDecided, saysDecided(cmd.Outcome, ground), cmd.Text, true); err != nil {
		return err
	}
	if cmd.Outcome == Refused {
		w.skipAuthorities()
	}
	if ends != nil {
		w.finishStage("")
	}
	return nil
}

// skipAuthorities leaves out what authorities would still have done: after a refusal only the centre has
// something left to do.
func (w *Work) skipAuthorities() {
	for i := range w.Stages {
		if s := &w.Stages[i]; s.State == StageWaiting && s.AuthorityID != nil {
			s.State = StageSkipped
		}
	}
}
