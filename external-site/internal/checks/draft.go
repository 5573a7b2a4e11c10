package checks

import (
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
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
	chosen := d.Text(centreField)
	i := slices.IndexFunc(d.offer.Centres, func(c org.Centre) bool { return c.ID.String() == chosen })
	if i < 0 {
		return org.Centre{}, false
	}
	return d.offer.Centres[i], true
}

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	page, err := d.Keep()
	if err != nil {
		return nil, err
	}
	return json.Marshal(keptDraft{KeptPage: page, Service: d.offer.ID})
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

// Adopt implements submission.Submission. When the list of documents has changed meanwhile, each file goes to where its document now
// stands, and those of a document that is listed no more are other papers; a centre that checks no more is to be chosen anew.
func (d *Draft) Adopt() error {
	if d.kept.Service != d.offer.ID {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	for i, f := range d.Files {
		if d.Files[i].Field = d.offer.fieldOf(f.Document); d.Files[i].Field == otherField {
			d.Files[i].Document = ""
		}
	}
	return d.ReadKept()
}

// Takes implements submission.Submission.
func (d *Draft) Takes(field string) (submission.FileField, bool) {
	if field == otherField {
		return submission.FileField{MaxFiles: otherFiles}, true
	}
	id, ok := d.offer.documentOf(field)
	return submission.FileField{Document: id, MaxFiles: filesOfDocument}, ok
}

// noFile is the problem of a package without any paper, at the first place for one.
func (d *Draft) noFile() fault.FieldError {
	switch {
	case len(d.Files) > 0:
		return fault.FieldError{}
	case len(d.offer.Documents) > 0:
		return fault.FieldError{Field: documentField + "1", Key: "checks.file_required"}
	}
	return fault.FieldError{Field: otherField, Key: "checks.file_required"}
}

// Worked implements submission.Submission.
func (d *Draft) Worked() bool { return len(d.Files) > 0 }

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	centre, ok := d.Centre()
	if !ok {
		return nil, fault.New(fault.Conflict, "submission.incomplete")
	}
	r := &contract.DocumentCheck{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, ServiceID: d.offer.ID, CentreID: centre.ID,
		Note: d.Text(noteField), Name: d.Text(nameField), Email: d.Text(emailField), Phone: d.Text(phoneField), Consent: true,
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
