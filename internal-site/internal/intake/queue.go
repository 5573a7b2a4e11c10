package intake

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The sources of entries in the queue of staff.
const (
	SourceRefused  = "refused"  // the worker could not make a case of it
	SourceDamaged  = "damaged"  // it could not be fetched whole
	SourceConflict = "conflict" // its id or receipt number was seen with other content
)

// Decision is what a member of staff does about an entry.
type Decision string

// The decisions.
const (
	Retry  Decision = "retry"  // the worker opens the message once more
	Refuse Decision = "refuse" // the citizen is told that it is not accepted, and why
	Close  Decision = "close"  // dealt with in another way; a note says how
)

// Entry is one submission that staff have to look at. Nothing in it was typed by the applicant but a file's name.
type Entry struct {
	ID            uuid.UUID
	Source        string
	MessageID     uuid.UUID
	ReceiptNumber string
	Kind          string
	Reason        string // key in the catalogue
	Detail        string
	ServiceID     *uuid.UUID
	Service       locale.Text
	Centre        locale.Text
	SubmittedAt   time.Time
	CreatedAt     time.Time
	State         string // open, retried, refused, closed
	DecidedAt     *time.Time
	DecidedBy     string
	Note          string
	Version       int
}

// Open says whether something is still to be decided.
func (e Entry) Open() bool { return e.State == "open" }

// May says whether the decision makes sense for the entry.
func (e Entry) May(d Decision) bool {
	switch {
	case !e.Open():
		return false
	case d == Retry:
		return e.Source == SourceRefused
	case d == Refuse:
		return e.Source != SourceConflict // the receipt number may belong to somebody else's good submission
	}
	return d == Close
}

// Verdict is a decision with its words.
type Verdict struct {
	Decision Decision
	Reason   locale.Text // for the citizen, with Refuse
	Note     string      // for staff
}

const maxWords = 1000

// check names what is missing, field by field as the form calls them.
func (v Verdict) check() error {
	var wrong []fault.FieldError
	for field, text := range map[string]string{"reason": v.Reason.UK, "reason_en": v.Reason.EN, "note": v.Note} {
		if utf8.RuneCountInString(text) > maxWords {
			wrong = append(wrong, fault.FieldError{Field: field, Key: "form.too_long", Args: []any{maxWords}})
		}
	}
	if v.Decision == Refuse && strings.TrimSpace(v.Reason.UK) == "" {
		wrong = append(wrong, fault.FieldError{Field: "reason", Key: "intake.reason_required"})
	}
	if v.Decision == Close && strings.TrimSpace(v.Note) == "" {
		wrong = append(wrong, fault.FieldError{Field: "note", Key: "intake.note_required"})
	}
	return fault.InvalidFields(wrong...)
}
