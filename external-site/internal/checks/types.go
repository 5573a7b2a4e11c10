// Package checks is the kind «check» on the public site: the papers that somebody wants a centre to look through before they come, the
// record that is made of them, and what the centre says of each paper, which opens with the code.
//
// types.go, form.go and draft.go are pure; store.go holds the SQL. It may import internal/submission, internal/tracking,
// internal/catalogue, internal/org, internal/modules and internal/address, and shared.
package checks

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Offer is a service whose papers can be checked before a visit.
type Offer struct {
	ID        uuid.UUID
	Code      string
	Name      locale.Text
	Documents []contract.Document // the list of the card in force
	Centres   []org.Centre        // that check; at least one
}

// Slug is the service's place in an address.
func (o Offer) Slug() string { return address.Slug(o.Code) }

// Draft is a package of papers while it is put together. Make it with NewDraft.
type Draft struct {
	submission.OnePage

	offer Offer
	kept  keptDraft
}

// keptDraft is what a sealed draft holds.
type keptDraft struct {
	submission.KeptPage

	Service uuid.UUID `json:"service"`
}

// NewDraft is an empty package for the service.
func NewDraft(offer Offer) *Draft {
	d := &Draft{OnePage: submission.OnePage{Answers: forms.Answers{}, Form: offer.Form}, offer: offer, kept: keptDraft{Service: offer.ID}}
	d.Missing = d.noFile
	return d
}

// Package is what the person may see of what became of their papers.
type Package struct {
	Number       string
	State        string // open, answered, closed
	RegisteredAt time.Time
	DueOn        time.Time // a date
	AnsweredAt   *time.Time
	ClosedAt     *time.Time
	FilesUntil   *time.Time // the last day on which the centre has the files; nil until there is an answer
	Answer       *Answer    // the latest; nil until there is one
	Corrected    bool       // it is not the first
}

// Answer is what staff said. Its content is empty until it was opened with the code.
type Answer struct {
	contract.CheckAnswer

	At         time.Time
	Kind       string // answer, closing
	Unreadable bool   // the bytes are damaged, or sealed to another code
	sealed     []byte
}

// Lines are the lines of the text.
func (a Answer) Lines() []string { return strings.Split(a.Text, "\n") }
