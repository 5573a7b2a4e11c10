package cases

import (
	"unicode/utf8"

	"portal.example/shared/fault"
)

// The acts that end a case.
const (
	Upload Act = "upload" // the result
	Issue  Act = "issue"  // the result was handed over
	Close  Act = "close"  // into the archive
)

const maxPaper = 200

var upload = rule{
	act: Upload, from: []State{Decided, Issued}, right: UploadResult,
	perform: func(w *Work, _ Command) error {
		w.add(EventResultReady, saysResultReady, true)
		return nil
	},
	detail: func(cmd Command) map[string]string {
		if cmd.Result == nil {
			return nil
		}
		return map[string]string{"file": cmd.Result.Original.String()}
	},
}

var issue = rule{
	act: Issue, from: []State{Decided}, to: Issued, right: IssueResult,
	hinders: (*Work).issues, check: (*Work).checkPaper,
	perform: func(w *Work, cmd Command) error {
		w.issue(cmd.Paper)
		return nil
	},
}

var closing = rule{
	act: Close, from: []State{Issued}, to: Closed, right: IssueResult,
	perform: func(w *Work, _ Command) error {
		w.Case.ClosedAt = w.moment()
		w.add(EventClosed, saysClosed, true)
		return nil
	},
}

// checkPaper: where no result was uploaded, a paper was handed over, and the record names it.
func (w *Work) checkPaper(cmd Command) []fault.FieldError {
	switch {
	case cmd.Paper == "" && !w.HasResult():
		return []fault.FieldError{{Field: "paper", Key: "cases.paper_required"}}
	case utf8.RuneCountInString(cmd.Paper) > maxPaper:
		return []fault.FieldError{{Field: "paper", Key: "form.too_long", Args: []any{maxPaper}}}
	}
	return nil
}

// issue hands the result over, and with it ends the stages of the centre that are left.
func (w *Work) issue(paper string) {
	w.Case.IssuedPaper = paper
	for i := range w.Stages {
		s := &w.Stages[i]
		if !s.open() {
			continue
		}
		if s.State == StageWaiting {
			s.start(w.now, w.calendar)
		}
		w.end(s)
	}
	w.add(EventIssued, saysIssued, true)
}
