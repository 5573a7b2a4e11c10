// Package catalogue is the public catalogue of services: lists with filters and counts, and one service with
// its information card, the stages of its technological card and its legal acts.
//
// It reads the replica and never writes. Lists are counted and ordered in memory (index.go). Only store*.go hold SQL. It may import
// shared/locale, shared/contract, shared/pg and shared/fault.
package catalogue

import (
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// Applicant is a kind of applicant (суб’єкт звернення).
type Applicant string

// The kinds of applicants, in the order they are shown.
const (
	Person       Applicant = "person"
	Entrepreneur Applicant = "entrepreneur"
	Entity       Applicant = "entity"
)

// Applicants lists the kinds.
var Applicants = []Applicant{Person, Entrepreneur, Entity}

// Ref names something a page links to.
type Ref struct {
	ID   uuid.UUID
	Code string
	Name locale.Text
}

// Slug is its place in an address.
func (r Ref) Slug() string { return address.Slug(r.Code) }

// Item is a service in a list.
type Item struct {
	ID        uuid.UUID
	Code      string
	Name      locale.Text
	Summary   locale.Text
	Quick     bool
	Authority locale.Text // short name
	HasCard   bool        // a card is in force
	Fee       contract.Fee
	Term      contract.Term
	CardText  contract.Card // the whole card, for excerpts of what was searched; empty without one
}

// Slug is the item's place in an address.
func (i Item) Slug() string { return address.Slug(i.Code) }

// Category is a field of services; those of the first level have subcategories.
type Category struct {
	Ref
	ParentID *uuid.UUID
	Services int // published services in it and below it
	Children []Category
}

// Situation is a life situation.
type Situation struct {
	Ref
	Description locale.Text
	Services    int
}

// Place is a life situation as a service belongs to it: as a step of its path, or beside it.
type Place struct {
	Ref
	Step, Steps   int         // which step of how many; Step is 0 for a service beside the path
	Before, After locale.Text // what the steps around it are called; zero at an end
}

// Version names one published edition of a card.
type Version struct {
	ID            uuid.UUID
	Number        int
	EffectiveFrom time.Time
	PublishedAt   time.Time
}

// Card is one edition of an information card with its content.
type Card struct {
	Version
	Content contract.Card
}

// Act is a legal act that a card rests on.
type Act struct {
	ID        uuid.UUID
	Title     locale.Text
	Kind      string
	Number    string
	Issuer    string
	AdoptedOn *time.Time
	Level     string
	URL       string
}

// Service is everything the site knows of one service but its files, centres and authority, which other
// packages tell.
type Service struct {
	ID          uuid.UUID
	Code        string
	Name        locale.Text
	Summary     locale.Text
	Applicants  []Applicant
	Quick       bool
	UpdatedAt   time.Time
	AuthorityID *uuid.UUID
	Categories  []Ref // from the first level down to the service's own
	Situations  []Place

	Card     *Card     // the edition in force, or the one asked for; nil when there is none
	InForce  bool      // Card is in force today
	Upcoming []Version // published ahead, the nearest first
	Earlier  []Version // no longer in force, the newest first
	Stages   *contract.TechCard
	Acts     map[uuid.UUID]Act
	Ready    bool // a card and a form are in force, without which no application is taken
}

// Slug is the service's place in an address.
func (s Service) Slug() string { return address.Slug(s.Code) }

// Online says whether an application can be sent through the site.
func (s Service) Online() bool { return s.Quick && s.Ready }

// Listed is a service as the site map names it.
type Listed struct {
	Slug      string
	ChangedAt time.Time
}

// Changed is a service with when anything of it was changed last.
type Changed struct {
	Code      string
	Name      locale.Text
	Summary   locale.Text
	ChangedAt time.Time
}

// Slug is the service's place in an address.
func (c Changed) Slug() string { return address.Slug(c.Code) }

// Named is a service that a page only leads to.
type Named struct {
	Code string
	Name locale.Text
}

// Slug is the service's place in an address.
func (n Named) Slug() string { return address.Slug(n.Code) }

// Example is what a search may be tried with: a word and the code of a service that is in the catalogue.
type Example struct {
	Word locale.Text
	Code string
}
