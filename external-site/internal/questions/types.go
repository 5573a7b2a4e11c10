// Package questions is the kind «question» on the public site: what somebody who asks a centre or an authority is asked
// in turn, the record that is made of it, and the thread that the person follows with the code.
//
// types.go and draft.go are pure; store.go holds the SQL. It may import internal/submission, internal/tracking,
// internal/org and internal/address, and shared.
package questions

import (
	_ "embed"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

// Place says what is asked: a centre or an authority.
type Place string

// The places, as they stand in addresses.
const (
	Centre    Place = "centres"
	Authority Place = "authorities"
)

// Addressee is whoever is asked.
type Addressee struct {
	Place Place
	ID    uuid.UUID
	Code  string
	Name  locale.Text

	// How to reach it: one of them, known only to Store.Addressee.
	CentreAt    *org.Centre
	AuthorityAt *org.Authority
}

// Official is whom a letter is written to: an official of the addressee.
type Official struct {
	Key  string      `json:"key"`
	Name locale.Text `json:"name"` // in both scripts

	Position locale.Text `json:"position"`
}

// Official finds the official of the addressee with the key.
func (a Addressee) Official(key string) (o Official, found bool) {
	var people []contract.Person
	switch {
	case a.CentreAt != nil:
		people = a.CentreAt.People
	case a.AuthorityAt != nil:
		people = a.AuthorityAt.People
	}
	for _, p := range people {
		if p.Key() == key {
			return Official{Key: key, Name: locale.Text{UK: p.Name, EN: ukr.Latin(p.Name)}, Position: p.Position}, true
		}
	}
	return o, false
}

// Slug is the addressee's place in an address.
func (a Addressee) Slug() string { return address.Slug(a.Code) }

// Service is what a question may be about.
type Service struct {
	ID   uuid.UUID
	Code string
	Name locale.Text
}

// Slug is the service's place in an address.
func (s Service) Slug() string { return address.Slug(s.Code) }

// Draft is a question to one addressee while it is being written. Make it with NewDraft.
type Draft struct {
	submission.OnePage

	About  *Service  // nil: about no certain service
	Letter *Official // of the addressee, to whom it is written; nil: to nobody in particular

	to   Addressee
	kept keptDraft
}

// keptDraft is what a sealed draft holds.
type keptDraft struct {
	submission.KeptPage

	To     uuid.UUID `json:"to"`
	About  *Service  `json:"about,omitempty"`
	Letter *Official `json:"letter,omitempty"`
}

// NewDraft is an empty question to the addressee.
func NewDraft(to Addressee) *Draft {
	return &Draft{OnePage: submission.OnePage{Answers: forms.Answers{}, Form: Form}, to: to, kept: keptDraft{To: to.ID}}
}

//go:embed form.json
var formSource []byte

// Form is what everybody who asks is asked.
var Form = sync.OnceValues(func() (*forms.Form, error) { return forms.ParsePortal(formSource) })

// Thread is what the person who asked may see of what became of the question.
type Thread struct {
	Number       string
	Official     locale.Text // to whom it was written, in both scripts; zero: to nobody in particular
	State        string      // open, answered, closed
	RegisteredAt time.Time
	DueOn        time.Time // a date
	AnsweredAt   *time.Time
	ClosedAt     *time.Time
	Messages     []Message
}

// Message is what staff wrote to the person. Text is empty until it was opened with the code.
type Message struct {
	At         time.Time
	Kind       string // answer, closing
	Text       string
	Unreadable bool // the bytes are damaged, or sealed to another code
	sealed     []byte
}

// Lines are the lines of the text.
func (m Message) Lines() []string { return strings.Split(m.Text, "\n") }
