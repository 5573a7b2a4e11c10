package applications

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

var _ submission.Submission = (*Draft)(nil)

// Kind implements submission.Submission.
func (d *Draft) Kind() string { return contract.KindApplication }

// Service implements submission.Submission.
func (d *Draft) Service() uuid.UUID { return d.service.ID }

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	portal, errPortal := json.Marshal(d.Portal)
	answers, errAnswers := json.Marshal(d.Answers)
	if err := errors.Join(errPortal, errAnswers); err != nil {
		return nil, err
	}
	return json.Marshal(keptDraft{
		Draft: d.Draft, ServiceID: d.service.ID, Answers: rawAnswers{Portal: portal, Service: answers}, Visited: d.Visited, Typed: d.Typed, Filled: d.Filled,
	})
}

// Answered is what another application may begin with: the answers, without files, which leave with the one that was sent.
func (d *Draft) Answered() json.RawMessage {
	raw, err := json.Marshal(answered{Service: d.service.ID, Answers: d.rawAnswers(), Visited: d.Visited})
	if err != nil { // answers are what JSON was read into
		return nil
	}
	return raw
}

// Refill puts the answers of an earlier application into one in which nothing was answered yet, as far as the form in force
// still asks for them. Pages with files have to be gone through again.
func (d *Draft) Refill(raw json.RawMessage) error {
	var a answered
	if json.Unmarshal(raw, &a) != nil || a.Service != d.service.ID {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	d.Portal, d.Answers = readAnswers(d.service.Portal, a.Answers.Portal), readAnswers(d.service.Form, a.Answers.Service)
	for _, f := range d.service.Form.FileFields() {
		delete(d.Answers, f.Name)
	}
	for _, p := range d.service.Pages(d) {
		if a.Visited[p.key()] && !p.HasFiles() {
			d.Visit(p)
		}
	}
	return nil
}

// answered is what is kept for another application.
type answered struct {
	Service uuid.UUID       `json:"service_id"`
	Answers rawAnswers      `json:"answers"`
	Visited map[string]bool `json:"visited"`
}

func (d *Draft) rawAnswers() rawAnswers {
	portal, errPortal := json.Marshal(d.Portal)
	answers, errAnswers := json.Marshal(d.Answers)
	if errors.Join(errPortal, errAnswers) != nil {
		return rawAnswers{}
	}
	return rawAnswers{Portal: portal, Service: answers}
}

// UnmarshalJSON takes what was kept; Adopt makes answers of it.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	var k keptDraft
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	d.Draft, d.about, d.raw, d.Visited, d.Typed, d.Filled = k.Draft, k.ServiceID, k.Answers, k.Visited, k.Typed, k.Filled
	d.Portal, d.Answers = readAnswers(d.service.Portal, d.raw.Portal), readAnswers(d.service.Form, d.raw.Service)
	return nil
}

// Adopt fits the draft to the form that is in force now, as staff may have published a new one meanwhile: answers to
// questions that are no longer asked are gone, and the applicant is led to those that are new.
func (d *Draft) Adopt() error {
	if d.about != d.service.ID {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	if d.Visited == nil {
		d.Visited = map[string]bool{}
	}
	if d.Typed == nil {
		d.Typed = map[string]submission.Typed{}
	}
	d.CentreGone = d.centreGone()
	d.syncFiles()
	return nil
}

// centreGone says whether a centre was chosen that is not offered any more. Its choice may be gone from the form as
// well: with one centre left there is nothing to choose.
func (d *Draft) centreGone() bool {
	var kept struct {
		Centre string `json:"centre"`
	}
	if len(d.raw.Portal) == 0 || json.Unmarshal(d.raw.Portal, &kept) != nil || kept.Centre == "" {
		return false
	}
	return !slices.ContainsFunc(d.service.Centres, func(c org.Centre) bool { return c.ID.String() == kept.Centre })
}

func readAnswers(f *forms.Form, raw json.RawMessage) forms.Answers {
	var values map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &values) != nil {
		return forms.Answers{}
	}
	out := forms.Answers{}
	for name, v := range values {
		one, err := json.Marshal(map[string]json.RawMessage{name: v})
		if err != nil {
			continue
		}
		if a, err := f.ParseAnswers(one); err == nil {
			out[name] = a[name]
		}
	}
	f.Prune(out)
	return out
}

// syncFiles makes the answers of file fields say what is attached.
func (d *Draft) syncFiles() {
	f := d.service.Form
	for _, field := range f.FileFields() {
		var ids []string
		for _, file := range d.FilesOf(field.Name) {
			ids = append(ids, file.ID.String())
		}
		if delete(d.Answers, field.Name); len(ids) > 0 && f.Visible(field, d.Answers) {
			d.Answers[field.Name] = ids
		}
	}
}

// Takes implements submission.Submission.
func (d *Draft) Takes(name string) (submission.FileField, bool) {
	field := d.service.Form.Field(name)
	if field == nil || field.Widget != forms.WidgetFile {
		return submission.FileField{}, false
	}
	return submission.FileField{Document: field.Document, MaxFiles: field.MaxItems}, true
}

// Worked implements submission.Submission: a page was sent and nothing was wrong with it.
func (d *Draft) Worked() bool { return len(d.Visited) > 0 }

// Ready implements submission.Submission.
func (d *Draft) Ready(now time.Time) error {
	if d.service.NextPage(d, now) != "check" {
		return fault.New(fault.Conflict, "submission.incomplete")
	}
	return errors.Join(d.service.Portal.Validate(d.Portal, now), d.service.Form.Validate(d.Answers, now))
}

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	centre, ok := d.Centre()
	if !ok {
		return nil, fault.New(fault.Conflict, "apply.no_centre")
	}
	answers, err := json.Marshal(d.Answers)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "")
	}
	a := &contract.Application{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, ServiceID: d.service.ID, CentreID: centre.ID,
		FormID: d.service.FormID, Applicant: d.applicant(), Answers: answers, Consent: true, Language: by.Language,
		CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}
	for _, f := range d.Files { // only those that answer to a question that is asked
		if field := d.service.Form.Field(f.Field); field != nil && d.service.Form.Visible(field, d.Answers) {
			a.Attachments = append(a.Attachments, f.Attachment)
		}
	}
	return a, nil
}
