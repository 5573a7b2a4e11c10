package questions

import (
	"encoding/json"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

var _ submission.Submission = (*Draft)(nil)

// Kind implements submission.Submission.
func (d *Draft) Kind() string { return contract.KindQuestion }

// To is whoever is asked.
func (d *Draft) To() Addressee { return d.to }

// Place implements submission.Submission.
func (d *Draft) Place() uuid.UUID { return d.to.ID }

// Service implements submission.Submission.
func (d *Draft) Service() uuid.UUID {
	if d.About == nil {
		return uuid.Nil
	}
	return d.About.ID
}

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	page, err := d.Keep()
	if err != nil {
		return nil, err
	}
	return json.Marshal(keptDraft{KeptPage: page, To: d.to.ID, About: d.About, Letter: d.Letter})
}

// UnmarshalJSON takes what was kept.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.kept = keptDraft{}
	if err := json.Unmarshal(raw, &d.kept); err != nil {
		return err
	}
	d.Restore(d.kept.KeptPage)
	d.About, d.Letter = d.kept.About, d.kept.Letter
	return nil
}

// Adopt implements submission.Submission.
func (d *Draft) Adopt() error {
	if d.kept.To != d.to.ID {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	return d.ReadKept()
}

// Takes implements submission.Submission.
func (d *Draft) Takes(field string) (submission.FileField, bool) {
	return submission.FileField{MaxFiles: contract.MaxQuestionFiles}, field == contract.QuestionFiles
}

// Worked implements submission.Submission: there is a text.
func (d *Draft) Worked() bool { return d.Text("text") != "" }

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	q := &contract.Question{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, Topic: d.Text("topic"), Text: d.Text("text"), Name: d.Text("name"),
		Email: d.Text("email"), Phone: d.Text("phone"), Consent: true, Language: by.Language,
		CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}
	switch d.to.Place {
	case Centre:
		q.CentreID = &d.to.ID
	case Authority:
		q.AuthorityID = &d.to.ID
	}
	if d.Letter != nil {
		q.Official = d.Letter.Name.UK
	}
	if d.About != nil {
		q.ServiceID = &d.About.ID
	}
	for _, f := range d.Files {
		q.Attachments = append(q.Attachments, f.Attachment)
	}
	return q, nil
}

var _ tracking.Shown = (*Thread)(nil)

// maxMessage is more than staff can write: 8,000 characters, sealed.
const maxMessage = 64 << 10

// Open implements tracking.Shown: it opens what staff wrote with the code of whoever asked. A message that cannot be
// opened is marked and hides none of the others.
func (t *Thread) Open(code seal.Code) error {
	for i := range t.Messages {
		m := &t.Messages[i]
		text, err := code.Open(m.sealed, maxMessage)
		m.Text, m.Unreadable = string(text), err != nil
	}
	return nil
}
