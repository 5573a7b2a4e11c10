package contract

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// KindReply is the name of the kind of replies.
const KindReply = "reply"

//go:embed reply.schema.json
var replySchema []byte

func init() {
	Register(Kind{Name: KindReply, Schema: replySchema, New: func() Record { return new(Reply) }})
}

// What a reply is for.
const (
	ReplyAnswers   = "answer"     // papers, corrected answers or a few words
	ReplyWithdraws = "withdrawal" // the applicant takes the application back
)

// Limits of a reply.
const (
	MaxReplyText = 4000
	ReplyFiles   = "files" // the field of attachments that answer to no document of the list
)

// ReplyDocument is the field of attachments that answer to a document of the list.
const ReplyDocument = "document"

// Reply is what an applicant sends about a case that is registered already: an answer to what staff asked for, or the wish
// to take the application back.
//
// Everybody who reads the public site's database knows the hash of the case's secret code, and can seal a message to the
// inside. So the record holds the code itself: only its holder can make one, and no reply to one case passes for a reply to
// another. The inside compares the code with the hash that it keeps and forgets it.
type Reply struct {
	Version       int             `json:"version"` // 1
	MessageID     uuid.UUID       `json:"message_id"`
	ReceiptNumber string          `json:"receipt_number"`
	CaseID        uuid.UUID       `json:"case_id"`
	CentreID      uuid.UUID       `json:"centre_id"` // of the case
	Code          string          `json:"code"`      // the case's secret code in its normal form
	Purpose       string          `json:"purpose"`   // ReplyAnswers or ReplyWithdraws
	AskedID       *uuid.UUID      `json:"asked_id,omitempty"`
	Text          string          `json:"text"`
	Answers       json.RawMessage `json:"answers"` // the corrected answers, by the form of what was asked; no files
	Attachments   Attachments     `json:"attachments"`
	Language      locale.Lang     `json:"language"`
	CodeHash      string          `json:"code_hash"` // of Code
	Recipient     string          `json:"recipient"` // of Code
	SubmittedAt   time.Time       `json:"submitted_at"`
}

// Kind implements Record.
func (r *Reply) Kind() string { return KindReply }

// Header implements Record. A reply names nobody: the case does.
func (r *Reply) Header() Header {
	return Header{
		MessageID: r.MessageID, ReceiptNumber: r.ReceiptNumber, CodeHash: r.CodeHash, Recipient: r.Recipient, Language: r.Language,
		SubmittedAt: r.SubmittedAt, CentreID: &r.CentreID,
	}
}

// Files implements Record.
func (r *Reply) Files() []Attachment { return r.Attachments }

// Check implements Record. Whoever sends a reply holds the code that it is to be followed by, and says something.
func (r *Reply) Check() []fault.FieldError {
	files := true
	for _, f := range r.Attachments {
		files = files && (f.Field == ReplyDocument && f.Document != "" || f.Field == ReplyFiles && f.Document == "")
	}
	return wrongIn(map[string]bool{
		"code":        provenBy(r.Code, r.CodeHash, r.Recipient),
		"text":        r.Purpose == ReplyWithdraws || r.saysSomething(),
		"asked_id":    r.AskedID != nil || !r.corrects(),
		"answers":     r.Purpose == ReplyAnswers || !r.corrects(),
		"attachments": files,
	})
}

// provenBy says whether the hash and the recipient beside a code are those of the code, which stands in its normal form.
func provenBy(revealed, codeHash, recipient string) bool {
	code, err := seal.ParseCode(revealed)
	if err != nil || code.Reveal() != revealed {
		return false
	}
	hash, err := hex.DecodeString(codeHash)
	return err == nil && code.Matches(hash) && code.Recipient() == recipient
}

func (r *Reply) saysSomething() bool {
	return strings.TrimSpace(r.Text) != "" || len(r.Attachments) > 0 || r.corrects()
}

var emptyObject = regexp.MustCompile(`^\s*\{\s*\}\s*$`)

// corrects says whether the reply brings other answers than those that were given.
func (r *Reply) corrects() bool { return !emptyObject.Match(r.Answers) }
