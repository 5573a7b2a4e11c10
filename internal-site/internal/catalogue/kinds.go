package catalogue

import (
	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/forms"
)

// kind is what one kind of card has of its own.
type kind[C any] struct {
	object string // its name in the trail
	table  string // part of SQL, so only ever one of the constants below
	column string // of the content
	empty  C      // what the first draft of a service begins with
	tidy   func(c C, newID func() uuid.UUID) C
	check  func(c C, complete bool) error
	shows  bool // its published versions name templates, which leave with them
	// retiring is what is written besides into a version whose place another takes at $3, as SQL.
	retiring string
}

func informationCards() kind[contract.Card] {
	return kind[contract.Card]{object: "card", table: "catalogue.cards", column: "content", empty: Tidy(contract.Card{}, uuid.New), tidy: Tidy, check: CheckCard, shows: true}
}

func technologicalCards() kind[contract.TechCard] {
	return kind[contract.TechCard]{
		object: "tech_card", table: "catalogue.tech_cards", column: "content", empty: TidyTech(contract.TechCard{}, nil), tidy: TidyTech, check: CheckTech,
	}
}

// applicationForms keep the time at which another took the place of one: applications that were on their way are still taken.
func applicationForms() kind[forms.Sketch] {
	return kind[forms.Sketch]{
		object: "form", table: "catalogue.forms", column: "schema", tidy: TidyForm, check: CheckForm, retiring: ", replaced_at = $3",
	}
}
