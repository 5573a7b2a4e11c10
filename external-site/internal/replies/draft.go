package replies

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/seal"
)

var (
	_ submission.Submission = (*Draft)(nil)
	_ submission.Coded      = (*Draft)(nil)
)

// Kind implements submission.Submission.
func (d *Draft) Kind() string { return contract.KindReply }

// Code implements submission.Coded: a reply is followed by the code of its case.
func (d *Draft) Code() seal.Code { return d.about.Code }

// Service implements submission.Submission: the case knows its service.
func (d *Draft) Service() uuid.UUID { return uuid.Nil }

// Place implements submission.Submission.
func (d *Draft) Place() uuid.UUID { return d.about.Centre }

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	answers, err := submission.WriteAnswers(d.Answers)
	if err != nil {
		return nil, err
	}
	return json.Marshal(keptDraft{Draft: d.Draft, Case: d.about.Case, Purpose: d.about.Purpose, Typed: d.Typed, Answers: answers})
}

// UnmarshalJSON takes what was kept.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.kept = keptDraft{}
	if err := json.Unmarshal(raw, &d.kept); err != nil {
		return err
	}
	d.Draft, d.Typed, d.Answers = d.kept.Draft, d.kept.Typed, nil
	return nil
}

// Adopt implements submission.Submission. A reply that was begun to another request keeps its words and files, as far as the
// present one has a place for them.
func (d *Draft) Adopt() error {
	if d.kept.Case != d.about.Case || d.kept.Purpose != d.about.Purpose {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	form, err := d.about.Form()
	if err != nil {
		return err
	}
	answers, err := d.known(form)
	if err != nil {
		return err
	}
	d.AnswerFiles(form, answers)
	d.Answers = answers
	return nil
}

// known are the answers to fields that the form has, files apart. They are read anew when the draft was opened just now.
func (d *Draft) known(form *forms.Form) (forms.Answers, error) {
	answers := forms.Answers{}
	if d.Answers != nil {
		for name, v := range d.Answers {
			if f := form.Field(name); f != nil && f.Widget != forms.WidgetFile {
				answers[name] = v
			}
		}
		return answers, nil
	}
	return submission.ReadAnswers(form, d.kept.Answers)
}

// Takes implements submission.Submission.
func (d *Draft) Takes(field string) (submission.FileField, bool) {
	switch {
	case d.about.Purpose != contract.ReplyAnswers:
		return submission.FileField{}, false
	case field == filesField:
		return submission.FileField{MaxFiles: otherFiles}, true
	}
	id, ok := d.documentOf(field)
	return submission.FileField{Document: id, MaxFiles: filesOfDocument}, ok
}

// documentOf is the document that the files of a field answer to.
func (d *Draft) documentOf(field string) (id string, ok bool) {
	number, found := strings.CutPrefix(field, documentField)
	n, err := strconv.Atoi(number)
	if documents := d.about.documents(); found && err == nil && n >= 1 && n <= len(documents) {
		return documents[n-1].ID, true
	}
	return "", false
}

// Sheet is the page with its answers, as it is drawn.
func (d *Draft) Sheet() (submission.Sheet, error) { return d.sheet(d.about.Form) }

// checked is the page with its answers, as it is checked.
func (d *Draft) checked() (submission.Sheet, error) { return d.sheet(d.about.accepted) }

func (d *Draft) sheet(of func() (*forms.Form, error)) (submission.Sheet, error) {
	form, err := of()
	if err != nil {
		return submission.Sheet{}, err
	}
	return submission.Sheet{Form: form, Step: form.Steps[0], Answers: d.Answers}, nil
}

// Take reads what was sent: it becomes the answers, or is kept as it was typed and post says what is wrong.
func (d *Draft) Take(post submission.Posted, now time.Time) error {
	sheet, err := d.checked()
	if err != nil {
		return err
	}
	answers, wrong := sheet.Take(post, now)
	if d.Typed = wrong; wrong == nil {
		d.Answers = answers
	}
	return nil
}

// Note keeps what stands on the page while it is not sent, and says whether there is anything to keep. refused is what became
// of the files that came with it; nil when none could come.
func (d *Draft) Note(post submission.Posted, refused []submission.Refusal) (bool, error) {
	sheet, err := d.checked()
	if err != nil {
		return false, err
	}
	typed := submission.Typed{Values: sheet.Values(post), Refused: refused}
	if len(typed.Values)+len(refused) == 0 && (refused == nil || d.Typed == nil) {
		return d.Typed != nil, nil
	}
	d.Typed = &typed
	return true, nil
}

// Show puts what the page holds into post, with what is wrong about it once it was sent.
func (d *Draft) Show(post submission.Posted, now time.Time) error {
	sheet, err := d.checked()
	if err != nil {
		return err
	}
	if d.Typed != nil {
		sheet.Show(*d.Typed, post, now)
		return nil
	}
	sheet.Form.Fill(sheet.Step, d.Answers, post)
	return nil
}

// Worked implements submission.Submission.
func (d *Draft) Worked() bool { return len(d.Answers) > 0 }

// Ready implements submission.Submission. Papers that are asked for may come later; a reply that says nothing is none.
func (d *Draft) Ready(now time.Time) error {
	sheet, err := d.checked()
	if err != nil {
		return err
	}
	if d.Typed != nil || len(sheet.Form.CheckStep(sheet.Step, d.Answers, now)) > 0 || !d.SaysSomething() {
		return fault.New(fault.Conflict, "submission.incomplete")
	}
	return nil
}

// SaysSomething says whether there is anything to send.
func (d *Draft) SaysSomething() bool {
	return d.about.Purpose == contract.ReplyWithdraws || len(d.Answers) > 0
}

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	corrected, err := d.corrected()
	if err != nil {
		return nil, err
	}
	text, _ := d.Answers[textField].(string)
	r := &contract.Reply{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, CaseID: d.about.Case, CentreID: d.about.Centre,
		Code: d.about.Code.Reveal(), Purpose: d.about.Purpose, Text: text, Answers: corrected, Language: by.Language,
		CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}
	if d.about.Asked != nil && d.about.Purpose == contract.ReplyAnswers {
		r.AskedID = &d.about.Asked.ID
	}
	for _, f := range d.Files {
		file := f.Attachment
		file.Field, file.Document = contract.ReplyFiles, ""
		if id, ok := d.documentOf(f.Field); ok {
			file.Field, file.Document = contract.ReplyDocument, id
		}
		r.Attachments = append(r.Attachments, file)
	}
	return r, nil
}

// corrected are the answers to the fields that were asked for.
func (d *Draft) corrected() (json.RawMessage, error) {
	answers := map[string]any{}
	if d.about.Asked != nil && d.about.Purpose == contract.ReplyAnswers {
		for _, f := range d.about.Asked.Fields {
			if v, given := d.Answers[f.Name]; given {
				answers[f.Name] = v
			}
		}
	}
	raw, err := json.Marshal(answers)
	if err != nil {
		return nil, fmt.Errorf("corrected answers: %w", err)
	}
	return raw, nil
}
