package law_test

import (
	"testing"

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
