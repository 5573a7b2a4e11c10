package cases

import (
	"encoding/json"
	"slices"

	"portal.example/shared/fault"
)

// TakePapers puts what an applicant has brought or said to the case, in whatever state it is. It opens nothing again: that is an
// act and a right of its own.
const TakePapers Act = "take_papers"

var takePapers = rule{
	act: TakePapers, from: States, right: WorkOn, object: (*Work).ofApplicant,
	check: func(w *Work, cmd Command) []fault.FieldError {
		if cmd.Text == "" && len(cmd.Papers) == 0 {
			return []fault.FieldError{{Field: FieldOf(TakePapers), Key: "cases.papers_required"}}
		}
		return nil
	},
	perform: (*Work).takePapers,
}

// takePapers writes down what was brought. When the work stands still it goes on only if whoever takes the papers says so.
func (w *Work) takePapers(cmd Command) error {
	kind, text := EventReplied, saysReplied
	if w.Case.State == Issued || w.Case.State == Closed {
		kind, text = EventPapersAdded, saysPapersAdded
	}
	w.add(kind, text, true)
	w.Events[len(w.Events)-1].Typed = cmd.Text
	r := Reply{
		ID: w.newID(), CaseID: w.Case.ID, Purpose: Answers, Text: cmd.Text, Answers: json.RawMessage(`{}`), Former: json.RawMessage(`{}`),
		SentAt: w.now, TakenAt: w.moment(), EnteredBy: w.by.Audit().ID, Files: cmd.Papers,
	}
	if asked := w.Wanted(); asked != nil {
		r.CorrectionID = &asked.ID
	}
	w.reply = &r
	if w.Case.State == Suspended && cmd.GoOn {
		w.goOn()
	}
	return nil
}

// Wanted is what the applicant is asked for while the work stands still; nil when it is not asked for anything.
func (w *Work) Wanted() *Correction {
	if w.Case.State != Suspended || len(w.Asked) == 0 {
		return nil
	}
	return &w.Asked[len(w.Asked)-1]
}

// goOn lets the clock run again, other than by the act Resume.
func (w *Work) goOn() {
	w.resume()
	w.Case.State = InProgress
}

// ReplyWaits says whether the applicant has answered since the work stands still, so that somebody has to look.
func (w *Work) ReplyWaits() bool {
	if w.Case.State != Suspended {
		return false
	}
	for _, e := range slices.Backward(w.Events) {
		switch e.Kind {
		case EventReplied, EventWithdrawalAsked:
			return true
		case EventSuspended:
			return false
		default:
		}
	}
	return false
}
