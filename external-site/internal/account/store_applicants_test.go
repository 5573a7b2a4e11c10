package account_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
)

// Applicants are kept with a session alone and read by their owner alone; who ends a session ends that.
func TestApplicantsBelongToTheirAccount(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	olena, entry := b.register("olena")
	petro, _ := b.register("petro")
	must(t, b.RememberApplicant(ctx, entry.Token, account.Applicant{Answers: json.RawMessage(`{"surname":"Канарейченко"}`)}))
	all, err := b.Applicants(ctx, olena)
	must(t, err)
	if len(all) != 1 || !strings.Contains(string(all[0].Answers), "Канарейченко") || all[0].SavedAt.IsZero() {
		t.Fatalf("%+v", all)
	}
	if others, err := b.Applicants(ctx, petro); err != nil || len(others) != 0 {
		t.Errorf("somebody else has %d: %v", len(others), err)
	}
	for what, err := range map[string]error{
		"change": b.ChangeApplicant(ctx, petro, all[0]), "remove": b.RemoveApplicant(ctx, petro, all[0].ID),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s by somebody else: %v", what, err)
		}
	}
	all[0].Answers = json.RawMessage(`{"surname":"Нова"}`)
	must(t, b.ChangeApplicant(ctx, olena, all[0]))
	one, err := b.Applicant(ctx, olena, all[0].ID)
	if err != nil || string(one.Answers) != `{"surname":"Нова"}` {
		t.Errorf("%s: %v", one.Answers, err)
	}
	must(t, b.SignOut(ctx, olena))
	if err := b.RememberApplicant(ctx, entry.Token, account.Applicant{Answers: json.RawMessage(`{}`)}); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after the session has ended: %v", err)
	}
}

// Two windows do not fill one place.
func TestApplicantsHaveABound(t *testing.T) {
	b := newBench(t)
	h, _ := b.register("olena")
	var all sync.WaitGroup
	results := make(chan error, account.MaxApplicants+10)
	for range account.MaxApplicants + 10 {
		all.Go(func() {
			results <- b.AddApplicant(t.Context(), h.Writer(), account.Applicant{Answers: json.RawMessage(`{}`)})
		})
	}
	all.Wait()
	close(results)
	kept := 0
	for err := range results {
		switch {
		case err == nil:
			kept++
		case fault.MessageKey(err) != "account.applicants_full":
			t.Errorf("%v", err)
		}
	}
	if kept != account.MaxApplicants {
		t.Errorf("%d are kept", kept)
	}
}
