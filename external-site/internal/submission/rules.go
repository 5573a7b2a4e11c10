package submission

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Page is one page of an application: a step of the portal's form or of the service's.
type Page struct {
	forms.Step
	Form *forms.Form
	// Portal says that the step belongs to the portal's own form.
	Portal bool
}

// HasFiles says whether files are added on the page.
func (p Page) HasFiles() bool {
	return slices.ContainsFunc(p.Fields, func(f *forms.Field) bool { return f.Widget == forms.WidgetFile })
}

// Pages are the pages of an application in order, without those on which d is asked nothing.
func (s Service) Pages(d *Draft) []Page {
	var out []Page
	for _, step := range s.Portal.Steps {
		out = append(out, Page{Step: step, Form: s.Portal, Portal: true})
	}
	for _, step := range s.Form.Steps {
		if s.Form.Asks(step, d.Answers) {
			out = append(out, Page{Step: step, Form: s.Form})
		}
	}
	return out
}

// AnswersOf returns the answers that the page reads and writes.
func (d *Draft) AnswersOf(p Page) forms.Answers {
	if p.Portal {
		return d.Portal
	}
	return d.Answers
}

// Problems returns what is wrong with one page as it stands in the draft.
func (d *Draft) Problems(p Page, now time.Time) []fault.FieldError {
	wrong := p.Form.CheckStep(p.Step, d.AnswersOf(p), now)
	if p.ID == StepContacts && p.Portal {
		wrong = append(wrong, checkContacts(d.Portal)...)
	}
	return wrong
}

// NextPage is where the applicant has to go: the first page that was not sent or is not right, "check" when all are.
func (s Service) NextPage(d *Draft, now time.Time) string {
	for _, p := range s.Pages(d) {
		if !d.Visited[p.key()] || len(d.Problems(p, now)) > 0 {
			return p.ID
		}
	}
	return "check"
}

func (p Page) key() string {
	if p.Portal {
		return "portal/" + p.ID
	}
	return p.ID
}

// Visit notes that the page was sent.
func (d *Draft) Visit(p Page) { d.Visited[p.key()] = true }

// adopt fits a draft to the form that is in force now, as staff may have published a new one meanwhile: answers to
// questions that are no longer asked go, and the applicant is led to those that are new.
func (d *Draft) adopt(s Service) {
	d.FormID = s.FormID
	d.Portal, d.Answers = readAnswers(s.Portal, d.Raw.Portal), readAnswers(s.Form, d.Raw.Service)
	d.syncFiles(s.Form)
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
func (d *Draft) syncFiles(f *forms.Form) {
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

// fits says whether one more file of the field may be added, before its bytes are read.
func (d *Draft) fits(field *forms.Field) error {
	switch {
	case len(d.FilesOf(field.Name)) >= field.MaxItems:
		return fault.InvalidFields(fault.FieldError{Field: field.Name, Key: "apply.files_of_field", Args: []any{field.MaxItems}})
	case len(d.Files) >= contract.MaxFiles:
		return fault.InvalidFields(fault.FieldError{Field: field.Name, Key: "apply.files_number", Args: []any{contract.MaxFiles}})
	case d.filesSize() >= contract.MaxFilesSize:
		return tooMuch(field.Name)
	}
	return nil
}

func tooMuch(field string) error {
	return fault.InvalidFields(fault.FieldError{Field: field, Key: "apply.files_total", Args: []any{contract.MaxFilesSize >> 20}})
}

// centre is the centre that the applicant chose, or the only one.
func (s Service) centre(a forms.Answers) (org.Centre, bool) {
	chosen, _ := a["centre"].(string)
	for _, c := range s.Centres {
		if c.ID.String() == chosen || len(s.Centres) == 1 {
			return c, true
		}
	}
	return org.Centre{}, false
}

// Centre is the centre that the application goes to, as far as it is known.
func (s Service) Centre(d *Draft) (org.Centre, bool) { return s.centre(d.Portal) }

// record is the application to seal, with the applicant's new secret code.
func (d *Draft) record(s Service, lang locale.Lang, now time.Time) (contract.Application, seal.Code, error) {
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		return contract.Application{}, code, err
	}
	centre, ok := s.centre(d.Portal)
	if !ok {
		return contract.Application{}, code, fault.New(fault.Conflict, "apply.no_centre")
	}
	answers, err := json.Marshal(d.Answers)
	if err != nil {
		return contract.Application{}, code, fault.Wrap(fault.Internal, err, "")
	}
	hash := code.Hash()
	a := contract.Application{
		Version: 1, MessageID: d.MessageID, ReceiptNumber: d.ReceiptNumber, ServiceID: s.ID, CentreID: centre.ID, FormID: s.FormID,
		Applicant: applicant(s, d.Portal), Answers: answers, Consent: true, Language: lang,
		CodeHash: hex.EncodeToString(hash[:]), Recipient: code.Recipient(), SubmittedAt: now.UTC(),
	}
	for _, f := range d.attached(s.Form) {
		a.Attachments = append(a.Attachments, f.Attachment)
	}
	return a, code, nil
}

// attached are the files that answer to a question that is asked.
func (d *Draft) attached(f *forms.Form) []File {
	var out []File
	for _, file := range d.Files {
		if field := f.Field(file.Field); field != nil && f.Visible(field, d.Answers) {
			out = append(out, file)
		}
	}
	return out
}

// newFileID makes the id of an attachment.
func newFileID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
