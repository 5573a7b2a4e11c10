// Package law is the library of legal acts: the acts that cards rest on, their editions with texts and files, which services cite
// them, and the difference of two editions. Only store*.go hold SQL; the other files are pure.
// It may import shared, internal/access, internal/audit, internal/catalogue, internal/documents and internal/rada.
package law

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/locale"
)

// Act is one legal act.
type Act struct {
	ID        uuid.UUID
	Title     locale.Text
	Kind      string // one of Kinds
	Number    string // as it is printed: «5203-VI»
	Issuer    string
	AdoptedOn *time.Time // a date, midnight UTC; nil: not known
	Level     string     // one of Levels
	URL       string     // where its official text is to be had, "" nowhere
	Notes     string     // for staff
	Published bool
	Version   int // 0 before it was saved; grows with every change of the act and of its editions
	UpdatedAt time.Time
}

// Kinds are the values of Act.Kind, those with more force first; Levels those of Act.Level.
var (
	Kinds  = []string{"constitution", "code", "law", "resolution", "order", "decision", "act"}
	Levels = []string{"state", "regional", "local"}
)

// Row is an act in the list.
type Row struct {
	Act
	InForceOn *time.Time // of the edition in force, nil when there is none
	Services  int        // that rest on it
}

// Filter is what the list is asked for; zero values ask for everything.
type Filter struct {
	Q          string
	Kind       string
	Level      string
	Published  string // yes, no
	Text       string // yes, no: whether it has an edition
	Page, Size int
}

// Edition is an act as it is in force from a day. It never changes.
type Edition struct {
	ID           uuid.UUID
	ActID        uuid.UUID
	InForceOn    time.Time // a date, midnight UTC
	Note         string    // what it came with
	Letters      int       // of the text
	Text         string    // paragraphs; lists leave it empty
	File         *documents.File
	AddedAt      time.Time
	WithdrawnAt  *time.Time // when another took its place or it was taken back; nil: it counts
	WithdrawnWhy string
	Current      bool   // it is the one in force
	Coming       bool   // it will be in force on a day to come
	Origin       string // OriginRada, "" staff
}

// NewEdition is what somebody adds.
type NewEdition struct {
	InForceOn *time.Time
	Note      string
	Text      string
	Replaces  uuid.UUID // the edition whose place it takes; Nil: it is one more
	Press     uuid.UUID // the same for the same form that is sent twice
	Version   int       // of the act that the person saw
	origin    string    // OriginRada, "" staff
}

// Citing is a service whose card rests on an act.
type Citing struct {
	ID     uuid.UUID
	Code   string
	Name   locale.Text
	Note   locale.Text // articles and points
	Draft  bool        // only a draft of its card does
	Hidden bool        // citizens do not see the service
}

// Cited is an act that the card of a service rests on.
type Cited struct {
	Act
	Note  locale.Text
	Draft bool // only a draft of the card does
}

// Outcome is what a review of a card led to.
type Outcome string

// The outcomes.
const (
	Same    Outcome = "same"    // the card is right as it is
	Changed Outcome = "changed" // the card has been changed, or a draft was begun
)

// Outcomes are the values of Outcome.
var Outcomes = []Outcome{Same, Changed}

// Review is the task of looking at the card of a service because an act that it rests on has a new edition.
type Review struct {
	ServiceID uuid.UUID
	Service   locale.Text
	Code      string
	Act       Act
	EditionID uuid.UUID
	InForceOn time.Time
	Note      string      // what the edition came with
	Place     locale.Text // articles and points that the card names
	OpenedAt  time.Time
	DoneAt    *time.Time // nil: open
	DoneBy    string     // who did it, "" when it is open
	Outcome   Outcome    // "" when it is open
	Comment   string     // of whoever did it
	Withdrawn bool       // the edition was taken back: there is nothing to do
	Since     *uuid.UUID // the edition that the card was right for; nil: the one before, if there is one
}
