package cases

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
)

// Asking is what somebody who suspends a case wants of the applicant.
type Asking struct {
	Ground    string   // id of the ground in the card; "" when only the text says why
	Documents []string // ids in the card's list
	Fields    []string // names in the form
	Until     time.Time
	Confirm   bool // the clock runs again only when somebody has looked at the reply
}

// Names says whether something is wanted by its name.
func (a Asking) Names() bool { return len(a.Documents)+len(a.Fields) > 0 }

// Correction is what one suspension asks for. Its id is that of the event.
type Correction struct {
	Asking

	ID      uuid.UUID
	Text    string          // what was written beside it
	Form    json.RawMessage // the fields as a form of one page; nil without fields
	AskedAt time.Time
}

// ReplyPurpose says what a reply is for.
type ReplyPurpose string

// The purposes, as shared/contract names them.
const (
	Answers   ReplyPurpose = "answer"
	Withdraws ReplyPurpose = "withdrawal" // the applicant takes the application back
)

// Reply is what an applicant sent about their case, or brought to the counter.
type Reply struct {
	ID           uuid.UUID
	CaseID       uuid.UUID
	MessageID    *uuid.UUID // nil at the counter
	Receipt      string
	CorrectionID *uuid.UUID // what it answers
	Purpose      ReplyPurpose
	Text         string
	Answers      json.RawMessage // object of the corrected answers
	Former       json.RawMessage // what stood in their place
	SentAt       time.Time
	TakenAt      *time.Time
	EnteredBy    *uuid.UUID // who took it at the counter
	Files        []ReplyFile
}

// ReplyFile is a paper that came with a reply.
type ReplyFile struct {
	documents.File

	Document string // id in the card's list; "" for another paper
}
