package service

import (
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
)

// brief is what most people come to a card for, before all else: how long, how much, where it can be done now.
type brief struct {
	Term, Fee string
	Payout    locale.Text
	Centre    *briefCentre
	Centres   int // how many there are
	Questions int // that may be asked before beginning
}

// briefCentre is the centre of the reader's community; without one, a centre that is open now, or failing that the one that
// opens first.
type briefCentre struct {
	Name    locale.Text
	Href    string
	Opening cardview.Opening
	Other   *cardview.OtherDay // the next day on which it keeps other hours, which nobody expects
}

// ahead is how many days ahead other hours are told.
const ahead = 14

func newBrief(p *locale.Printer, v view) brief {
	b := brief{
		Term: cardview.Term(p, v.Card.Term), Fee: cardview.Fee(p, v.Card.Fee), Payout: v.Card.Payout,
		Centres: len(v.Centres), Questions: len(v.Card.Questions),
	}
	chosen := soonest(v.Centres, v.Now)
	if v.own {
		chosen = &v.Centres[0]
	}
	if chosen != nil {
		b.Centre = &briefCentre{Name: chosen.Name, Href: chosen.Href, Opening: cardview.OpenNow(p, chosen.Schedule, v.Now)}
		if days := cardview.OtherDays(p, chosen.Schedule, v.Now, ahead); len(days) > 0 {
			b.Centre.Other = &days[0]
		}
	}
	return b
}

// soonest is the first centre that is open at the moment, or else the one that opens first; nil when no hours are known.
func soonest(centres []cardview.Body, now time.Time) (found *cardview.Body) {
	var opens time.Time
	for i := range centres {
		state := centres[i].Schedule.At(now)
		switch {
		case state.Open:
			return &centres[i]
		case !state.Known || state.Until.IsZero():
		case found == nil || state.Until.Before(opens):
			found, opens = &centres[i], state.Until
		}
	}
	return found
}
