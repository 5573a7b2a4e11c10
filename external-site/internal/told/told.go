// Package told is what a cabinet tells the inside of notices: to which address letters are to go, of which cases and events. It is
// a submission that no draft is kept of. store.go reads what became of it. It may import internal/submission and shared.
package told

import (
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

var _ submission.Submission = (*Message)(nil)

// Message is everything that one cabinet wants to be told of. Without matters letters end; with Stop nothing else counts.
type Message struct {
	submission.Draft
	Follower           uuid.UUID
	Address, Proof     string
	QuietFrom, QuietTo int
	Matters            []contract.FollowedMatter
	Stop               string
	Language           locale.Lang // of the letters; that of the page when empty
}

// Kind implements submission.Submission.
func (*Message) Kind() string { return contract.KindFollow }

// Adopt implements submission.Submission.
func (*Message) Adopt() error { return fault.New(fault.NotFound, "submission.no_draft") }

// Takes implements submission.Submission.
func (*Message) Takes(string) (submission.FileField, bool) { return submission.FileField{}, false }

// Service implements submission.Submission.
func (*Message) Service() uuid.UUID { return uuid.Nil }

// Place implements submission.Submission.
func (*Message) Place() uuid.UUID { return uuid.Nil }

// Worked implements submission.Submission.
func (*Message) Worked() bool { return true }

// Ready implements submission.Submission.
func (*Message) Ready(time.Time) error { return nil }

// Record implements submission.Submission. The code by which the channel knows it is drawn for it alone, so that its receipt leads to
// no case.
func (m *Message) Record(s submission.Sending) (contract.Record, error) {
	r := &contract.Follow{
		Version: 1, MessageID: s.MessageID, ReceiptNumber: s.ReceiptNumber, FollowerID: m.Follower, Address: m.Address, Proof: m.Proof,
		QuietFrom: m.QuietFrom, QuietTo: m.QuietTo, Matters: m.Matters, Stop: m.Stop, Language: m.Language, CodeHash: s.CodeHash,
		Recipient: s.Recipient, SubmittedAt: s.At,
	}
	if r.Matters == nil {
		r.Matters = []contract.FollowedMatter{}
	}
	if r.Language == "" {
		r.Language = s.Language
	}
	return r, nil
}

// State is what became of a message.
type State string

// The states that are not the inside's own answers (contract.FollowAsked and so on).
const (
	Unsent  State = "unsent"  // it was never handed over
	Waiting State = "waiting" // no answer yet
	Held    State = "held"    // somebody inside has to look at it
)
