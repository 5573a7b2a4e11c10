package checks

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/seal"
)

var _ submission.Submission = (*Draft)(nil)

// Kind implements submission.Submission.
func (d *Draft) Kind() string { return contract.KindCheck }

// Service implements submission.Submission.
func (d *Draft) Service() uuid.UUID { return d.offer.ID }

// Place implements submission.Submission.
func (d *Draft) Place() uuid.UUID {
	if c, ok := d.Centre(); ok {
		return c.ID
	}
	return uuid.Nil
}

// Centre is the one that was chosen, or the only one.
func (d *Draft) Centre() (org.Centre, bool) {
	if len(d.offer.Centres) == 1 {
		return d.offer.Centres[0], true
	}
	chosen := d.get(centreField)
	i := slices.IndexFunc(d.offer.Centres, func(c org.Centre) bool { return c.ID.String() == chosen })
	if i < 0 {
		return org.Centre{}, false
	}
	return d.offer.Centres[i], true
}

func (d *Draft) get(name string) string {
	v, _ := d.Answers[name].(string)
	return v
}

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	k := keptDraft{Draft: d.Draft, Service: d.offer.ID, Typed: d.Typed, Sent: d.Sent, Answers: map[string]json.RawMessage{}}
	for name, v := range d.Answers {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("answers of a check: %w", err)
		}
		k.Answers[name] = raw
	}
	return json.Marshal(k)
}

// UnmarshalJSON takes what was kept.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.kept = keptDraft{}
	if err := json.Unmarshal(raw, &d.kept); err != nil {
		return err
	}
	d.Draft, d.Typed, d.Sent, d.Answers = d.kept.Draft, d.kept.Typed, d.kept.Sent, nil
	return nil
}

// Adopt implements submission.Submission. When the list of documents has changed meanwhile, each file goes to where its document now
// stands, and those of a document that is listed no more are other papers; a centre that checks no more is to be chosen anew.
func (d *Draft) Adopt() error {
	if d.kept.Service != d.offer.ID {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	form, err := d.offer.Form()
	if err != nil {
		return err
	}
	if d.Answers == nil {
		if d.Answers, err = readAnswers(form, d.kept.Answers); err != nil {
			return err
		}
	}
	for i, f := range d.Files {
		if d.Files[i].Field = d.offer.fieldOf(f.Document); d.Files[i].Field == otherField {
			d.Files[i].Document = ""
		}
	}
	for _, f := range form.FileFields() {
		delete(d.Answers, f.Name)
		var ids []string
		for _, file := range d.FilesOf(f.Name) {
			ids = append(ids, file.ID.String())
		}
		if len(ids) > 0 {
			d.Answers[f.Name] = ids
		}
	}
	return nil
}

// readAnswers takes what was kept for fields that the form has; files are told by the draft itself.
func readAnswers(form *forms.Form, kept map[string]json.RawMessage) (forms.Answers, error) {
	known := map[string]json.RawMessage{}
	for name, v := range kept {
		if f := form.Field(name); f != nil && f.Widget != forms.WidgetFile {
			known[name] = v
		}
	}
	raw, err := json.Marshal(known)
	if err != nil {
		return nil, fmt.Errorf("answers of a check: %w", err)
	}
	return form.ParseAnswers(raw)
}

// Takes implements submission.Submission.
func (d *Draft) Takes(field string) (submission.FileField, bool) {
	if field == otherField {
		return submission.FileField{MaxFiles: otherFiles}, true
	}
	id, ok := d.offer.documentOf(field)
	return submission.FileField{Document: id, MaxFiles: filesOfDocument}, ok
}

// Sheet is the page with its answers.
func (d *Draft) Sheet() (submission.Sheet, error) {
	form, err := d.offer.Form()
	if err != nil {
		return submission.Sheet{}, err
	}
	return submission.Sheet{Form: form, Step: form.Steps[0], Answers: d.Answers}, nil
}

// Take reads what was sent: it becomes the answers, or is kept as it was typed and post says what is wrong.
func (d *Draft) Take(post submission.Posted, now time.Time) error {
	sheet, err := d.Sheet()
	if err != nil {
		return err
	}
	answers, wrong := sheet.Take(post, now)
	if d.Typed = wrong; wrong == nil {
		d.Answers, d.Sent = answers, true
	}
	return nil
}

// Note keeps what stands on the page while it is not sent, and says whether there is anything to keep. refused is what became of the
// files that came with it; nil when none could come.
func (d *Draft) Note(post submission.Posted, refused []submission.Refusal) (bool, error) {
	sheet, err := d.Sheet()
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
	sheet, err := d.Sheet()
	if err != nil {
		return err
	}
	switch {
	case d.Typed != nil:
		sheet.Show(*d.Typed, post, now)
		if !d.Typed.Sent {
			return nil
		}
	case d.Sent:
		sheet.Form.Fill(sheet.Step, d.Answers, post)
		for _, e := range sheet.Form.CheckStep(sheet.Step, d.Answers, now) {
			post.Add(e.Field, e.Key, e.Args...)
		}
	default:
		sheet.Form.Fill(sheet.Step, d.Answers, post)
		return nil
	}
	if e, none := d.noFile(); none && !hasError(post, e.Field) {
		post.Add(e.Field, e.Key)
	}
	return nil
}

func hasError(post submission.Posted, field string) bool {
	return slices.ContainsFunc(post.Errors(), func(e fault.FieldError) bool { return e.Field == field })
}

// noFile is the problem of a package without any paper, at the first place for one.
func (d *Draft) noFile() (fault.FieldError, bool) {
	field := otherField
	if len(d.offer.Documents) > 0 {
		field = documentField + "1"
	}
	return fault.FieldError{Field: field, Key: "checks.file_required"}, len(d.Files) == 0
}

// Problems returns what is wrong with the package as it stands.
func (d *Draft) Problems(now time.Time) ([]fault.FieldError, error) {
	sheet, err := d.Sheet()
	if err != nil {
		return nil, err
	}
	problems := sheet.Form.CheckStep(sheet.Step, d.Answers, now)
	if e, none := d.noFile(); none {
		problems = append(problems, e)
	}
	return problems, nil
}

// Worked implements submission.Submission.
func (d *Draft) Worked() bool { return len(d.Files) > 0 }

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
	centre, ok := d.Centre()
	if !ok {
		return nil, fault.New(fault.Conflict, "submission.incomplete")
	}
	r := &contract.DocumentCheck{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, ServiceID: d.offer.ID, CentreID: centre.ID,
		Note: d.get(noteField), Name: d.get(nameField), Email: d.get(emailField), Phone: d.get(phoneField), Consent: true,
		Language: by.Language, CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}
	for _, f := range d.Files {
		file := f.Attachment
		if file.Field = contract.CheckDocument; file.Document == "" {
			file.Field = contract.CheckFiles
		}
		r.Attachments = append(r.Attachments, file)
	}
	return r, nil
}

var _ tracking.Shown = (*Package)(nil)

// Open implements tracking.Shown: it opens what staff said with the code of whoever sent the papers. An answer that cannot be opened is
// marked.
func (p *Package) Open(code seal.Code) error {
	if p.Answer == nil {
		return nil
	}
	raw, err := code.Open(p.Answer.sealed, contract.MaxCheckAnswer)
	if err == nil {
		err = json.Unmarshal(raw, &p.Answer.CheckAnswer)
	}
	p.Answer.Unreadable = err != nil
	return nil
}
