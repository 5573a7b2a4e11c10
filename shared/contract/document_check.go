package contract

import (
	_ "embed"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// KindCheck is the name of the kind of preliminary checks.
const KindCheck = "check"

//go:embed document_check.schema.json
var documentCheckSchema []byte

func init() {
	Register(Kind{Name: KindCheck, Schema: documentCheckSchema, New: func() Record { return new(DocumentCheck) }})
}

// The fields of the attachments of a check.
const (
	CheckDocument = "document" // answers to a document of the service's list
	CheckFiles    = "files"    // answers to none
)

// MaxCheckNote bounds what somebody writes beside their documents, in characters.
const MaxCheckNote = 2000

// CheckFilesKept is how many days after the answer the centre still has the files of a check. Both sites say it to people, and the
// inside removes them.
const CheckFilesKept = 14

// DocumentCheck is a package of documents that somebody wants a centre to look through before they come (попередня перевірка). It
// applies for nothing.
type DocumentCheck struct {
	Version       int         `json:"version"` // 1
	MessageID     uuid.UUID   `json:"message_id"`
	ReceiptNumber string      `json:"receipt_number"`
	ServiceID     uuid.UUID   `json:"service_id"`
	CentreID      uuid.UUID   `json:"centre_id"`
	Note          string      `json:"note"`
	Name          string      `json:"name"` // how to address the person; nobody has to prove who they are
	Email         string      `json:"email,omitempty"`
	Phone         string      `json:"phone,omitempty"`
	Attachments   Attachments `json:"attachments"` // at least one
	Consent       bool        `json:"consent"`     // to the processing of personal data
	Language      locale.Lang `json:"language"`
	CodeHash      string      `json:"code_hash"` // hex SHA-256 of the person's secret code
	Recipient     string      `json:"recipient"` // age recipient derived from it; the answer leaves sealed to it
	SubmittedAt   time.Time   `json:"submitted_at"`
}

// Kind implements Record.
func (d *DocumentCheck) Kind() string { return KindCheck }

// Header implements Record.
func (d *DocumentCheck) Header() Header {
	return Header{
		MessageID: d.MessageID, ReceiptNumber: d.ReceiptNumber, CodeHash: d.CodeHash, Recipient: d.Recipient, Language: d.Language,
		SubmittedAt: d.SubmittedAt, ServiceID: &d.ServiceID, CentreID: &d.CentreID,
		Sender: Sender{Name: d.Name, Phone: d.Phone, Email: d.Email},
	}
}

// Files implements Record.
func (d *DocumentCheck) Files() []Attachment { return d.Attachments }

// Check implements Record.
func (d *DocumentCheck) Check() []fault.FieldError {
	files := true
	for _, f := range d.Attachments {
		files = files && (f.Field == CheckDocument && f.Document != "" || f.Field == CheckFiles && f.Document == "")
	}
	return wrongIn(map[string]bool{
		"name":         plain.IsLine(d.Name) && strings.TrimSpace(d.Name) != "",
		"email, phone": hasContact(d.Email, d.Phone),
		"email":        d.Email == "" || plain.IsEmail(d.Email),
		"phone":        d.Phone == "" || plain.IsPhone(d.Phone),
		"attachments":  files,
	})
}

// CheckAnswer is what staff say of a package of documents. It is about one person's papers, so it leaves the inside only as JSON
// sealed to their secret code.
type CheckAnswer struct {
	Papers []CheckedPaper `json:"papers"` // none when the package was not checked
	Text   string         `json:"text"`   // what to bring and do; with no papers, why they were not checked
}

// CheckedPaper is one file with what was said of it.
type CheckedPaper struct {
	Document locale.Text `json:"document"` // of the service's list; zero when it answers to none
	File     string      `json:"file"`
	Fit      bool        `json:"fit"`
	Remark   string      `json:"remark"` // what has to be mended; may be there for a fit one too
}

// Limits of an answer to a check, in characters; MaxCheckAnswer bounds its JSON, in bytes.
const (
	MaxCheckRemark = 1000
	MaxCheckText   = 4000
	MaxCheckAnswer = 128 << 10
)

// AllFit says whether every paper was looked at and nothing has to be mended.
func (a CheckAnswer) AllFit() bool {
	for _, p := range a.Papers {
		if !p.Fit {
			return false
		}
	}
	return len(a.Papers) > 0
}
