package contract

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
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
	Passport    string `json:"passport,omitempty"` // series and number of a document, for people without a РНОКПП
	Document    string `json:"document,omitempty"` // which document Passport is of; "": a passport of Ukraine
	Entity      string `json:"entity,omitempty"`
	EDRPOU      string `json:"edrpou,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Email       string `json:"email,omitempty"`
	Address     string `json:"address"`
	// Told is how the applicant wants to be told how the case goes: email, sms or none; "" leaves it to the portal.
	Told string `json:"told,omitempty"`
	// Representative acts for the applicant; nil when the applicant, or the person who is named for an entity, acts.
	Representative *Representative `json:"representative,omitempty"`
}

// Representative is who acts for an applicant, and by what.
type Representative struct {
	Surname    string `json:"surname"`
	GivenName  string `json:"given_name"`
	Patronymic string `json:"patronymic,omitempty"` // some people have none
	Basis      string `json:"basis"`                // law or attorney
	Document   string `json:"document"`             // what proves it: name, number, date
}

// How applicants may want to be told how their case goes.
const (
	ToldByEmail = "email"
	ToldBySMS   = "sms"
	ToldByNone  = "none" // they look themselves
)

// By what somebody represents an applicant.
const (
	BasisLaw      = "law"      // parents, adopters, guardians, heads of entities
	BasisAttorney = "attorney" // a power of attorney
)

// name is how staff call the applicant: the person, and whom they stand for.
func (p Applicant) name() string {
	person := strings.Join(strings.Fields(p.Surname+" "+p.GivenName+" "+p.Patronymic), " ")
	if p.Entity == "" || person == "" {
		return p.Entity + person
	}
	return p.Entity + ", " + person
}

// The kinds of applicants.
const (
	ApplicantPerson       = "person"
	ApplicantEntrepreneur = "entrepreneur"
	ApplicantEntity       = "entity"
)

// The documents by which somebody without a РНОКПП is identified.
const (
	DocumentPassport  = "" // of Ukraine
	DocumentForeign   = "foreign_passport"
	DocumentResidence = "residence_permit"
)

// Kind implements Record.
func (a *Application) Kind() string { return KindApplication }

// Header implements Record.
func (a *Application) Header() Header {
	return Header{
		MessageID: a.MessageID, ReceiptNumber: a.ReceiptNumber, CodeHash: a.CodeHash, Recipient: a.Recipient, Language: a.Language,
		SubmittedAt: a.SubmittedAt, ServiceID: &a.ServiceID, CentreID: &a.CentreID,
		Sender: Sender{Name: a.Applicant.name(), Phone: a.Applicant.Phone, Email: a.Applicant.Email},
	}
}

// Files implements Record.
func (a *Application) Files() []Attachment { return a.Attachments }

// Check implements Record.
func (a *Application) Check() []fault.FieldError { return a.Applicant.check() }

// check judges who applies. A person has a tax number, or says that there is none and has a passport.
func (p Applicant) check() []fault.FieldError {
	taxNumber := p.TaxNumber == "" || ukr.IsKept(p.TaxNumber, ukr.ParseTaxNumber)
	edrpou := p.EDRPOU == "" || ukr.IsKept(p.EDRPOU, ukr.ParseEDRPOU)
	entity := p.Kind == ApplicantEntity
	named := p.TaxNumber != "" || p.NoTaxNumber && p.Passport != ""
	return wrongIn(map[string]bool{
		"applicant/surname":    plain.IsLine(p.Surname),
		"applicant/given_name": plain.IsLine(p.GivenName),
		"applicant/patronymic": plain.IsLine(p.Patronymic),
		"applicant/tax_number": named && taxNumber,
		"applicant/passport":   p.Passport == "" && p.Document == "" || p.Passport != "" && p.documented(),
		"applicant/entity":     plain.IsLine(p.Entity) && (p.Entity != "") == entity,
		"applicant/edrpou":     (p.EDRPOU != "") == entity && edrpou,
		"applicant/contact":    hasContact(p.Email, p.Phone),
		"applicant/email":      p.Email == "" || plain.IsEmail(p.Email),
		"applicant/phone":      p.Phone == "" || plain.IsPhone(p.Phone),

		"applicant/told": p.Told != ToldByEmail && p.Told != ToldBySMS || p.Told == ToldByEmail && p.Email != "" || p.Told == ToldBySMS && p.Phone != "",

		"applicant/representative": p.Representative == nil || p.Representative.sound(),
	})
}

// sound says whether a representative is named, with what proves it.
func (r Representative) sound() bool {
	return r.Surname != "" && r.GivenName != "" && r.Document != "" &&
		plain.IsLine(r.Surname) && plain.IsLine(r.GivenName) && plain.IsLine(r.Patronymic) && plain.IsLine(r.Document) &&
		(r.Basis == BasisLaw || r.Basis == BasisAttorney)
}

// documented says whether the document's number has the form of its kind.
func (p Applicant) documented() bool {
	switch p.Document {
	case DocumentPassport:
		return ukr.IsKept(p.Passport, ukr.ParsePassport) || earlierPassport.MatchString(p.Passport)
	case DocumentForeign, DocumentResidence:
		return ukr.IsKept(p.Passport, ukr.ParseForeignDocument)
	}
	return false
}

// earlierPassport is how a public site of a release before sends the number; the two nodes are never upgraded at once.
var earlierPassport = regexp.MustCompile(`^[\p{L}]{0,3} ?[0-9]{6,9}$`) //nolint:gosec // a passport, no password

func hasContact(email, phone string) bool { return email != "" || phone != "" }

// CheckKind refuses an applicant of a kind that the service does not take.
func (p Applicant) CheckKind(taken []string) error {
	if slices.Contains(taken, p.Kind) {
		return nil
	}
	return fault.InvalidFields(wrongAt("applicant/kind"))
}
