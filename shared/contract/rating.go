package contract

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// KindRating is the name of the kind with which somebody answers a survey after their case has ended.
const KindRating = "rating"

//go:embed rating.schema.json
var ratingSchema []byte

func init() {
	Register(Kind{Name: KindRating, Schema: ratingSchema, New: func() Record { return new(Rating) }})
}

// RatingDays is for how many days after a case has ended it can be rated. The inside keeps as long, and no longer, that it was.
const RatingDays = 60

// Rating is what somebody answers about a case that has ended. As in a Reply, the record holds the case's secret code: it shows that
// whoever rates the case may. It names nobody.
type Rating struct {
	Version       int               `json:"version"` // 1
	MessageID     uuid.UUID         `json:"message_id"`
	ReceiptNumber string            `json:"receipt_number"`
	SurveyID      uuid.UUID         `json:"survey_id"`
	CaseID        uuid.UUID         `json:"case_id"`
	Code          string            `json:"code"`    // the case's secret code in its normal form
	Answers       map[string]string `json:"answers"` // by the key of the question; see SurveyQuestion
	Language      locale.Lang       `json:"language"`
	CodeHash      string            `json:"code_hash"` // of Code
	Recipient     string            `json:"recipient"` // of Code
	SubmittedAt   time.Time         `json:"submitted_at"`
}

// Kind implements Record.
func (r *Rating) Kind() string { return KindRating }

// Header implements Record. It goes to no place: what is answered is nobody's work to answer.
func (r *Rating) Header() Header {
	return Header{
		MessageID: r.MessageID, ReceiptNumber: r.ReceiptNumber, CodeHash: r.CodeHash, Recipient: r.Recipient, Language: r.Language,
		SubmittedAt: r.SubmittedAt,
	}
}

// Files implements Record.
func (r *Rating) Files() []Attachment { return nil }

// Check implements Record. Whether the answers fit the survey is judged by CheckAnswers, where the survey is known.
func (r *Rating) Check() []fault.FieldError {
	return wrongIn(map[string]bool{"code": provenBy(r.Code, r.CodeHash, r.Recipient)})
}
