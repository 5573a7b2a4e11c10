// Package intake opens sealed submissions and hands them to the domain that their kind names. It is the only code
// that touches the private key, and runs in a process of its own (internal-site intake).
//
// A message is handled in one transaction, so it becomes a case exactly once however often the process dies. What
// cannot become a case is kept for staff with the reason, and the citizen is told; a neighbour that is down (database,
// objects, malware scanner) makes a message wait and never refuses it.
//
// types.go, rules.go, words.go and media.go are pure; store*.go hold the SQL. It may import shared, internal/cases,
// internal/documents, internal/access and internal/audit.
package intake

import (
	"time"

	"github.com/google/uuid"
)

// Message is one sealed submission as it was fetched.
type Message struct {
	ID            uuid.UUID
	Kind          string
	ReceiptNumber string
	KeyID         string
	Envelope      []byte
	Attachments   []byte // JSON list of contract.SealedFile
	SubmittedAt   time.Time
	Attempts      int
	Failures      int
}

// The outcomes of a submission, as the citizen is told.
const (
	OutcomeRegistered = "registered"
	OutcomeHeld       = "held"
	OutcomeRefused    = "refused"
)

// Answer is what became of a submission.
type Answer struct {
	Outcome    string
	CaseID     *uuid.UUID
	CaseNumber string
	CodeHash   []byte
}

// Known is what could be read of a submission before it was refused; staff see the queue by it.
type Known struct {
	ServiceID *uuid.UUID
	CentreID  *uuid.UUID
	CodeHash  []byte
}

// Refusal says why a submission cannot become a case by itself. It is an error that no further attempt will cure
// unless a person changes something.
type Refusal struct {
	Reason string // key in the catalogue; see words.go
	Detail string // for staff: which field, file or check; technical, without answers
	Known  Known
	Cause  error
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
