package catalogue

import (
	"github.com/google/uuid"

	"portal.example/shared/contract"
)

// kind is what one kind of card has of its own.
type kind[C any] struct {
	object string // its name in the trail
	table  string // part of SQL, so only ever one of the constants below
	empty  C      // what the first draft of a service begins with
	tidy   func(c C, newID func() uuid.UUID) C
	check  func(c C, complete bool) error
	shows  bool // its published versions name templates, which leave with them
}

func informationCards() kind[contract.Card] {
	return kind[contract.Card]{object: "card", table: "catalogue.cards", empty: Tidy(contract.Card{}, uuid.New), tidy: Tidy, check: CheckCard, shows: true}
}

func technologicalCards() kind[contract.TechCard] {
	return kind[contract.TechCard]{
		object: "tech_card", table: "catalogue.tech_cards", empty: TidyTech(contract.TechCard{}, nil), tidy: TidyTech, check: CheckTech,
	}
}
