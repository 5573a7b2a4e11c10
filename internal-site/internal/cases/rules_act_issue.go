package cases

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// The acts that end a case.
const (
	Upload    Act = "upload"    // the result
	Issue     Act = "issue"     // the result was handed over
	Close     Act = "close"     // into the archive
	Unarchive Act = "unarchive" // within a day
)

const maxPaper = 200

// ArchiveReopens is how long a case can come back from the archive.
const ArchiveReopens = 24 * time.Hour

// Handover is who collected a result, and by which document they were known.
type Handover struct {
	Recipient string // HandedApplicant or HandedRepresentative
	Name      string // of the representative
	Basis     string // the paper that says that they act for the applicant
	Document  string // one of IdentityDocuments
	Number    string
}

// Who can collect a result.
const (
	HandedApplicant      = "applicant"
	HandedRepresentative = "representative"
)

// IdentityDocuments are the kinds of document by which people are known at the counter.
var IdentityDocuments = []string{"passport", "foreign_passport", "residence_permit", "other"}

var upload = rule{
	act: Upload, from: []State{Decided, Issued}, right: UploadResult,
	check: func(_ *Work, cmd Command) []fault.FieldError {
		if cmd.File != uuid.Nil && cmd.Text == "" {
			return []fault.FieldError{{Field: FieldOf(Upload), Key: "cases.withdraw_reason_required"}}
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		if cmd.File != uuid.Nil {
			if err := w.addTyped(EventResultWithdrawn, saysResultWithdrawn, cmd.Text, true); err != nil {
				return err
			}
		}
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

// issue hands the result over, also out of the archive when nobody had collected it before.
var issue = rule{
	act: Issue, from: []State{Decided, Closed}, to: Issued, right: IssueResult, next: Close,
	hinders: func(w *Work) error {
		if w.Case.State == Closed && w.Uncollected() == nil {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return w.issues()
	},
	check: (*Work).checkIssue,
	perform: func(w *Work, cmd Command) error {
		w.bringBack()
		w.issue(cmd.Paper)
		return nil
	},
}

// closing puts a case into the archive, with its result handed over or not collected.
var closing = rule{
	act: Close, from: []State{Decided, Issued}, to: Closed, right: IssueResult,
	hinders: func(w *Work) error {
		switch {
		case w.Case.State != Decided:
			return nil
		case w.Uncollected() == nil:
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return w.issues()
	},
	perform: func(w *Work, _ Command) error {
		w.Case.ClosedAt = w.moment()
		if w.Uncollected() == nil {
			w.add(EventClosed, saysClosed, true)
			return nil
		}
		w.leaveStages()
		w.add(EventClosed, saysClosedUncollected, true)
		return nil
	},
}

// bringBack brings a case out of the archive: to where its result is handed over still, or was handed over. Elsewhere it does nothing.
func (w *Work) bringBack() {
	if w.Case.State != Closed {
		return
	}
	w.Case.State = Issued
	if w.Uncollected() != nil {
		w.Case.State = Decided
		w.takeStagesUp()
	}
	w.Case.ClosedAt = nil
}

var unarchive = rule{
	act: Unarchive, from: []State{Closed}, right: IssueResult,
	hinders: func(w *Work) error {
		if w.Case.Outcome == Withdrawn { // it was never in the archive: it is opened again, with a reason
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		if w.Case.ClosedAt == nil || w.now.After(w.Case.ClosedAt.Add(ArchiveReopens)) {
			return fault.New(fault.Conflict, "cases.unarchive_late")
		}
		return nil
	},
	perform: func(w *Work, _ Command) error {
		w.bringBack()
		w.add(EventUnarchived, saysUnarchived, true)
		return nil
	},
}

// checkIssue: a result is handed over to somebody who was known by a document.
func (w *Work) checkIssue(cmd Command) []fault.FieldError {
	h := cmd.Handed
	var wrong []fault.FieldError
	need := func(ok bool, field, key string) {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: key})
		}
	}
	represented := h.Recipient == HandedRepresentative
	need(represented || h.Recipient == HandedApplicant, "recipient", "cases.recipient_required")
	need(!represented || h.Name != "", "recipient_name", "cases.recipient_name_required")
	need(!represented || h.Basis != "", "recipient_basis", "cases.recipient_basis_required")
	need(slices.Contains(IdentityDocuments, h.Document), "identity", "cases.identity_required")
	need(h.Number != "", "identity_number", "cases.identity_number_required")
	for field, typed := range map[string]string{"recipient_name": h.Name, "recipient_basis": h.Basis, "identity_number": h.Number} {
		if utf8.RuneCountInString(typed) > maxPaper {
			wrong = append(wrong, fault.FieldError{Field: field, Key: "form.too_long", Args: []any{maxPaper}})
		}
	}
	return append(wrong, w.checkPaper(cmd)...)
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
		if s.State == StageWaiting && !w.holds(s.When()) {
			s.State, s.FinishedAt = StageSkipped, w.moment()
			w.add(EventSkipped, saysSkipped(*s), true)
			continue
		}
		if s.State == StageWaiting {
			s.start(w.now, w.calendar)
		}
		w.end(s)
	}
	w.add(EventIssued, saysIssued, true)
}
