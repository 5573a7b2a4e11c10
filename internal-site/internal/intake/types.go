// Package intake opens sealed submissions and hands each to the handler of its kind. It is the only code that touches
// the private key, and runs in a process of its own (internal-site intake).
//
// A message is handled in one transaction, so it is taken exactly once however often the process dies. Nothing that the
// public site says is believed: what it seals is judged again by shared/contract, its clock decides nothing, and a
// flood waits for a person. What cannot be taken is kept for staff with the reason, and the citizen is told; a
// neighbour that is down (database, objects, malware scanner) makes a message wait and never refuses it.
//
// What a submission becomes is the business of the domains: each brings the Handler of its kinds. types.go, rules.go and
// words.go are pure; store*.go hold the SQL. It may import shared, internal/access, internal/audit, internal/documents,
// internal/modules and internal/scan, and no other domain.
package intake

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
)

// Message is one sealed submission as it was fetched.
type Message struct {
	ID uuid.UUID
	// SealedID is the id that the envelope was sealed under. It is ID, but for a message that staff opened although
	// another one with its id had come before.
	SealedID      uuid.UUID
	Kind          string
	ReceiptNumber string
	KeyID         string
	Envelope      []byte
	Attachments   []byte    // JSON list of contract.SealedFile
	SubmittedAt   time.Time // as the public site says
	ReceivedAt    time.Time // by our clock
	Released      bool      // a person let it through: it needs no allowance
	Attempts      int
	Failures      int
}

// Opened is a message whose content was opened and judged by shared/contract.
type Opened struct {
	ID            uuid.UUID // of the message: what its kind keeps to take it once
	ReceiptNumber string
	Record        contract.Record
	CodeHash      []byte
	// FiledAt is when the citizen sent it, as far as that can be believed: never after it arrived here, and not weeks before.
	FiledAt time.Time

	files func(ctx context.Context) ([]File, error)
}

// Files opens the attachments, looks for malware in them and stores them where staff can read them. Call it when
// everything else is in order: it may take minutes. Doing it again stores the same bytes under the same keys.
func (o Opened) Files(ctx context.Context) ([]File, error) {
	if o.files == nil {
		return nil, nil
	}
	return o.files(ctx)
}

// WithFiles is the submission with another way to open its attachments, for tests of handlers.
func (o Opened) WithFiles(files func(ctx context.Context) ([]File, error)) Opened {
	o.files = files
	return o
}

// File is an opened attachment in the bucket quarantine.
type File struct {
	contract.Attachment
	ObjectKey string
	Notes     string // for staff: what the malware scanner said
}

// Handler takes submissions of one kind into its domain.
type Handler interface {
	// Kind is the name of the kind in shared/contract.
	Kind() string
	// Handle takes a submission within tx, or says with a *Refusal why it cannot. It is called again for a message
	// that it has taken before, and then gives the same answer and changes nothing.
	Handle(ctx context.Context, tx Tx, o Opened) (Answer, error)
}

// Prover is a Handler some of whose submissions come from people who hold the code of what they are about, and follow that.
type Prover interface {
	// Proven says whether a submission proves that its sender holds something of theirs here, so that it is taken although the
	// allowance for people whom nobody knows is used up. The domain bounds how often.
	Proven(ctx context.Context, tx Tx, r contract.Record, codeHash []byte) (bool, error)
	// Held notes at what the submission is about that staff have to look at it.
	Held(ctx context.Context, tx Tx, r contract.Record, codeHash []byte) error
}

// The outcomes of a submission, as the citizen is told.
const (
	OutcomeRegistered = "registered"
	OutcomeHeld       = "held"
	OutcomeRefused    = "refused"
	OutcomeClosed     = "closed" // staff dealt with it in another way
)

// SubjectCase is the subject of an answer that is about a case.
const SubjectCase = "case"

// Answer is what became of a submission: the subject it became, by its id and by the number that people read.
type Answer struct {
	Outcome       string
	Subject       string // "case", "question"; "" while it is nothing yet
	SubjectID     uuid.UUID
	SubjectNumber string
	CodeHash      []byte
}

// Registered is the answer that a submission became the subject.
func Registered(subject string, id uuid.UUID, number string) Answer {
	return Answer{Outcome: OutcomeRegistered, Subject: subject, SubjectID: id, SubjectNumber: number}
}

// Known is what could be read of a submission before it was refused; staff see the queue by it.
type Known struct {
	ServiceID   *uuid.UUID
	CentreID    *uuid.UUID
	AuthorityID *uuid.UUID
	Sender      contract.Sender
	CodeHash    []byte
	Recipient   string // of the sender's secret code: what staff type leaves sealed to it
	// Record is an application as it was sent, for the counter to take over; nil of other kinds.
	Record json.RawMessage
}

// Refusal says why a submission cannot be taken by itself. It is an error that no further attempt will cure
// unless a person changes something.
type Refusal struct {
	Reason string // key in the catalogue; see words.go
	Detail string // for staff: which field, file or check; technical, without answers
	Cause  error

	known Known
}

// Error implements error, for the log.
func (r *Refusal) Error() string {
	s := r.Reason
	if r.Detail != "" {
		s += " (" + r.Detail + ")"
	}
	if r.Cause != nil {
		s += ": " + r.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }
