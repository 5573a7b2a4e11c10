package requests_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/requests"
)

// heard are the lines about requests under somebody's bell.
func (d *desk) heard(t *testing.T, who access.Actor) (kinds []notices.NewsKind) {
	t.Helper()
	news, err := notices.NewDesk(d.DB.PoolAs("internal_site")).At(func() time.Time { return fixture.Now.Add(time.Hour) }).News(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range news {
		if n.Kind == notices.AskedOf || n.Kind == notices.Answered {
			kinds = append(kinds, n.Kind)
			if n.Number != d.kase.Number+"/1" {
				t.Errorf("%s rings for %s", n.Kind, n.Number)
			}
			if who.UserID == d.official.UserID {
				d.leaks(t, "the bell", n)
			}
		}
	}
	return kinds
}

// A request rings where it is asked until somebody takes it, rings for them when they are reminded, and its answer rings for
// whoever asked; nobody else hears anything.
func TestRequestsAndAnswersRing(t *testing.T) {
	d := newDesk(t)
	ctx, id, others := t.Context(), d.ask(t), []access.Actor{d.Users[access.Officer], d.OtherUsers[access.Officer], d.Users[access.CentreHead], d.Users[access.RegionalManager]}
	hears := func(when string, clerk, official []notices.NewsKind) {
		t.Helper()
		if got := d.heard(t, d.clerk); !slices.Equal(got, clerk) {
			t.Errorf("%s the clerk hears %v", when, got)
		}
		if got := d.heard(t, d.official); !slices.Equal(got, official) {
			t.Errorf("%s the official hears %v", when, got)
		}
		for _, who := range others {
			if got := d.heard(t, who); len(got) > 0 {
				t.Errorf("%s %s hears %v", when, who.Login, got)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hears("asked:", nil, []notices.NewsKind{notices.AskedOf})
	must(d.store.Take(ctx, d.official, id, 1, uuid.Nil))
	hears("taken:", nil, nil)
	must(d.store.Remind(ctx, d.clerk, id, 2, uuid.Nil))
	hears("reminded:", nil, []notices.NewsKind{notices.AskedOf})
	must(d.store.Answer(ctx, d.official, id, 3, requests.Answer{Text: "так"}))
	hears("answered:", []notices.NewsKind{notices.Answered}, nil)
}
