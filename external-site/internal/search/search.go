package search

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Found is what a search found.
type Found struct {
	Query     Query
	Services  []Service // best first; empty, not nil, when nothing was found
	Corrected bool      // nothing was found for what was typed, Query is what was probably meant
	Partial   bool      // no service has all the words; these have some
	Missing   []string  // with Partial: the words that no service has

	terms []term
}

// Service is a service that was found.
type Service struct {
	ID     uuid.UUID
	Points float64
}

// Searcher answers searches.
type Searcher struct{ store *Store }

// New makes a searcher over store.
func New(store *Store) *Searcher { return &Searcher{store: store} }

// Services finds services for what was typed, whose cards are those in force on the day. If nothing has all the
// words, it tries the other keyboard layout and the closest words of the catalogue, then is content with some
// of the words.
func (s *Searcher) Services(ctx context.Context, typed string, day time.Time) (Found, error) {
	q := Parse(typed)
	if q.Empty() {
		return Found{Query: q, Services: []Service{}}, nil
	}
	if code := q.Code(); code != "" {
		found, err := s.byCode(ctx, q, code)
		if err != nil || len(found.Services) > 0 {
			return found, err
		}
	}
	first, missing, err := s.all(ctx, q, day)
	if err != nil || len(first.Services) > 0 && !first.Partial {
		return first, err
	}
	better, err := s.corrected(ctx, q, missing, day)
	if err != nil || len(better.Services) > 0 {
		return better, err
	}
	return first, nil
}

func (s *Searcher) byCode(ctx context.Context, q Query, code string) (Found, error) {
	list, err := s.store.byCode(ctx, code)
	found := Found{Query: q, Services: []Service{}}
	for i, id := range list {
		found.Services = append(found.Services, Service{ID: id, Points: float64(len(list) - i)})
	}
	return found, err
}

// all looks for services that have all the words, or failing that some of them; missing are the words that no
// service has.
func (s *Searcher) all(ctx context.Context, q Query, day time.Time) (found Found, missing []string, err error) {
	dictionary, err := s.store.lexize(ctx, q.Words)
	if err != nil {
		return Found{}, nil, err
	}
	list, asked := terms(q, dictionary)
	found = Found{Query: q, Services: []Service{}, terms: list}
	if asked == 0 {
		return found, nil, nil
	}
	hits, err := s.store.find(ctx, q, list, day)
	if err != nil {
		return Found{}, nil, err
	}
	seen := map[int32]bool{}
	for _, h := range hits {
		for _, w := range h.words {
			seen[w] = true
		}
	}
	for i, w := range q.Words {
		if !seen[int32(i)] && !ignored(w, dictionary) { // #nosec G115 -- at most maxWords
			missing = append(missing, w)
		}
	}
	if found.Partial = len(hits) > 0 && len(hits[0].words) < asked; found.Partial {
		found.Missing = missing
	}
	for _, h := range hits {
		if len(h.words) == len(hits[0].words) {
			found.Services = append(found.Services, Service{ID: h.id, Points: h.points})
		}
	}
	return found, missing, nil
}

// corrected tries what may have been meant. It returns nothing rather than a guess that finds only some words.
func (s *Searcher) corrected(ctx context.Context, q Query, missing []string, day time.Time) (Found, error) {
	var guesses []Query
	if other, ok := otherLayout(q.Text); ok {
		guesses = append(guesses, Parse(other))
	}
	changes := map[string]string{}
	for _, w := range missing {
		candidates, err := s.store.similar(ctx, w)
		if err != nil {
			return Found{}, err
		}
		if better, ok := closest(w, candidates); ok {
			changes[w] = better
		}
	}
	if len(changes) > 0 {
		guesses = append(guesses, q.replaced(changes))
	}
	for _, guess := range guesses {
		if guess.Empty() {
			continue
		}
		found, _, err := s.all(ctx, guess, day)
		if err != nil {
			return Found{}, err
		}
		if len(found.Services) > 0 && !found.Partial {
			found.Corrected = true
			return found, nil
		}
	}
	return Found{}, nil
}

// Mark marks in the texts what the search found; each text comes back whole, in pieces. Not being able to mark
// is no reason to fail a page: the pieces are then the texts themselves.
func (s *Searcher) Mark(ctx context.Context, found Found, texts []string) ([]Pieces, error) {
	all := make([]Pieces, len(texts))
	for i, t := range texts {
		all[i] = Pieces{{Text: withoutMarks(t)}}
	}
	if len(found.terms) == 0 || len(texts) == 0 {
		return all, nil
	}
	folded := make([]string, len(texts))
	for i, t := range texts {
		folded[i] = searchable(t)
	}
	marked, err := s.store.mark(ctx, folded, found.terms)
	if err != nil {
		return all, err
	}
	if len(marked) != len(texts) {
		return all, fault.New(fault.Internal, "")
	}
	for i := range texts {
		all[i] = align(texts[i], marked[i])
	}
	return all, nil
}

// Excerpt cuts a long marked text around what was found.
func Excerpt(p Pieces) Pieces { return excerpt(p, 220) }

// likePrefix is the query as the beginning of a name for LIKE.
func likePrefix(q Query) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.Join(q.Words, " "))
}

// Body is a centre or an authority whose name was typed.
type Body struct {
	Kind string // centre or authority
	Code string
	Name locale.Text
}

// Bodies finds the centres and authorities that are named by all the words, at most five.
func (s *Searcher) Bodies(ctx context.Context, q Query) ([]Body, error) {
	if q.Empty() {
		return nil, nil
	}
	return s.store.bodies(ctx, q)
}

// Slug is its place in an address.
func (b Body) Slug() string { return address.Slug(b.Code) }
