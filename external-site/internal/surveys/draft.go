package surveys

import (
	"encoding/json"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
)

var (
	_ submission.Submission = (*Draft)(nil)
	_ submission.Coded      = (*Draft)(nil)
)

// Kind implements submission.Submission.
func (d *Draft) Kind() string { return contract.KindRating }

// Code implements submission.Coded: whoever rates a case has its code.
func (d *Draft) Code() seal.Code { return d.about.Code }

// Service implements submission.Submission: the case knows its service.
func (d *Draft) Service() uuid.UUID { return uuid.Nil }

// Place implements submission.Submission: it goes to nobody in particular.
func (d *Draft) Place() uuid.UUID { return uuid.Nil }

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	page, err := d.Keep()
	if err != nil {
		return nil, err
	}
	return json.Marshal(keptDraft{KeptPage: page, Survey: d.survey.ID, Case: d.about.Case})
}

// UnmarshalJSON takes what was kept.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.kept = keptDraft{}
	if err := json.Unmarshal(raw, &d.kept); err != nil {
		return err
	}
	d.Restore(d.kept.KeptPage)
	return nil
}

// Adopt implements submission.Submission. What was begun of another survey is forgotten.
func (d *Draft) Adopt() error {
	if d.kept.Survey != d.survey.ID || d.kept.Case != d.about.Case {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	return d.ReadKept()
}

// Takes implements submission.Submission: no files.
func (d *Draft) Takes(string) (submission.FileField, bool) { return submission.FileField{}, false }

// nothing is the problem of a page on which no question is answered.
func (d *Draft) nothing() fault.FieldError {
	if len(d.Answers) > 0 || len(d.survey.Questions) == 0 {
		return fault.FieldError{}
	}
	return fault.FieldError{Field: d.survey.Questions[0].Key, Key: "track.rate_something"}
}

// Worked implements submission.Submission.
func (d *Draft) Worked() bool { return len(d.Answers) > 0 }

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	answers := map[string]string{}
	for _, q := range d.survey.Questions {
		if text := plain.Lines(d.Text(q.Key)); text != "" {
			answers[q.Key] = text
		}
	}
	if !contract.AnswersFit(d.survey.Questions, answers) {
		return nil, fault.New(fault.Conflict, "submission.incomplete")
	}
	return &contract.Rating{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, SurveyID: d.survey.ID, CaseID: d.about.Case,
		Code: d.about.Code.Reveal(), Answers: answers, Language: by.Language, CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}, nil
}
