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

// KindQuestion is the name of the kind of questions.
const KindQuestion = "question"

//go:embed question.schema.json
var questionSchema []byte

func init() {
	Register(Kind{Name: KindQuestion, Schema: questionSchema, New: func() Record { return new(Question) }})
}

// Limits of a question.
const (
	MaxQuestionTopic = 150
	MaxQuestionText  = 4000
	MaxQuestionFiles = 3
	QuestionFiles    = "files" // the field of its attachments
)

// Question is what somebody asks a centre or an authority (консультація).
type Question struct {
	Version       int         `json:"version"` // 1
	MessageID     uuid.UUID   `json:"message_id"`
	ReceiptNumber string      `json:"receipt_number"`
	CentreID      *uuid.UUID  `json:"centre_id,omitempty"`    // either the centre that is asked
	AuthorityID   *uuid.UUID  `json:"authority_id,omitempty"` // or the authority
	ServiceID     *uuid.UUID  `json:"service_id,omitempty"`   // what the question is about
	Official      string      `json:"official,omitempty"`     // a letter: the name of the official of that body to whom it is written
	Topic         string      `json:"topic"`
	Text          string      `json:"text"`
	Name          string      `json:"name"` // how to address the person; nobody has to prove who they are
	Email         string      `json:"email,omitempty"`
	Phone         string      `json:"phone,omitempty"`
	Attachments   Attachments `json:"attachments"`
	Consent       bool        `json:"consent"` // to the processing of personal data
	Language      locale.Lang `json:"language"`
	CodeHash      string      `json:"code_hash"` // hex SHA-256 of the person's secret code
	Recipient     string      `json:"recipient"` // age recipient derived from it; the answer leaves sealed to it
	SubmittedAt   time.Time   `json:"submitted_at"`
}

// Kind implements Record.
func (q *Question) Kind() string { return KindQuestion }

// Header implements Record.
func (q *Question) Header() Header {
	return Header{
		MessageID: q.MessageID, ReceiptNumber: q.ReceiptNumber, CodeHash: q.CodeHash, Recipient: q.Recipient, Language: q.Language,
		SubmittedAt: q.SubmittedAt, ServiceID: q.ServiceID, CentreID: q.CentreID, AuthorityID: q.AuthorityID,
		Sender: Sender{Name: q.Name, Phone: q.Phone, Email: q.Email},
	}
}

// Files implements Record.
func (q *Question) Files() []Attachment { return q.Attachments }

// Check implements Record.
func (q *Question) Check() []fault.FieldError {
	fields := true
	for _, f := range q.Attachments {
		fields = fields && f.Field == QuestionFiles
	}
	return wrongIn(map[string]bool{
		"centre_id, authority_id": (q.CentreID == nil) != (q.AuthorityID == nil),
		"official":                plain.IsLine(q.Official),
		"topic":                   plain.IsLine(q.Topic) && strings.TrimSpace(q.Topic) != "",
		"text":                    strings.TrimSpace(q.Text) != "",
		"name":                    plain.IsLine(q.Name) && strings.TrimSpace(q.Name) != "",
		"email, phone":            hasContact(q.Email, q.Phone),
		"email":                   q.Email == "" || plain.IsEmail(q.Email),
		"phone":                   q.Phone == "" || plain.IsPhone(q.Phone),
		"attachments":             fields,
	})
}
