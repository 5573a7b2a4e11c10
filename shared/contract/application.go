package contract

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

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
	Attachments   []Attachment    `json:"attachments"`
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

// Attachment is one file of an application. Its bytes travel sealed beside the envelope, under FileKey.
type Attachment struct {
	ID        uuid.UUID `json:"id"`
	Field     string    `json:"field"`    // field of the form
	Document  string    `json:"document"` // id of the card's document it answers to
	Name      string    `json:"name"`     // file name as the applicant has it
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"` // hex, of the file itself
}

// MediaTypes are the types of files that may be attached.
var MediaTypes = []string{
	"application/pdf", "image/jpeg", "image/png",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

// DecodeApplication reads a record of KindApplication. Anything wrong with it is an Invalid fault whose cause names
// places, never values.
func DecodeApplication(record []byte) (Application, error) {
	var a Application
	if err := Check(KindApplication, record); err != nil {
		return a, err
	}
	if err := decodeRecord(record, &a); err != nil {
		return a, err
	}
	return a, a.check()
}

// Encode is the record to seal. It is checked as the other side will check it.
func (a Application) Encode() ([]byte, error) {
	if a.Attachments == nil {
		a.Attachments = []Attachment{}
	}
	record, err := json.Marshal(a)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "contract.malformed")
	}
	if err := Check(KindApplication, record); err != nil {
		return nil, err
	}
	return record, a.check()
}

// check holds the rules that a JSON Schema cannot say.
func (a Application) check() error {
	var total int64
	ids := map[uuid.UUID]bool{}
	for _, f := range a.Attachments {
		ids[f.ID] = true
		total += f.Size
	}
	_, numbered := ParseReceiptNumber(a.ReceiptNumber)
	_, recipientErr := seal.ParseRecipient(a.Recipient)
	hash, hashErr := hex.DecodeString(a.CodeHash)
	switch {
	case len(ids) != len(a.Attachments), total > MaxFilesSize, !numbered, recipientErr != nil, hashErr != nil, len(hash) != 32:
		return fault.New(fault.Invalid, "contract.malformed")
	case a.Applicant.Phone == "" && a.Applicant.Email == "":
		return fault.New(fault.Invalid, "contract.no_contact")
	case a.Applicant.Kind == ApplicantEntity && (a.Applicant.Entity == "" || a.Applicant.EDRPOU == ""):
		return fault.New(fault.Invalid, "contract.no_entity")
	}
	return nil
}
