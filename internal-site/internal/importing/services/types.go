// Package services imports a catalogue of services from the tables and pages of another system, as a
// mapping describes them (see Mapping). Everything imported is found again by (source, id in the source), so
// a second import changes only what changed in the source.
//
// What the source does not say stays unsaid: no term, fee, document or result is invented. What staff have
// edited since is theirs and stays; the report tells where the source differs.
//
// mapping.go, read_*.go, acts.go and plan.go hold rules, store*.go the SQL.
package services

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/contract"
)

// Catalogue is what a source offers after cleaning and refusing; ids are the source's own.
type Catalogue struct {
	Categories  []*Category // parents before children
	Situations  []*Situation
	Authorities []*Authority
	Acts        []*Act
	Services    []*Service
}

// Category is a category (level 1) or a subcategory (level 2).
type Category struct {
	Key      string // "c1", "s1": the two tables number their rows independently
	Parent   *Category
	Name     string
	NameEN   string
	Position int

	id  uuid.UUID
	row *report.Row
}

// Situation is a life situation.
type Situation struct {
	Key      string
	Name     string
	NameEN   string
	Position int

	id  uuid.UUID
	row *report.Row
}

// Authority is the authority that decides; its name, folded, is its key.
type Authority struct {
	Key   string
	Name  string
	Level string

	id  uuid.UUID
	row *report.Row
}

// Act is a legal act in the Verkhovna Rada's base of legislation.
type Act struct {
	URL     string
	Number  string // of the act itself, when the source names it
	Adopted *time.Time
	Title   string
	Kind    string

	id  uuid.UUID
	row *report.Row
}

// ActUse is the place of an act that a service rests on.
type ActUse struct {
	Act  *Act
	Note string
}

// Service is one service with the content of its card.
type Service struct {
	Key        string
	Code       string
	Name       string
	Summary    string
	Keywords   string
	Category   *Category
	Authority  *Authority
	Applicants []string
	Situations []*Situation
	Acts       []ActUse
	Card       contract.Card // without Acts, whose ids are known only when they are stored

	id    uuid.UUID
	row   *report.Row
	flags map[string]string // cells of the columns that announce pages
}

// card is the content as it is stored.
func (s *Service) card() contract.Card {
	c := s.Card
	c.Acts = make([]contract.ActRef, 0, len(s.Acts))
	for _, use := range s.Acts {
		ref := contract.ActRef{ID: use.Act.id}
		ref.Note.UK = use.Note
		c.Acts = append(c.Acts, ref)
	}
	return c
}
