package notices_test

import (
	"slices"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/outbox"
)

// bell is what stands under somebody's bell, as kinds of news, the newest first; the count has to agree.
func (p *place) bell(who access.Actor) (kinds []string) {
	p.t.Helper()
	d := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now)
	news, err := d.News(p.t.Context(), who)
	must(p.t, err)
	for _, n := range news {
		kinds = append(kinds, string(n.Kind))
	}
	if n, err := d.CountNews(p.t.Context(), who); err != nil || n != len(kinds) {
		p.t.Errorf("counted %d, listed %v, %v", n, kinds, err)
	}
	return kinds
}

func (p *place) hears(what string, who access.Actor, want ...string) {
	p.t.Helper()
	if got := p.bell(who); !slices.Equal(got, want) {
		p.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Staff learn what came to their body and to themselves by somebody else's act, and nothing that is no longer so.
func TestBellSaysWhatCameToSomebody(t *testing.T) {
	p := newPlace(t)
	clerk, head := p.Users[access.Administrator], p.Users[access.CentreHead]
	officer, partner, stranger := p.Users[access.Officer], p.OtherUsers[access.Officer], p.OtherUsers[access.Administrator]
	c := p.register(byMail, outbox.Choice{})
	p.hears("a new case, for a clerk", clerk, "body")
	p.hears("a new case, for the head", head, "body")
	p.hears("a new case, for another centre", stranger)
	p.hears("a new case, before it reaches the authority", partner)

	p.do(c, clerk, cases.Command{Act: cases.Take})
	p.hears("what one took oneself, and is due tomorrow", clerk, "due")
	p.hears("what a colleague took", head)

	p.do(c, head, cases.Command{Act: cases.Take, Text: "клерк захворів"})
	p.hears("what was taken over, for who had it", clerk, "taken")
	p.hears("what was taken over, for who has it", head, "due")

	p.do(c, head, cases.Command{Act: cases.FinishStage})
	p.hears("handed to the next authority", partner, "body")
	p.hears("handed on", head)
	p.hears("not handed to yet", officer)

	p.do(c, partner, cases.Command{Act: cases.Take})
	p.do(c, partner, cases.Command{Act: cases.Suspend, Text: "чекаємо"})
	p.hears("waits for the applicant", partner)
}

// A line goes when it is marked, and comes back when something new happens to its case.
func TestSeenLinesGo(t *testing.T) {
	p := newPlace(t)
	clerk, head := p.Users[access.Administrator], p.Users[access.CentreHead]
	first := p.register(byMail, outbox.Choice{})
	p.register(byMail, outbox.Choice{})
	d := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now)
	must(t, d.MarkSeen(t.Context(), clerk, notices.News{Kind: notices.ForBody, CaseID: first.ID}.Subject()))
	p.hears("one of two was looked at", clerk, "body")
	p.hears("by the clerk, not by the head", head, "body", "body")
	must(t, d.MarkSeen(t.Context(), clerk, ""))
	p.hears("everything was looked at", clerk)
	p.register(byMail, outbox.Choice{})
	p.hears("something new came", clerk, "body")
	p.clock = notices.NewsKept + time.Hour
	p.hears("a week later", clerk)
}

// What is due tomorrow rings the day before, for whoever has it.
func TestWhatIsDueRings(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	c := p.register(byMail, outbox.Choice{})
	p.do(c, clerk, cases.Command{Act: cases.Take})
	for days, want := range map[int][]string{-1: nil, 0: {"due"}, 1: {"due"}, 2: nil} {
		p.DB.Exec(`update cases.turns set due_on = (now() at time zone 'Europe/Kyiv')::date + $2::int where case_id = $1`, c.ID, days)
		p.hears("due", clerk, want...)
	}
}
