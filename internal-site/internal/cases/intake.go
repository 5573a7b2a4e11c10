package cases

import (
	"context"
	"errors"
	"fmt"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// Intake takes applications that arrive online: each becomes a registered case.
type Intake struct{ store *Store }

// NewIntake makes the intake's handler of applications. It works in the intake's transactions alone.
func NewIntake() Intake { return Intake{NewStore(nil)} }

// Kind implements intake.Handler.
func (Intake) Kind() string { return contract.KindApplication }

// Handle implements intake.Handler.
func (h Intake) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	a, ok := o.Record.(*contract.Application)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no application", o.Record.Kind())
	}
	if id, number, found, err := caseOfMessage(ctx, tx, o.ID); err != nil || found {
		return intake.Registered(intake.SubjectCase, id, number), err
	}
	form, err := h.judge(ctx, tx, a, o)
	if err != nil {
		return intake.Answer{}, err
	}
	f := filingOf(a, o)
	files, err := o.Files(ctx)
	if err != nil {
		return intake.Answer{}, err
	}
	for _, file := range files {
		f.Received = append(f.Received, receivedFile(file, form))
	}
	c, err := h.store.Register(ctx, tx, f, audit.System("intake"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		return intake.Answer{}, &intake.Refusal{Reason: intake.ReasonService, Detail: keyOf(err), Cause: err}
	}
	if err != nil {
		return intake.Answer{}, fmt.Errorf("register case: %w", err)
	}
	return intake.Registered(intake.SubjectCase, c.ID, c.Number), nil
}

// judge holds an application against the service and the form that it names, and returns the form.
func (h Intake) judge(ctx context.Context, tx intake.Tx, a *contract.Application, o intake.Opened) (*forms.Form, error) {
	asked, err := formAndApplicants(ctx, tx, a.FormID, a.ServiceID)
	if fault.Is(err, fault.NotFound) {
		return nil, &intake.Refusal{Reason: intake.ReasonForm, Detail: a.FormID.String(), Cause: err}
	}
	if err != nil {
		return nil, fmt.Errorf("form %s: %w", a.FormID, err)
	}
	if err := a.Applicant.CheckKind(asked.applicants); err != nil {
		return nil, &intake.Refusal{Reason: intake.ReasonApplicant, Detail: intake.Places(err), Cause: err}
	}
	return asked.form, judgeAnswers(asked.form, a, o)
}

// judgeAnswers validates the answers by the form that was filled in, and the attachments by the answers.
func judgeAnswers(form *forms.Form, a *contract.Application, o intake.Opened) error {
	answers, err := form.ParseAnswers(a.Answers)
	if err == nil {
		err = form.Validate(answers, o.FiledAt)
	}
	if err != nil {
		return &intake.Refusal{Reason: intake.ReasonAnswers, Detail: intake.Places(err), Cause: err}
	}
	named := map[string]string{}
	for _, field := range form.FileFields() {
		ids, _ := answers[field.Name].([]string)
		for _, id := range ids {
			named[id] = field.Name
		}
	}
	for _, f := range a.Attachments {
		if named[f.ID.String()] != f.Field {
			return &intake.Refusal{Reason: intake.ReasonAnswers, Detail: f.Field}
		}
		delete(named, f.ID.String())
	}
	if len(named) > 0 {
		return &intake.Refusal{Reason: intake.ReasonAnswers, Detail: "attachments"}
	}
	return nil
}

// filingOf turns an application into what is registered.
func filingOf(a *contract.Application, o intake.Opened) Filing {
	return Filing{
		MessageID: &o.ID, ReceiptNumber: o.ReceiptNumber, Channel: Online, ServiceID: a.ServiceID,
		CentreID: a.CentreID, FormID: &a.FormID, Answers: a.Answers, CodeHash: o.CodeHash, Recipient: a.Recipient, FiledAt: o.FiledAt,
		Applicant: applicantOf(a.Applicant), Told: outbox.Choice{Channel: a.Applicant.Told, Language: string(a.Language)},
	}
}

func applicantOf(p contract.Applicant) Applicant {
	a := Applicant{
		Kind: p.Kind, Surname: p.Surname, GivenName: p.GivenName, Patronymic: p.Patronymic, Entity: p.Entity,
		TaxNumber: p.TaxNumber, NoTaxNumber: p.NoTaxNumber, EDRPOU: p.EDRPOU, Passport: p.Passport, Document: p.Document,
		Address: p.Address, Phone: p.Phone, Email: p.Email,
	}
	if r := p.Representative; r != nil {
		a.Representative = Representative{
			Surname: r.Surname, GivenName: r.GivenName, Patronymic: r.Patronymic, Basis: r.Basis, Document: r.Document,
		}
	}
	return a
}

// receivedFile is the row of an attachment, titled like the field of the form that it answers. Its id is ours: the one
// that the public site gave could be another file's.
func receivedFile(f intake.File, form *forms.Form) documents.File {
	title := form.Field(f.Field).Title
	return documents.File{
		Purpose: documents.Received, Title: title.UK, TitleEN: title.EN, FileName: f.Name, MediaType: f.MediaType,
		Size: f.Size, SHA256: f.SHA256, Bucket: documents.BucketQuarantine, ObjectKey: f.ObjectKey, Notes: f.Notes,
	}
}

func keyOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}
