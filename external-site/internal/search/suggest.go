package search

import (
	"context"
	"strings"
	"unicode/utf8"

	"portal.example/external-site/internal/address"
	"portal.example/shared/locale"
)

// Suggestion is what somebody who has not finished typing may mean.
type Suggestion struct {
	Kind string // service, situation, centre or authority
	Code string
	Name locale.Text
}

// suggestionPaths are the sections of the site by kind.
var suggestionPaths = map[string]string{
	"service": "/services/", "situation": "/life-situations/", "centre": "/centres/", "authority": "/authorities/",
}

// Path is the address of its page.
func (s Suggestion) Path() string { return suggestionPaths[s.Kind] + address.Slug(s.Code) }

// What is worth a suggestion: fewer letters would begin half of the catalogue.
const (
	minSuggested = 3
	maxSuggested = 8
)

// Suggest returns what is called like the words, the last of which may be unfinished, at most eight. Like the search it reads what
// the keys or the letters may have meant, but corrects no slips.
func (s *Searcher) Suggest(ctx context.Context, typed string) ([]Suggestion, error) {
	q := Parse(typed)
	for _, way := range append([]Query{q}, otherSpellings(q.Text)...) {
		if utf8.RuneCountInString(strings.Join(way.Words, "")) < minSuggested {
			continue
		}
		list, err := s.store.suggest(ctx, way)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}
