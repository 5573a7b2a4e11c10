package journals_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type desk struct {
	*fixture.Region
	t        *testing.T
	at       time.Time
	cases    *cases.Store
	journals *journals.Store
}

func open(t *testing.T) *desk {
	r := fixture.New(t)
	d := &desk{Region: r, t: t, at: fixture.Now}
	d.cases, d.journals = cases.NewStore(r.DB.PoolAs("internal_site")).At(d.now), journals.NewStore(r.DB.PoolAs("internal_site")).At(d.now)
	return d
}

func (d *desk) now() time.Time { return d.at }

// register registers an application of somebody with that surname.
func (d *desk) register(surname string) (c cases.Case) {
	d.t.Helper()
	message := fixture.NewID()
	err := pg.InTx(d.t.Context(), d.DB.PoolAs("intake"), func(tx pgx.Tx) (err error) {
		c, err = cases.NewStore(nil).At(d.now).Register(d.t.Context(), tx, cases.Filing{
			MessageID: &message, Channel: cases.Online, ReceiptNumber: message.String()[20:], ServiceID: d.Service, CentreID: d.Centre, FiledAt: d.at,
			Applicant: cases.Applicant{Kind: "person", Surname: surname, GivenName: "Їжак"},
		}, audit.System("intake"))
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

type step struct {
	who access.Actor
	cmd cases.Command
}

// do does the steps, an hour after one another.
func (d *desk) do(id uuid.UUID, steps ...step) {
	d.t.Helper()
	for _, st := range steps {
		d.at = d.at.Add(time.Hour)
		w, err := d.cases.Work(d.t.Context(), st.who, id)
		if err == nil {
			err = d.cases.Do(d.t.Context(), st.who, id, w.Case.Version, st.cmd)
		}
		if err != nil {
			d.t.Fatalf("%s: %v", st.cmd.Act, err)
		}
	}
}

// decided are the steps up to a refusal, after which the centre can tell the applicant.
func (d *desk) decided() []step {
	admin := d.Users[access.Administrator]
	return []step{
		{admin, cases.Command{Act: cases.Take}}, {admin, cases.Command{Act: cases.FinishStage}}, {d.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage}}, d.decision(),
	}
}

func (d *desk) decision() step {
	return step{d.Users[access.Officer], cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: "Немає довідки"}}
}

func (d *desk) handing() step {
	return step{d.Users[access.Administrator], cases.Command{Act: cases.Issue, Paper: "№ 5", Handed: cases.Handover{Recipient: cases.HandedRepresentative, Name: "Малина Ганна", Basis: "довіреність", Document: "passport", Number: "000123456"}}}
}

// lines are the entries of a journal for the actor, the oldest first: number, case, and whether it was taken back.
func (d *desk) lines(actor access.Actor, f journals.Filter) (list []string) {
	d.t.Helper()
	if err := d.journals.Each(d.t.Context(), actor, f, func(e journals.Entry) error {
		line := fmt.Sprintf("%d %s", e.Number, e.Case)
		if e.TakenBackAt != nil {
			line += " taken back"
		}
		list = append(list, line)
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return list
}

func (d *desk) wants(j journals.Journal, want ...string) {
	d.t.Helper()
	if got := d.lines(d.Users[access.CentreHead], journals.Filter{Journal: j}); !slices.Equal(got, want) {
		d.t.Errorf("%s: %v, want %v", j, got, want)
	}
}

// A result that is withdrawn before it is handed over, and a handing over that is taken back, stay in their journals with a note beside
// them; what follows has the next number. What the journals say of the past agrees with what is entered as it happens.
func TestEntriesFollowTheWork(t *testing.T) {
	d := open(t)
	one, two := d.register("Ґава"), d.register("Їжак")
	d.wants(journals.Applications, "1 "+one.Number, "2 "+two.Number)
	d.do(two.ID, d.decided()...)
	d.wants(journals.Arrived, "1 "+two.Number)
	d.do(two.ID, step{d.Users[access.Officer], cases.Command{Act: cases.WithdrawDecision, Text: "помилка"}})
	d.wants(journals.Arrived, "1 "+two.Number+" taken back")
	d.do(two.ID, d.decision())
	d.wants(journals.Arrived, "1 "+two.Number+" taken back", "2 "+two.Number)

	d.do(two.ID, d.handing())
	d.wants(journals.Issued, "1 "+two.Number)
	// No act takes a handing over back today; whatever does it one day, by the events of the case, is noted.
	d.DB.Exec(`update cases.events set was = kind, kind = 'undone', undone_at = now() where case_id = $1 and kind = 'issued'`, two.ID)
	d.DB.Exec(`insert into cases.events (id, case_id, at, kind, actor) select gen_random_uuid(), case_id, at, 'issued', actor from cases.events where case_id = $1 and was = 'issued'`, two.ID)
	d.wants(journals.Issued, "1 "+two.Number+" taken back", "2 "+two.Number)
	d.wants(journals.Arrived, "1 "+two.Number+" taken back", "2 "+two.Number)
	d.wants(journals.Applications, "1 "+one.Number, "2 "+two.Number)
	if got := d.lines(d.Users[access.CentreHead], journals.Filter{Journal: journals.Issued, State: journals.Stands}); !slices.Equal(got, []string{"2 " + two.Number}) {
		t.Errorf("of what stands: %v", got)
	}

	page, err := d.journals.List(t.Context(), d.Users[access.CentreHead], journals.Filter{Journal: journals.Issued}, journals.Place{}, false, 10)
	if err != nil || len(page.Entries) != 2 || page.Total != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	last, first := page.Entries[0], page.Entries[1]
	if last.Name != "Малина Ганна" || last.IdentityN != "000123456" || last.Paper != "№ 5" || last.Applicant != "Їжак Їжак" || last.Outcome != "refused" || last.Clerk == "" || len(last.Notes) != 0 {
		t.Errorf("%+v", last)
	}
	if len(first.Notes) != 1 || !first.Notes[0].TakenBack {
		t.Errorf("%+v", first)
	}

	// A region whose journals are filled afterwards has the entries that stand, in the order of time.
	d.DB.Exec(`truncate journals.notes, journals.entries, journals.counters`)
	d.DB.Exec(`select journals.fill()`)
	d.DB.Exec(`select journals.fill()`)
	d.wants(journals.Applications, "1 "+one.Number, "2 "+two.Number)
	d.wants(journals.Arrived, "1 "+two.Number)
	d.wants(journals.Issued, "1 "+two.Number)
	d.do(one.ID, d.decided()...)
	d.do(one.ID, d.handing())
	d.wants(journals.Issued, "1 "+two.Number, "2 "+one.Number)
}

// Numbers have no gaps, whatever fails meanwhile, and begin anew in a year that begins in Kyiv.
func TestNumbersHaveNoGaps(t *testing.T) {
	d := open(t)
	d.at = time.Date(2026, 12, 31, 21, 59, 0, 0, time.UTC)
	one := d.register("Ґава")
	boom := errors.New("boom")
	if err := pg.InTx(t.Context(), d.DB.PoolAs("intake"), func(tx pgx.Tx) error {
		message := fixture.NewID()
		_, err := cases.NewStore(nil).At(d.now).Register(t.Context(), tx, cases.Filing{MessageID: &message, Channel: cases.Online, ReceiptNumber: "x", ServiceID: d.Service, CentreID: d.Centre, FiledAt: d.at, Applicant: cases.Applicant{Kind: "person", Surname: "Ніхто"}}, audit.System("intake"))
		return errors.Join(err, boom)
	}); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	two := d.register("Їжак")
	d.at = d.at.Add(2 * time.Minute)
	three := d.register("Єнот")
	d.wants(journals.Applications, "1 "+one.Number, "2 "+two.Number, "1 "+three.Number)
}

// Whoever works in the site can add remarks, and can neither change an entry nor make or remove one.
func TestEntriesCannotBeTouched(t *testing.T) {
	d := open(t)
	c := d.register("Ґава")
	pool := d.DB.PoolAs("internal_site")
	for _, sql := range []string{
		`update journals.entries set number = 7`, `delete from journals.entries`, `delete from journals.notes`, `update journals.notes set text = 'x'`,
		`insert into journals.entries (journal, centre_id, year, number, day, at, case_id, authority_id, service_id) select journal, centre_id, year, 9, day, at, case_id, authority_id, service_id from journals.entries`,
		`insert into journals.notes (entry_id, kind, at) select id, 'taken_back', now() from journals.entries`,
		`select journals.fill()`, `select journals.take_back(1, now())`, `update journals.counters set last = 0`,
	} {
		_, err := pool.Exec(t.Context(), sql)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	d.wants(journals.Applications, "1 "+c.Number)
}

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

func (d *desk) count(sql string) (n int) {
	d.t.Helper()
	if err := d.DB.Pool.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}
