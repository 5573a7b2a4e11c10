package questions

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
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
	return json.Marshal(keptDraft{Draft: d.Draft, To: d.to.ID, About: d.About, Letter: d.Letter, Answers: d.Answers, Typed: d.Typed, Sent: d.Sent})
}

// UnmarshalJSON takes what was kept.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.kept = keptDraft{}
	if err := json.Unmarshal(raw, &d.kept); err != nil {
		return err
	}
	d.Draft, d.About, d.Letter, d.Answers = d.kept.Draft, d.kept.About, d.kept.Letter, d.kept.Answers
	d.Typed, d.Sent = d.kept.Typed, d.kept.Sent
	return nil
}

// Adopt implements submission.Submission.
func (d *Draft) Adopt() error {
	if d.kept.To != d.to.ID {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	if d.Answers == nil {
		d.Answers = forms.Answers{}
	}
	delete(d.Answers, contract.QuestionFiles)
	var ids []string
	for _, f := range d.Files {
		ids = append(ids, f.ID.String())
	}
	if len(ids) > 0 {
		d.Answers[contract.QuestionFiles] = ids
	}
	return nil
}

// Takes implements submission.Submission.
func (d *Draft) Takes(field string) (submission.FileField, bool) {
	return submission.FileField{MaxFiles: contract.MaxQuestionFiles}, field == contract.QuestionFiles
}

// sheet is the page with its answers.
func (d *Draft) sheet() (submission.Sheet, error) {
	form, err := Form()
	if err != nil {
		return submission.Sheet{}, err
	}
	return submission.Sheet{Form: form, Step: form.Steps[0], Answers: d.Answers}, nil
}

// Take reads what was sent: it becomes the answers, or is kept as it was typed and post says what is wrong.
func (d *Draft) Take(post submission.Posted, now time.Time) error {
	sheet, err := d.sheet()
	if err != nil {
		return err
	}
	answers, wrong := sheet.Take(post, now)
	if d.Typed = wrong; wrong == nil {
		d.Answers, d.Sent = answers, true
	}
	return nil
}

// Note keeps what stands on the page while it is not sent, and says whether there is anything to keep. refused is what
// became of the files that came with it; nil when none could come.
func (d *Draft) Note(post submission.Posted, refused []submission.Refusal) (bool, error) {
	sheet, err := d.sheet()
	if err != nil {
		return false, err
	}
	typed := submission.Typed{}
	if d.Typed != nil {
		typed = *d.Typed
	}
	if refused != nil {
		typed.Refused = refused
	}
	if typed.Values = sheet.Values(post); len(typed.Values)+len(refused) == 0 && !d.Sent && (refused == nil || d.Typed == nil) {
		return d.Typed != nil, nil
	}
	d.Typed = &typed
	return true, nil
}

// Show puts what the page holds into post, with what is wrong about it once it was sent.
func (d *Draft) Show(post submission.Posted, now time.Time) error {
	sheet, err := d.sheet()
	if err != nil {
		return err
	}
	if d.Typed != nil {
		sheet.Show(*d.Typed, post, now)
		return nil
	}
	sheet.Form.Fill(sheet.Step, d.Answers, post)
	if d.Sent {
		for _, e := range sheet.Form.CheckStep(sheet.Step, d.Answers, now) {
			post.Add(e.Field, e.Key, e.Args...)
		}
	}
	return nil
}

// Problems returns what is wrong with the question as it stands.
func (d *Draft) Problems(now time.Time) ([]fault.FieldError, error) {
	form, err := Form()
	if err != nil {
		return nil, err
	}
	return form.CheckStep(form.Steps[0], d.Answers, now), nil
}

// Worked implements submission.Submission: there is a text.
func (d *Draft) Worked() bool {
	text, _ := d.Answers["text"].(string)
	return text != ""
}

// Ready implements submission.Submission.
func (d *Draft) Ready(now time.Time) error {
	wrong, err := d.Problems(now)
	if err == nil && (len(wrong) > 0 || d.Typed != nil) {
		return fault.New(fault.Conflict, "submission.incomplete")
	}
	return err
}

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	get := func(name string) string { v, _ := d.Answers[name].(string); return v }
	q := &contract.Question{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, Topic: get("topic"), Text: get("text"), Name: get("name"),
		Email: get("email"), Phone: get("phone"), Consent: true, Language: by.Language,
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
