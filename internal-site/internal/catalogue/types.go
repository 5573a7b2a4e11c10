// Package catalogue is the services and the versions of their information and technological cards: draft,
// approved, published, withdrawn. Both kinds of cards share one implementation, Versions. Only store*.go hold SQL; the
// other files are pure.
// It may import shared, internal/access, internal/audit, internal/documents, internal/importing/clean and internal/org.
package catalogue

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Service is one entry of the catalogue.
type Service struct {
	ID             uuid.UUID
	Code           string
	Name           locale.Text
	Summary        locale.Text
	Keywords       string
	CategoryID     *uuid.UUID
	AuthorityID    *uuid.UUID
	ApplicantTypes []string
	Quick          bool
	InternalNotes  string
	Source         string // "own", or the import it came from
	Published      bool
	Version        int
	UpdatedAt      time.Time
	Centres        []uuid.UUID
	Situations     []uuid.UUID

	// Read-only names, for pages.
	Category, Authority locale.Text
}

// Object returns where the service belongs, for access.Can.
func (s Service) Object() access.Object {
	var o access.Object
	for _, centre := range s.Centres {
		o.Own = append(o.Own, access.InCentre(centre))
	}
	if s.AuthorityID != nil {
		o.Own = append(o.Own, access.InAuthority(*s.AuthorityID))
	}
	return o
}

// ApplicantTypes are the values of Service.ApplicantTypes.
var ApplicantTypes = []string{"person", "entrepreneur", "entity"}

// CardState is where a version of a card stands.
type CardState string

// The states of a version.
const (
	Draft     CardState = "draft"
	Approved  CardState = "approved"
	Published CardState = "published"
	Withdrawn CardState = "withdrawn"

	// Submitted is how lists show a draft that was handed in for approval; in the database it is a draft.
	Submitted CardState = "submitted"
)

// Meta is what versions of information and technological cards have in common.
type Meta struct {
	ID            uuid.UUID
	ServiceID     uuid.UUID
	Number        int
	State         CardState
	EffectiveFrom time.Time // a date, midnight UTC
	ChangeNote    string
	Author        uuid.UUID // who began the draft, uuid.Nil when unknown
	// Centres are those in which the author works. A draft that was begun in a centre that gives the service is that
	// centre's, any other is the authority's.
	Centres []uuid.UUID
	// Prepared are those who began the draft, changed it or handed it in.
	Prepared []uuid.UUID
	// SeparateDuties says that the installation lets none of them approve it.
	SeparateDuties bool
	CreatedAt      time.Time
	CreatedBy      string // names, "" when unknown
	SubmittedAt    *time.Time
	SubmittedBy    string
	ApprovedAt     *time.Time
	ApprovedBy     string
	PublishedAt    *time.Time
	PublishedBy    string
	Version        int
}

// Shown is the state as pages show it.
func (m Meta) Shown() CardState {
	if m.State == Draft && m.SubmittedAt != nil {
		return Submitted
	}
	return m.State
}

// Version is one version of an information card, of a technological card or of an application form.
type Version[C any] struct {
	Meta
	Content C
}

// Card is one version of an information card.
type Card = Version[contract.Card]

// TechCard is one version of a technological card.
type TechCard = Version[contract.TechCard]

// Form is one version of an application form.
type Form = Version[forms.Sketch]

// Filter is what a list of services is asked for; zero values ask for everything.
type Filter struct {
	Q           string
	CategoryID  uuid.UUID
	AuthorityID uuid.UUID
	CentreID    uuid.UUID
	CardState   string        // draft, submitted, approved, published, none
	Quick       string        // yes, no
	Published   string        // yes, no
	Right       access.Action // only services over which the actor has it, View when empty
	Page, Size  int
}

// Row is one line of a list of services.
type Row struct {
	ID         uuid.UUID
	Code       string
	Name       locale.Text
	Category   locale.Text
	Authority  locale.Text
	Quick      bool
	Published  bool
	DraftState CardState // draft, submitted or approved, "" when there is none
	TechState  CardState // the same of the technological card
	FormState  CardState // the same of the application form
	CardNumber int       // of the published version, 0 when there is none
	UpdatedAt  time.Time
}

// Choice is a category, life situation or act as lists offer it.
type Choice struct {
	ID   uuid.UUID
	Name locale.Text
}

// Act is a legal act as a card shows it.
type Act struct {
	ID        uuid.UUID
	Title     locale.Text
	Kind      string
	Number    string
	Issuer    string
	AdoptedOn *time.Time
	URL       string
}
