package contract

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

// KindApplication is the name of the first kind.
const KindApplication = "application"

//go:embed application.schema.json
var applicationSchema []byte

func init() {
	Register(Kind{Name: KindApplication, Schema: applicationSchema, New: func() Record { return new(Application) }})
}

// Application is the first kind of submission: somebody applies for a quick service (швидка послуга).
type Application struct {
	Version       int             `json:"version"` // 1
	MessageID     uuid.UUID       `json:"message_id"`
	ReceiptNumber string          `json:"receipt_number"`
	ServiceID     uuid.UUID       `json:"service_id"`
	CentreID      uuid.UUID       `json:"centre_id"` // the centre that the applicant chose
	FormID        uuid.UUID       `json:"form_id"`   // version of the form that was filled in
	Applicant     Applicant       `json:"applicant"`
	Answers       json.RawMessage `json:"answers"` // object by the form's schema; files are ids of Attachments
	Attachments   Attachments     `json:"attachments"`
	Consent       bool            `json:"consent"` // to the processing of personal data
	Language      locale.Lang     `json:"language"`
	CodeHash      string          `json:"code_hash"` // hex SHA-256 of the applicant's secret code
	Recipient     string          `json:"recipient"` // age recipient derived from it
	SubmittedAt   time.Time       `json:"submitted_at"`
}

// Applicant is who applies.
type Applicant struct {
	Kind        string `json:"kind"` // person, entrepreneur or entity
	Surname     string `json:"surname"`
	GivenName   string `json:"given_name"`
	Patronymic  string `json:"patronymic,omitempty"` // some people have none
	TaxNumber   string `json:"tax_number,omitempty"` // РНОКПП
	NoTaxNumber bool   `json:"no_tax_number,omitempty"`
	Passport    string `json:"passport,omitempty"` // series and number, for people without a РНОКПП
	Entity      string `json:"entity,omitempty"`
	EDRPOU      string `json:"edrpou,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Email       string `json:"email,omitempty"`
	Address     string `json:"address"`
}

// The kinds of applicants.
const (
	ApplicantPerson       = "person"
	ApplicantEntrepreneur = "entrepreneur"
	ApplicantEntity       = "entity"
)

// Kind implements Record.
func (a *Application) Kind() string { return KindApplication }

// Header implements Record.
func (a *Application) Header() Header {
	return Header{
		MessageID: a.MessageID, ReceiptNumber: a.ReceiptNumber, CodeHash: a.CodeHash, Recipient: a.Recipient, Language: a.Language,
		SubmittedAt: a.SubmittedAt, ServiceID: &a.ServiceID, CentreID: &a.CentreID,
	}
}

// Files implements Record.
func (a *Application) Files() []Attachment { return a.Attachments }

// Check implements Record.
func (a *Application) Check() []fault.FieldError { return a.Applicant.check() }

// PassportPattern is the form of a passport's series and number, or of the number of a card.
const PassportPattern = `^[\p{L}]{0,3} ?[0-9]{6,9}$` //nolint:gosec // a passport, no password

var passport = regexp.MustCompile(PassportPattern)

// check judges who applies. A person has a tax number, or says that there is none and has a passport.
func (p Applicant) check() []fault.FieldError {
	_, taxNumber := ukr.ParseTaxNumber(p.TaxNumber)
	_, edrpou := ukr.ParseEDRPOU(p.EDRPOU)
	entity := p.Kind == ApplicantEntity
	named := p.TaxNumber != "" || p.NoTaxNumber && p.Passport != ""
	return wrongIn(map[string]bool{
		"applicant/surname":    plain.IsLine(p.Surname),
		"applicant/given_name": plain.IsLine(p.GivenName),
		"applicant/patronymic": plain.IsLine(p.Patronymic),
		"applicant/tax_number": named && (p.TaxNumber == "" || taxNumber == nil),
		"applicant/passport":   p.Passport == "" || passport.MatchString(p.Passport),
		"applicant/entity":     plain.IsLine(p.Entity) && (p.Entity != "") == entity,
		"applicant/edrpou":     (p.EDRPOU != "") == entity && (p.EDRPOU == "" || edrpou == nil),
		"applicant/contact":    hasContact(p.Email, p.Phone),
		"applicant/email":      p.Email == "" || plain.IsEmail(p.Email),
		"applicant/phone":      p.Phone == "" || plain.IsPhone(p.Phone),
	})
}

func hasContact(email, phone string) bool { return email != "" || phone != "" }

// CheckKind refuses an applicant of a kind that the service does not take.
func (p Applicant) CheckKind(taken []string) error {
	if slices.Contains(taken, p.Kind) {
		return nil
	}
	return fault.InvalidFields(wrongAt("applicant/kind"))
}
