package journals_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
	"portal.example/shared/fault"
)

// Each sees the journals of their places: a centre its own, an authority what it decides, the region all; a search finds there what it says.
func TestReachAndFilters(t *testing.T) {
	d := open(t)
	one := d.register("Ґава")
	d.at = d.at.AddDate(0, 0, 3)
	two := d.register("Їжаченко")
	both := []string{"1 " + one.Number, "2 " + two.Number}
	outsider := access.Actor{UserID: fixture.NewID()}
	for name, c := range map[string]struct {
		who  access.Actor
		f    journals.Filter
		want []string
	}{
		"clerk":             {d.Users[access.Administrator], journals.Filter{}, both},
		"authority":         {d.Users[access.AuthorityHead], journals.Filter{}, both},
		"region":            {d.Users[access.RegionalManager], journals.Filter{}, both},
		"another centre":    {d.OtherUsers[access.CentreHead], journals.Filter{}, nil},
		"another authority": {d.OtherUsers[access.AuthorityHead], journals.Filter{}, nil},
		"region, a centre":  {d.Users[access.RegionalManager], journals.Filter{Centre: d.OtherCentre}, nil},
		"both places":       {access.Actor{Rights: access.Rights{journals.View: {Own: []access.Place{access.InCentre(d.Centre), access.InAuthority(d.Authority)}}}}, journals.Filter{}, both},
		"surname":           {d.Users[access.CentreHead], journals.Filter{Q: "іжаченко"}, both[1:]},
		"number":            {d.Users[access.CentreHead], journals.Filter{Q: one.Number}, both[:1]},
		"surname elsewhere": {d.OtherUsers[access.CentreHead], journals.Filter{Q: "Ґава"}, nil},
		"state":             {d.Users[access.CentreHead], journals.Filter{State: "registered"}, both},
		"another state":     {d.Users[access.CentreHead], journals.Filter{State: "closed"}, nil},
		"service":           {d.Users[access.CentreHead], journals.Filter{Service: d.OtherService}, nil},
		"from":              {d.Users[access.CentreHead], journals.Filter{From: time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)}, both[1:]},
		"to":                {d.Users[access.CentreHead], journals.Filter{To: time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)}, both[:1]},
	} {
		c.f.Journal = journals.Applications
		if got := d.lines(c.who, c.f); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if page, err := d.journals.List(t.Context(), c.who, c.f, journals.Place{}, false, 10); err != nil || page.Total != len(c.want) {
			t.Errorf("%s: counted %d, %v", name, page.Total, err)
		}
	}
	if _, err := d.journals.List(t.Context(), outsider, journals.Filter{Journal: journals.Issued}, journals.Place{}, false, 1); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an outsider: %v", err)
	}
}

// Whoever reads a whole journal slowly holds no place of those that others wait for.
func TestSlowReadersHoldNoPlace(t *testing.T) {
	d := open(t)
	d.register("Ґава")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	deepest := 0
	var read func(depth int) error
	read = func(depth int) error {
		if deepest = depth; depth == 8 {
			return nil
		}
		return d.journals.Each(ctx, d.Users[access.CentreHead], journals.Filter{Journal: journals.Applications}, func(journals.Entry) error { return read(depth + 1) })
	}
	if err := read(0); err != nil || deepest != 8 {
		t.Errorf("%d deep: %v", deepest, err)
	}
}

// A search looks at what its reader can see and at what the other filters leave, however many others have the same name; what finds too much
// is said to, and is not taken away as an empty table.
func TestASearchStaysWithinReach(t *testing.T) {
	d := open(t)
	one := d.register("Ґава")
	d.DB.Exec(`insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, tech_card_id, applicant_id, channel, answers, filed_at, due_on)
		select gen_random_uuid(), 'X-' || g, $1, b.authority_id, b.service_id, b.card_id, b.tech_card_id, b.applicant_id, 'counter', '{}', now(), current_date
		from cases.cases b, generate_series(1, 1001) g`, d.OtherCentre)
	f := journals.Filter{Journal: journals.Applications, Q: "ґава"}
	region := f
	region.Centre = d.Centre
	for name, c := range map[string]struct {
		who access.Actor
		f   journals.Filter
	}{"of the centre": {d.Users[access.CentreHead], f}, "of the region, one centre": {d.Users[access.RegionalManager], region}} {
		page, err := d.journals.List(t.Context(), c.who, c.f, journals.Place{}, false, 10)
		if err != nil || page.Much || page.Total != 1 || len(page.Entries) != 1 || page.Entries[0].CaseID != one.ID {
			t.Errorf("%s: %+v, %v", name, page, err)
		}
		if got := d.lines(c.who, c.f); len(got) != 1 {
			t.Errorf("%s: %d are taken away", name, len(got))
		}
	}
	page, err := d.journals.List(t.Context(), d.Users[access.RegionalManager], f, journals.Place{}, false, 10)
	if err != nil || !page.Much || len(page.Entries) != 0 {
		t.Errorf("of the region: %d, %v, %v", len(page.Entries), page.Much, err)
	}
	err = d.journals.Each(t.Context(), d.Users[access.RegionalManager], f, func(journals.Entry) error { return nil })
	if !fault.Is(err, fault.Invalid) || fault.MessageKey(err) != "journals.too_much_found" {
		t.Errorf("what finds too much is taken away: %v", err)
	}
}

// A request is found by its number as the journal shows it, and by the end of it.
func TestARequestIsFoundByItsNumber(t *testing.T) {
	d := open(t)
	c := d.register("Ґава")
	d.DB.Exec(`insert into requests.requests (id, case_id, position, asker, asker_kind, authority_id, asked, days, due_on, asked_at, asked_by)
		select gen_random_uuid(), $1, n, $2, 'centre', $3, 'довідка', 5, current_date, now(), $4 from generate_series(1, 2) n`,
		c.ID, d.Centre, d.OtherAuthority, d.Users[access.Administrator].UserID)
	for q, want := range map[string]int{c.Number + "/1": 1, c.Number + "/2": 1, c.Number + "/3": 0, c.Number: 2, c.Number[len(c.Number)-4:] + "/2": 1, "/1": 0, c.Number + "/0": 0, c.Number + "/99999999999": 0} {
		f := journals.Filter{Journal: journals.Requests, Q: q, State: "asked"}
		if got := d.lines(d.Users[access.CentreHead], f); len(got) != want {
			t.Errorf("%q finds %v", q, got)
		}
	}
}

// Pages lead through a journal both ways, and what is entered meanwhile moves nothing.
func TestPagesLeadThroughTheJournal(t *testing.T) {
	d := open(t)
	for range 7 {
		d.register("Ґава")
	}
	head, f := d.Users[access.CentreHead], journals.Filter{Journal: journals.Applications}
	page := func(at journals.Place, newer bool) (numbers string, p journals.Page) {
		p, err := d.journals.List(t.Context(), head, f, at, newer, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entries {
			numbers += fmt.Sprint(e.Number)
		}
		return fmt.Sprintf("%s %v %v", numbers, p.Newer, p.Older), p
	}
	said, first := page(journals.Place{}, false)
	d.register("Їжак")
	next, second := page(first.Entries[2].Place(), false)
	end, third := page(second.Entries[2].Place(), false)
	back, _ := page(third.Entries[0].Place(), true)
	newest, _ := page(second.Entries[0].Place(), true)
	if got := []string{said, next, end, back, newest}; !slices.Equal(got, []string{"765 false true", "432 true true", "1 true false", "432 true true", "765 true true"}) {
		t.Errorf("%v", got)
	}
}

// A remark stands beside an entry once, however often it is sent, with the name of whoever made it; the trail has it.
func TestARemarkStandsBesideAnEntry(t *testing.T) {
	d := open(t)
	d.register("Ґава")
	head := d.Users[access.CentreHead]
	page, err := d.journals.List(t.Context(), head, journals.Filter{Journal: journals.Applications}, journals.Place{}, false, 1)
	if err != nil || len(page.Entries) != 1 {
		t.Fatal(page, err)
	}
	id := page.Entries[0].ID
	for range 2 {
		if err := d.journals.Remark(t.Context(), head, id, "  Адресу уточнено "); err != nil {
			t.Fatal(err)
		}
	}
	e, err := d.journals.Get(t.Context(), head, id)
	if err != nil || len(e.Notes) != 1 || e.Notes[0].Text != "Адресу уточнено" || e.Notes[0].Who == "" || e.Notes[0].TakenBack {
		t.Errorf("%+v, %v", e.Notes, err)
	}
	if n := d.count(`select count(*) from audit.events where action = 'journals.remark'`); n != 1 {
		t.Errorf("the trail has it %d times", n)
	}
	for _, last := range []string{"а", "б"} { // texts whose beginnings are alike, of letters that are of no use to compression
		var b strings.Builder
		for n := range journals.MaxRemark - 1 {
			b.WriteRune(rune(0x20000 + n*7919%40000))
		}
		for range 2 {
			if err := d.journals.Remark(t.Context(), head, id, b.String()+last); err != nil {
				t.Error(err)
			}
		}
	}
	if n := d.count(`select count(*) from journals.notes`); n != 3 {
		t.Errorf("%d notes", n)
	}
	for who, want := range map[access.GroupCode]fault.Kind{access.RegionalManager: fault.Forbidden, access.AuthorityHead: fault.Forbidden} {
		if err := d.journals.Remark(t.Context(), d.Users[who], id, "x"); !fault.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := d.journals.Get(t.Context(), d.OtherUsers[access.CentreHead], id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the head of another centre: %v", err)
	}
	for _, text := range []string{" ", strings.Repeat("я", journals.MaxRemark+1)} {
		if err := d.journals.Remark(t.Context(), head, id, text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d characters: %v", len(text), err)
		}
	}
}
