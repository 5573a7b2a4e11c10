package cases

import (
	"slices"
	"unicode/utf8"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// Decide grants or refuses.
const Decide Act = "decide"

var decide = rule{
	act: Decide, from: []State{InProgress}, to: Decided, right: DecideOn, undo: undoOpenly, byOffice: true, permits: (*Work).decidesApart,
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
		return cmd.withDecision(d)
	},
}

// OtherGround is the ground of a refusal that the card does not name. It says itself what it is, so that such refusals can be
// looked into.
const OtherGround = "other"

const maxOtherGround = 500

// checkDecision: a refusal cites a ground, and says why it applies.
func (w *Work) checkDecision(cmd Command) (wrong []fault.FieldError) {
	switch cmd.Outcome {
	case Granted:
	case Refused:
		wrong = w.checkGround(cmd, "ground", "ground_other")
		if cmd.Text == "" {
			wrong = append(wrong, fault.FieldError{Field: FieldOf(Decide), Key: "cases.motive_required"})
		}
	default:
		wrong = append(wrong, fault.FieldError{Field: "outcome", Key: "cases.outcome_required"})
	}
	return wrong
}

// checkGround: the ground of a refusal is one of the card that the case began with, or another one in words.
func (w *Work) checkGround(cmd Command, field, otherField string) []fault.FieldError {
	switch other := w.ground(cmd.Ground) == nil && cmd.Ground == OtherGround; {
	case other && cmd.OtherGround == "":
		return []fault.FieldError{{Field: otherField, Key: "cases.other_ground_required"}}
	case other && utf8.RuneCountInString(cmd.OtherGround) > maxOtherGround:
		return []fault.FieldError{{Field: otherField, Key: "form.too_long", Args: []any{maxOtherGround}}}
	case !other && w.ground(cmd.Ground) == nil:
		return []fault.FieldError{{Field: field, Key: "cases.ground_required"}}
	}
	return nil
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
	ends, _ := w.decidesIn() // Hinders has asked already
	w.Case.DecidedAt = w.moment()
	if err := w.recordDecision(cmd.Outcome, cmd.Ground, cmd.OtherGround, cmd.Text); err != nil {
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
