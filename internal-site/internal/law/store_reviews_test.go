package law_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/law"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// An act that changed has the cards that rest on it looked at by those who may edit them, once for each edition.
func TestANewEditionOpensReviews(t *testing.T) {
	r, s, manager := newLibrary(t)
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: r.Act}}
	r.AddCard(r.Service, 2, "published", "2026-02-01", card)
	add := func(n law.NewEdition) uuid.UUID {
		t.Helper()
		if added, err := s.AddEdition(t.Context(), manager, r.Act, n, nil); err != nil || !added {
			t.Fatal(added, err)
		}
		return n.Press
	}
	waits := func(who access.Actor, want int) {
		t.Helper()
		n, err := s.Waiting(t.Context(), who)
		list, total, listed := s.Reviews(t.Context(), who, 1, 50)
		if err != nil || listed != nil || n != want || total != want || len(list) != want {
			t.Errorf("%s: %d counted, %d listed, want %d; %v %v", who.Login, n, total, want, err, listed)
		}
	}
	officer, other := r.Users[access.Officer], r.OtherUsers[access.Officer]
	add(edition(1, day(2020, 1, 1), "перша"))
	add(edition(2, day(2019, 1, 1), "ще раніша"))
	waits(officer, 0)
	second := add(edition(3, day(2027, 1, 1), "друга"))
	waits(officer, 1)
	waits(other, 0)
	waits(manager, 1)
	if _, _, err := s.Reviews(t.Context(), access.Actor{}, 1, 50); !fault.Is(err, fault.Forbidden) {
		t.Errorf("nobody: %v", err)
	}
	if list, err := s.ReviewsOf(t.Context(), officer, r.Service); err != nil || len(list) != 1 || list[0].Act.ID != r.Act {
		t.Errorf("%+v, %v", list, err)
	}
	better := edition(4, day(2027, 1, 1), "друга без помилки")
	better.Replaces = second
	third := add(better)
	waits(officer, 1)
	if err := s.Reviewed(t.Context(), other, r.Service, third, law.Same, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another authority: %v", err)
	}
	if _, err := s.Review(t.Context(), other, r.Service, third); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another authority: %v", err)
	}
	if err := s.Reviewed(t.Context(), officer, r.Service, third, "", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("without an outcome: %v", err)
	}
	if err := s.Reviewed(t.Context(), officer, r.Service, third, law.Same, "Строк той самий"); err != nil {
		t.Fatal(err)
	}
	if err := s.Reviewed(t.Context(), officer, r.Service, third, law.Changed, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	waits(officer, 0)
	if one, err := s.Review(t.Context(), officer, r.Service, third); err != nil || one.DoneAt == nil {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := s.Review(t.Context(), officer, r.Service, uuid.New()); !fault.Is(err, fault.NotFound) {
		t.Errorf("of nothing: %v", err)
	}
	add(edition(5, day(2028, 1, 1), "третя"))
	waits(officer, 1)
	if err := s.WithdrawEdition(t.Context(), manager, r.Act, third, "x"); err != nil {
		t.Fatal(err)
	}
	waits(officer, 1)
}

// asked is a library whose card rests on an act that has been in force since 2020.
func asked(t *testing.T) (s *law.Store, officer access.Actor, service uuid.UUID, add func(from *time.Time, text string, replaces uuid.UUID) uuid.UUID, withdraw func(uuid.UUID)) {
	t.Helper()
	r, s, manager := newLibrary(t)
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: r.Act}}
	r.AddCard(r.Service, 2, "published", "2026-02-01", card)
	version := 1
	add = func(from *time.Time, text string, replaces uuid.UUID) uuid.UUID {
		t.Helper()
		n := edition(version, from, text)
		n.Replaces = replaces
		if added, err := s.AddEdition(t.Context(), manager, r.Act, n, nil); err != nil || !added {
			t.Fatal(added, err)
		}
		version++
		return n.Press
	}
	withdraw = func(id uuid.UUID) {
		t.Helper()
		if err := s.WithdrawEdition(t.Context(), manager, r.Act, id, "не той акт"); err != nil {
			t.Fatal(err)
		}
		version++
	}
	return s, r.Users[access.Officer], r.Service, add, withdraw
}

// open are the editions for which the card has to be looked at, each with the one from which on; Nil where none is known.
func open(t *testing.T, s *law.Store, officer access.Actor) map[uuid.UUID]uuid.UUID {
	t.Helper()
	list, _, err := s.Reviews(t.Context(), officer, 1, 50)
	if err != nil {
		t.Fatal(err)
	}
	found := map[uuid.UUID]uuid.UUID{}
	for _, r := range list {
		found[r.EditionID] = uuid.Nil
		if r.Since != nil {
			found[r.EditionID] = *r.Since
		}
	}
	return found
}

// No order in which editions come loses what a card has to be looked at for.
func TestNoReviewIsLost(t *testing.T) {
	s, officer, service, add, withdraw := asked(t)
	wants := func(when string, want map[uuid.UUID]uuid.UUID) {
		t.Helper()
		if got := open(t, s, officer); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	first := add(day(2020, 1, 1), "перша", uuid.Nil)
	later := add(day(2028, 1, 1), "далека", uuid.Nil)
	wants("one that comes", map[uuid.UUID]uuid.UUID{later: first})
	sooner := add(day(2027, 1, 1), "ближча", uuid.Nil)
	wants("one that comes before it", map[uuid.UUID]uuid.UUID{later: first, sooner: first})
	now := add(day(2026, 6, 1), "чинна", uuid.Nil)
	wants("one in force", map[uuid.UUID]uuid.UUID{later: first, sooner: first, now: first})
	add(day(2025, 1, 1), "колишня", uuid.Nil)
	wants("one that is in force no more, whose changes are in the one after it", map[uuid.UUID]uuid.UUID{later: first, sooner: first, now: first})
	better := add(day(2025, 12, 1), "чинна з іншого дня", now)
	wants("one in place of that in force", map[uuid.UUID]uuid.UUID{later: first, sooner: first, better: first})
	withdraw(first)
	wants("the one before was none", map[uuid.UUID]uuid.UUID{later: uuid.Nil, sooner: uuid.Nil, better: uuid.Nil})
	if err := s.Reviewed(t.Context(), officer, service, now, law.Same, ""); !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "law.edition_withdrawn" {
		t.Errorf("of an edition that was taken back: %v", err)
	}
	if one, err := s.Review(t.Context(), officer, service, now); err != nil || !one.Withdrawn || one.DoneAt != nil {
		t.Errorf("%+v, %v", one, err)
	}
}

// An edition whose review was done is asked about again only when another text takes its place, and from it on.
func TestAReviewThatWasDoneIsAskedFromThereOn(t *testing.T) {
	s, officer, service, add, _ := asked(t)
	first := add(day(2020, 1, 1), "перша", uuid.Nil)
	second := add(day(2026, 1, 1), "друга", uuid.Nil)
	if err := s.Reviewed(t.Context(), officer, service, second, law.Changed, "Інший строк"); err != nil {
		t.Fatal(err)
	}
	same := add(day(2026, 1, 1), "друга", second)
	if got := open(t, s, officer); len(got) != 0 {
		t.Errorf("the same text is asked about: %v", got)
	}
	one, err := s.Review(t.Context(), officer, service, same)
	if err != nil || one.Outcome != law.Changed || one.Comment != "Інший строк" || one.DoneBy != officer.Name || one.DoneAt == nil || one.Since == nil || *one.Since != first {
		t.Errorf("%+v, %v", one, err)
	}
	third := add(day(2026, 1, 1), "друга без помилки", same)
	if got := open(t, s, officer); len(got) != 1 || got[third] != same {
		t.Errorf("%v, want %s since %s", got, third, same)
	}
	if err := s.Reviewed(t.Context(), officer, service, third, law.Same, ""); err != nil {
		t.Fatal(err)
	}
	last := add(day(2026, 5, 1), "третя", uuid.Nil)
	add(day(2026, 1, 1), "друга, якої вже ніхто не читає", third)
	if got := open(t, s, officer); len(got) != 1 || got[last] != third {
		t.Errorf("%v, want %s since %s only", got, last, third)
	}
}
