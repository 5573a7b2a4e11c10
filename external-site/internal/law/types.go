// Package law is the library of legal acts as citizens read it: acts that staff published, their editions with texts cut into parts, and the services
// that rest on them. It reads the replica and never writes. Only store*.go hold SQL; the other files are pure.
// It may import internal/address, shared/locale and shared/pg.
package law

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Act is one legal act.
type Act struct {
	ID        uuid.UUID
	Title     locale.Text
	Kind      string // constitution, code, law, resolution, order, decision, act
	Number    string // as it is printed
	Issuer    string
	AdoptedOn *time.Time // a date, midnight UTC; nil: not known
	Level     string     // one of Levels
	URL       string     // where its official text is to be had, "" nowhere
}

// Levels are the values of Act.Level, in the order in which pages show them.
var Levels = []string{"local", "regional", "state"}

// Edition is an act as it is in force from a day.
type Edition struct {
	ID        uuid.UUID
	InForceOn time.Time // a date, midnight UTC
	Note      string    // what it came with
	FileID    *uuid.UUID
}

// Day is the edition's place in an address.
func (e Edition) Day() string { return e.InForceOn.Format(time.DateOnly) }

// Editions are those of one act around a day.
type Editions struct {
	Current *Edition  // nil: none is in force
	Coming  []Edition // the next first
	Earlier []Edition // the newest first
	More    bool      // there are others
}

// Heading is that of an article, a chapter and so on.
type Heading struct {
	Part   int    // in which it stands, from 1
	At     int    // its paragraph there, from 0
	Depth  int    // 1 for a book, 5 for an article
	Text   string // cut where it is long
	Anchor string // the same in every edition for an article; one of its part
}

// Contents are the headings of an edition.
type Contents struct {
	Parts    int
	Headings []Heading // of the whole text, down to a depth at which they are few enough for a page
	Own      []Heading // all those of the part that was asked for
	Left     bool      // some of the part are not among those of the whole
}

// Service rests on an act.
type Service struct {
	Code string
	Name locale.Text
	Note locale.Text // articles and points that its card names
}
