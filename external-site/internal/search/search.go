package search

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Found is what a search found.
type Found struct {
	Query     Query
	Services  []Service   // best first; empty, not nil, when nothing was found
	Elsewhere []Elsewhere // what was meant is given by others; the closest, none when a service answers better
	Intents   []Intent    // what was meant besides services, or instead of them
	Acts      []Act       // acts whose number was typed; Services then are those that rest on them
	Corrected bool        // nothing was found for what was typed, Query is what was probably meant
	Partial   bool        // no service has all the words; these have some
	Mentioned bool        // no service is named like this; these few only mention it in their cards
	Missing   []string    // with Partial: the words that no service has

	terms []term
	asked int // how many words must be found
}

// Service is a service that was found.
type Service struct {
	ID     uuid.UUID
	Points float64
}

// Elsewhere is a service that others give.
type Elsewhere struct {
	Name, Provider, Address, How locale.Text
	URL, Phone                   string     // where it is to be had; may be empty
	CheckedOn                    *time.Time // the day on which staff looked last whether this is true

	words int // of the phrase that was typed
}

// any says whether the search has an answer, and not only something like it.
func (f Found) any() bool {
	return len(f.Services) > 0 && !f.Partial && !f.Mentioned || len(f.Elsewhere)+len(f.Intents)+len(f.Acts) > 0
}

// Searcher answers searches.
type Searcher struct{ store *Store }

// New makes a searcher over store.
func New(store *Store) *Searcher { return &Searcher{store: store} }

// Services finds services for what was typed, whose cards are those in force on the day, or what was meant instead. If nothing
// has all the words, it tries what else the keys or the letters may have meant and the closest words of the catalogue, then is
// content with some of the words, and last with few services that only mention them.
func (s *Searcher) Services(ctx context.Context, typed string, day time.Time) (Found, error) {
	q := Parse(typed)
	if q.Empty() {
		return Found{Query: q, Services: []Service{}}, nil
	}
	if found, err := s.byNumber(ctx, q, day); err != nil || len(found.Services)+len(found.Acts) > 0 {
		return found, err
	}
	first, missing, err := s.meant(ctx, q, day)
	if err != nil || first.any() {
		return first, err
	}
	better, err := s.corrected(ctx, q, missing, day)
	if err != nil || better.any() {
		return better, err
	}
	if len(first.Services) > 0 {
		return first, nil
	}
	return s.mentioned(ctx, first, day)
}

// byNumber finds what the number of an act or the code of a service names.
func (s *Searcher) byNumber(ctx context.Context, q Query, day time.Time) (Found, error) {
	found := Found{Query: q, Services: []Service{}}
	if code := q.Code(); code != "" {
		list, err := s.store.byCode(ctx, code)
		if err != nil || len(list) > 0 {
			found.Services = inOrder(list)
			return found, err
		}
	}
	act, ok := q.act()
	if !ok {
		return found, nil
	}
	acts, err := s.store.actsNumbered(ctx, act)
	if err != nil || len(acts) == 0 {
		return found, err
	}
	found.Acts = acts
	ids := make([]uuid.UUID, len(acts))
	for i, a := range acts {
		ids[i] = a.ID
	}
	list, err := s.store.restingOn(ctx, ids, day)
	found.Services = inOrder(list)
	return found, err
}

// inOrder gives services points by their place in the list.
func inOrder(list []uuid.UUID) []Service {
	services := make([]Service, len(list))
	for i, id := range list {
		services[i] = Service{ID: id, Points: float64(len(list) - i)}
	}
	return services
}

// meant looks for services, for what the words come for besides services, and for what others give; missing are the words that
// no service has. Services that have only some of the words are no answer beside one that has them all.
func (s *Searcher) meant(ctx context.Context, q Query, day time.Time) (found Found, missing []string, err error) {
	if found, missing, err = s.all(ctx, q, day); err != nil {
		return found, nil, err
	}
	whole := len(found.Services) > 0 && !found.Partial
	elsewhere, err := s.store.elsewhere(ctx, q.withRussian())
	if err != nil {
		return found, nil, err
	}
	if len(elsewhere) > 0 && (!whole || elsewhere[0].words >= found.asked) {
		found.Elsewhere = elsewhere
	}
	var used []string
	if found.Intents, used = q.intents(); len(found.Intents) > 0 && !whole {
		rest := q.without(used)
		intents := found.Intents
		if found, missing, err = s.all(ctx, rest, day); err != nil {
			return found, nil, err
		}
		found.Query, found.Intents, found.Elsewhere = q, intents, elsewhere
	}
	if found.Partial && len(found.Elsewhere) > 0 {
		found.Services, found.Partial, found.Missing = []Service{}, false, nil
	}
	return found, missing, nil
}

// without is the query without some of its words.
func (q Query) without(words []string) Query {
	return Parse(strings.Join(slices.DeleteFunc(slices.Clone(q.Words), func(w string) bool { return slices.Contains(words, w) }), " "))
}

// withRussian is the text of the query and of what its Russian words say.
func (q Query) withRussian() string {
	words := slices.Clone(q.Words)
	for _, w := range q.Words {
		words = append(words, russian(w)...)
	}
	return strings.Join(words, " ")
}

// all looks for services that have all the words, or failing that some of them. A word that only the card or the name of the
// authority has counts, but not by itself.
func (s *Searcher) all(ctx context.Context, q Query, day time.Time) (found Found, missing []string, err error) {
	dictionary, err := s.store.lexize(ctx, q.Words)
	if err != nil {
		return Found{}, nil, err
	}
	list, asked := terms(q, dictionary)
	found = Found{Query: q, Services: []Service{}, terms: list, asked: len(asked)}
	if len(asked) == 0 {
		return found, nil, nil
	}
	hits, err := s.store.find(ctx, q, list, day)
	if err != nil {
		return Found{}, nil, err
	}
	seen := map[string]bool{}
	for _, h := range hits {
		for _, w := range h.words {
			seen[q.Words[w]] = true
		}
	}
	missing = slices.DeleteFunc(asked, func(w string) bool { return seen[w] })
	found.Services, found.Partial = best(hits, found.asked)
	if found.Partial {
		found.Missing = missing
	}
	return found, missing, nil
}

// nearly is how much of the weight of the best service others must have to stand beside it when none has all the words.
const nearly = 0.6

// best are the services with all the words that were asked for, or else those whose words weigh most: of a long question the rare
// words say what it is about.
func best(hits []hit, asked int) (list []Service, partial bool) {
	list = []Service{}
	if len(hits) == 0 {
		return list, false
	}
	if slices.ContainsFunc(hits, func(h hit) bool { return len(h.words) == asked }) {
		for _, h := range hits {
			if len(h.words) == asked {
				list = append(list, Service{ID: h.id, Points: h.points})
			}
		}
		return list, false
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	for _, h := range hits {
		if h.weight >= nearly*hits[0].weight {
			list = append(list, Service{ID: h.id, Points: h.weight})
		}
	}
	return list, true
}

// corrected tries what may have been meant. It returns nothing rather than a guess that finds only some words.
func (s *Searcher) corrected(ctx context.Context, q Query, missing []string, day time.Time) (Found, error) {
	guesses := otherSpellings(q.Text)
	changed, err := s.closestWords(ctx, q, missing)
	if err != nil {
		return Found{}, err
	}
	for _, guess := range append(guesses, changed) {
		if guess.Empty() {
			continue
		}
		found, lost, err := s.meant(ctx, guess, day)
		if err != nil {
			return Found{}, err
		}
		if !found.any() && len(lost) > 0 && !slices.Equal(guess.Words, changed.Words) {
			// Another alphabet, and a slip in it: «subsydija» spells no word, but nearly one.
			if found, err = s.slipped(ctx, guess, lost, day); err != nil {
				return Found{}, err
			}
		}
		if found.any() {
			found.Corrected = true
			return found, nil
		}
	}
	return Found{}, nil
}

func (s *Searcher) slipped(ctx context.Context, guess Query, lost []string, day time.Time) (Found, error) {
	changed, err := s.closestWords(ctx, guess, lost)
	if err != nil || changed.Empty() {
		return Found{}, err
	}
	found, _, err := s.meant(ctx, changed, day)
	return found, err
}

// otherSpellings are the texts that the keys or the letters may have meant.
func otherSpellings(text string) (guesses []Query) {
	for _, layout := range []string{ukrKeys, russianKeys} {
		if other, ok := otherLayout(text, layout); ok {
			guesses = append(guesses, Parse(other))
		}
	}
	if spelled, ok := fromLatin(text); ok {
		guesses = append(guesses, Parse(spelled))
	}
	for _, way := range ukrainianLetters(text) {
		guesses = append(guesses, Parse(way))
	}
	return guesses
}

// closestWords is the query with those of its words that nothing has replaced by the closest ones of the catalogue; empty when none is
// close.
func (s *Searcher) closestWords(ctx context.Context, q Query, missing []string) (Query, error) {
	changes := map[string]string{}
	for _, w := range missing {
		candidates, err := s.store.similar(ctx, w)
		if err != nil {
			return Query{}, err
		}
		if better, ok := closest(w, candidates); ok {
			changes[w] = better
		}
	}
	if len(changes) == 0 {
		return Query{}, nil
	}
	return q.replaced(changes), nil
}

// fewMentions is up to how many services a word that stands only in cards says something about; more have it by chance, as all have
// «паспорт» in their lists of documents.
const fewMentions = 5

// mentioned adds the services whose cards have the words, if these are few.
func (s *Searcher) mentioned(ctx context.Context, found Found, day time.Time) (Found, error) {
	list, err := s.store.mentioned(ctx, found.terms, day)
	if err != nil || len(list) == 0 || len(list) > fewMentions {
		return found, err
	}
	found.Services, found.Mentioned = inOrder(list), true
	return found, nil
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
func likePrefix(q Query) string { return likeText(strings.Join(q.Words, " ")) }

// likeText is the text with nothing in it that LIKE understands.
func likeText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
