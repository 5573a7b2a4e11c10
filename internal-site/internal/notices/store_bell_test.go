package notices_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/locale"
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
	p.onA(time.Wednesday)
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
	p.DB.Exec(`insert into cases.replies (id, case_id, purpose, text, sent_at, taken_at) values (gen_random_uuid(), $1, 'answer', 'так', $2, $2)`, c.ID, p.now().Add(time.Minute))
	p.hears("the applicant has answered", partner, "replied")
	p.hears("answered, for who has no part in it", stranger)
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

// shift lets a case be due so many days from today, a Wednesday in this test.
func (p *place) shift(c cases.Case, days int) {
	p.DB.Exec(`update cases.turns set due_on = ($3::timestamptz at time zone 'Europe/Kyiv')::date + $2::int where case_id = $1`, c.ID, days, p.now())
}

// onA moves the clock to a weekday at noon.
func (p *place) onA(day time.Weekday) {
	for p.now().In(locale.Kyiv()).Weekday() != day || p.now().In(locale.Kyiv()).Hour() != 12 {
		p.clock += time.Hour
	}
}

// Alarms ring when the centre says, or the region while it says nothing: for whoever has the case a working day before, for
// their head on the last day, for the manager three working days after it; for a week, unless somebody looks.
func TestAlarmsRing(t *testing.T) {
	p := newPlace(t)
	p.onA(time.Wednesday)
	clerk, head, manager, stranger := p.Users[access.Administrator], p.Users[access.CentreHead], p.Users[access.RegionalManager], p.OtherUsers[access.CentreHead]
	c := p.register(byMail, outbox.Choice{})
	p.do(c, clerk, cases.Command{Act: cases.Take})
	for _, tt := range []struct {
		due                  int
		clerk, head, manager bool
	}{
		{2, false, false, false},
		{1, true, false, false},
		{0, true, true, false},
		{-1, true, true, false},
		{-2, true, true, false},
		{-5, true, true, true},
		{-20, false, false, false}, // the last day five days ago was a Friday
	} {
		p.shift(c, tt.due)
		p.rings("the clerk", tt.due, clerk, tt.clerk, "due")
		p.rings("the head", tt.due, head, tt.head, "head")
		p.rings("the manager", tt.due, manager, tt.manager, "head")
		p.rings("another head", tt.due, stranger, false, "head")
	}
	p.DB.Exec(`insert into notices.alarms (place, days, whom) values ($1, 2, 'head')`, p.Centre)
	p.shift(c, 0)
	p.rings("the clerk, where the centre says otherwise", 0, clerk, false, "due")
	p.shift(c, -2)
	p.rings("the head, two days after", -2, head, true, "head")
	d := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now)
	must(t, d.MarkSeen(t.Context(), head, notices.News{Kind: notices.Urgent, CaseID: c.ID}.Subject()))
	p.rings("the head who looked", -2, head, false, "head")
}

func (p *place) rings(what string, due int, who access.Actor, want bool, kind string) {
	p.t.Helper()
	if got := slices.Contains(p.bell(who), kind); got != want {
		p.t.Errorf("due in %d days, %s is told: %t", due, what, got)
	}
}

// A case whose term has rung twice is one line: it takes no room from others.
func TestACaseThatRangTwiceIsOneLine(t *testing.T) {
	p := newPlace(t)
	p.onA(time.Wednesday)
	c := p.register(byMail, outbox.Choice{})
	p.DB.Exec(`insert into notices.alarms (place, days, whom) select null, days, whom from unnest(array[1, 3]) days, unnest(array['manager', 'head']) whom on conflict do nothing`)
	for days, cases := range map[int]int{-6: 60, -9: 20} { // last Thursday, which rang on Friday and on Tuesday, and the Monday before
		p.DB.Exec(`
			with made as (
				insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, applicant_id, channel, state, filed_at, due_on)
				select gen_random_uuid(), $4::int || '/' || x, c.centre_id, c.authority_id, c.service_id, c.card_id, c.applicant_id, 'counter', 'in_progress', c.filed_at, $2::timestamptz::date + $4::int
				from generate_series(1, $3::int) x, (select * from cases.cases where id = $1) c returning id, centre_id, due_on)
			insert into cases.turns (case_id, place, kind, standing, due_on, since)
			select id, centre_id, 'centre', 'turn', due_on, $2::timestamptz - interval '20 days' from made`, c.ID, p.now(), cases, days)
	}
	for _, who := range []access.GroupCode{access.RegionalManager, access.CentreHead} {
		rang := slices.DeleteFunc(p.bell(p.Users[who]), func(kind string) bool { return kind != "head" })
		if len(rang) != 80 {
			t.Errorf("%s hears of %d of 80 cases", who, len(rang))
		}
	}
}

// Over a weekend the alarm of a working day before rings on Friday, and once: what was looked at then is silent on Monday.
func TestAlarmsCountWorkingDays(t *testing.T) {
	p := newPlace(t)
	p.onA(time.Friday)
	clerk := p.Users[access.Administrator]
	c := p.register(byMail, outbox.Choice{})
	p.do(c, clerk, cases.Command{Act: cases.Take})
	p.shift(c, 3)
	p.rings("the clerk", 3, clerk, true, "due")
	d := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now)
	must(t, d.MarkSeen(t.Context(), clerk, ""))
	p.rings("the clerk who looked at everything", 3, clerk, false, "due")
	p.onA(time.Monday)
	p.rings("the clerk, on Monday", 0, clerk, false, "due")
}

// Whoever gets cases of a colleague whose account is blocked hears of all, also of those in which others have the turn.
func TestHandedOverCasesRing(t *testing.T) {
	p := newPlace(t)
	clerk, head, admin := p.Users[access.Administrator], p.Users[access.CentreHead], p.Users[access.PortalAdministrator]
	with, ahead := p.register(byMail, outbox.Choice{}), p.register(byMail, outbox.Choice{})
	p.do(with, clerk, cases.Command{Act: cases.Take})
	p.do(ahead, clerk, cases.Command{Act: cases.Take}, cases.Command{Act: cases.FinishStage}) // now another authority's turn
	store := cases.NewStore(p.DB.PoolAs("internal_site")).At(p.now)
	where := access.Object{Own: []access.Place{access.InCentre(p.Centre)}}
	given, _, err := store.Reassign(t.Context(), admin, clerk.UserID, &head.UserID, where)
	if err != nil || given != 2 {
		t.Fatalf("%d given, %v", given, err)
	}
	for _, kind := range []string{"me", "given"} {
		if !slices.Contains(p.bell(head), kind) {
			t.Errorf("who got the cases hears %v, and not %q", p.bell(head), kind)
		}
	}
	if !slices.Contains(p.bell(clerk), "taken") {
		t.Errorf("who had them hears %v", p.bell(clerk))
	}
}

// The signatory hears of a decision that was prepared for their office, and whoever prepared it that it was returned; neither hears of
// it a second time after it was looked at.
func TestTheBellOfADecisionThatIsPrepared(t *testing.T) {
	p := newPlace(t)
	officer, head := p.Users[access.Officer], p.Users[access.AuthorityHead]
	c := p.register(byMail, outbox.Choice{})
	proposal := cases.Proposal{Outcome: cases.Granted, By: officer.UserID, Name: officer.Name, At: p.now()}
	put := func() {
		t.Helper()
		raw, err := json.Marshal(proposal)
		must(t, err)
		p.DB.Exec(`update cases.cases set state = 'in_progress', proposal = $2 where id = $1`, c.ID, raw)
	}
	put()
	p.DB.Exec(`insert into offices.holders (id, place, kind, title, key, user_id, since) values (gen_random_uuid(), $1, 'authority', 'Начальник', 'начальник', $2, $3)`,
		p.Authority, head.UserID, p.now())
	p.DB.Exec(`update cases.turns set standing = 'past', person = null where case_id = $1`, c.ID)
	p.DB.Exec(`update cases.turns set standing = 'turn', office = 'начальник', person = $3, since = $4 where case_id = $1 and place = $2`, c.ID, p.Authority, officer.UserID, p.now().Add(-time.Hour))
	d := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now)
	count := func(who access.Actor, kind notices.NewsKind) (n int) {
		t.Helper()
		for _, got := range p.bell(who) {
			if got == string(kind) {
				n++
			}
		}
		return n
	}
	if count(head, notices.ToSign) != 1 || count(officer, notices.ToSign) != 0 || count(p.OtherUsers[access.Officer], notices.ToSign) != 0 {
		t.Errorf("to sign: %v, %v", p.bell(head), p.bell(officer))
	}
	must(t, d.MarkSeen(t.Context(), head, notices.News{Kind: notices.ToSign, CaseID: c.ID}.Subject()))
	if count(head, notices.ToSign) != 0 {
		t.Errorf("looked at: %v", p.bell(head))
	}
	proposal.Remark, proposal.RemarkName, proposal.ReturnedAt = "Назвіть довідку", head.Name, p.now()
	put()
	if count(officer, notices.SentBack) != 1 || count(head, notices.SentBack) != 0 || count(head, notices.ToSign) != 0 {
		t.Errorf("returned: %v, %v", p.bell(officer), p.bell(head))
	}
}

// Of a result that nobody collected the clerk of the case hears, and the head of the centre.
func TestTheBellOfAResultThatNobodyCollects(t *testing.T) {
	p := newPlace(t)
	clerk, head := p.Users[access.Administrator], p.Users[access.CentreHead]
	c := p.register(byMail, outbox.Choice{})
	p.DB.Exec(`update cases.cases set state = 'decided', outcome = 'granted', uncollected_at = $2 where id = $1`, c.ID, p.now())
	p.DB.Exec(`update cases.turns set standing = 'issue', person = $3, due_on = null, since = $4 where case_id = $1 and place = $2`, c.ID, p.Centre, clerk.UserID, p.now().Add(-60*24*time.Hour))
	p.hears("not collected, for the clerk", clerk, "uncollected")
	p.hears("not collected, for the head", head, "uncollected")
	p.hears("not collected, elsewhere", p.OtherUsers[access.Administrator])
}
