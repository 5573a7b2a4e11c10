package intake

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/seal"
)

// open unseals a message for the keys at hand.
func open(keys seal.Keyring, m Message) ([]byte, error) {
	record, err := keys.Open(seal.Bound{Kind: m.Kind, MessageID: m.ID}, m.Envelope)
	switch {
	case err == nil:
		return record, nil
	case errors.Is(err, seal.ErrNotSealed):
		return nil, &Refusal{Reason: ReasonNotSealed, Cause: err}
	case errors.Is(err, seal.ErrUnknownKey):
		return nil, &Refusal{Reason: ReasonUnknownKey, Detail: m.KeyID, Cause: err}
	}
	return nil, &Refusal{Reason: ReasonCannotOpen, Cause: err}
}

// decodeApplication reads the record and holds it against what travelled beside it.
func decodeApplication(m Message, record []byte) (contract.Application, Known, error) {
	a, err := contract.DecodeApplication(record)
	if err != nil {
		return a, Known{}, &Refusal{Reason: ReasonMalformed, Detail: places(err), Cause: err}
	}
	hash, err := hex.DecodeString(a.CodeHash)
	if err != nil {
		return a, Known{}, &Refusal{Reason: ReasonMalformed, Detail: "code_hash"}
	}
	if a.MessageID != m.ID || a.ReceiptNumber != m.ReceiptNumber {
		return a, Known{}, &Refusal{Reason: ReasonMismatch, Detail: "message_id, receipt_number"}
	}
	return a, Known{ServiceID: &a.ServiceID, CentreID: &a.CentreID, CodeHash: hash}, nil
}

// places keeps what an error says of where something is wrong.
func places(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Field)
	}
	if f.Cause != nil && len(names) == 0 {
		return f.Cause.Error()
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// judge validates the answers by the form that was filled in, and the attachments by the answers.
func judge(form *forms.Form, a contract.Application, known Known) error {
	answers, err := form.ParseAnswers(a.Answers)
	if err == nil {
		err = form.Validate(answers, a.SubmittedAt)
	}
	if err != nil {
		return &Refusal{Reason: ReasonAnswers, Detail: places(err), Known: known, Cause: err}
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
			return &Refusal{Reason: ReasonAnswers, Detail: f.Field, Known: known}
		}
		delete(named, f.ID.String())
	}
	if len(named) > 0 {
		return &Refusal{Reason: ReasonAnswers, Detail: "attachments", Known: known}
	}
	return nil
}

// filing turns an application into what the cases take.
func filing(a contract.Application, known Known) cases.Filing {
	p := a.Applicant
	return cases.Filing{
		MessageID: &a.MessageID, ReceiptNumber: a.ReceiptNumber, Channel: cases.Online, ServiceID: a.ServiceID,
		CentreID: a.CentreID, FormID: &a.FormID, Answers: a.Answers, CodeHash: known.CodeHash, Recipient: a.Recipient,
		Applicant: cases.Applicant{
			Kind: p.Kind, Surname: p.Surname, GivenName: p.GivenName, Patronymic: p.Patronymic, Entity: p.Entity,
			TaxNumber: p.TaxNumber, EDRPOU: p.EDRPOU, Passport: p.Passport, Address: p.Address, Phone: p.Phone, Email: p.Email,
		},
	}
}

// filedAt is when the application counts as filed: when the public site took it. Its clock is not ours and not
// trusted: never after the message arrived here, and not weeks before.
func filedAt(submitted, now time.Time) time.Time {
	switch earliest := now.AddDate(0, 0, -30); {
	case submitted.After(now):
		return now
	case submitted.Before(earliest):
		return earliest
	}
	return submitted
}

// openedKey is where an opened attachment lies in the bucket quarantine.
func openedKey(message, attachment uuid.UUID) string {
	return fmt.Sprintf("opened/%s/%s", message, attachment)
}

// backoff is how long a message waits after its n-th attempt that failed.
func backoff(n int, longest time.Duration) time.Duration {
	return min(time.Second<<min(max(n-1, 0), 12), longest)
}
