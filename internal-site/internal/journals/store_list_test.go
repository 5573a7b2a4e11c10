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
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
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
	stood := d.days()
	d.refill()
	d.DB.Exec(`select journals.fill()`)
	if filled := d.days(); !slices.Equal(filled, stood) {
		t.Errorf("filled: %v, want %v", filled, stood)
	}
	d.wants(journals.Applications, "1 "+one.Number, "2 "+two.Number)
	d.wants(journals.Arrived, "1 "+two.Number)
	d.wants(journals.Issued, "1 "+two.Number)
	d.do(one.ID, d.decided()...)
	d.do(one.ID, d.handing())
	d.wants(journals.Issued, "1 "+two.Number, "2 "+one.Number)
}

// arrived are the lines of the journal of results that came, as they are shown: their days, moments and outcomes, and whether they were
// taken back.
func (d *desk) arrived() (list []string) {
	d.t.Helper()
	if err := d.journals.Each(d.t.Context(), d.Users[access.CentreHead], journals.Filter{Journal: journals.Arrived}, func(e journals.Entry) error {
		line := fmt.Sprintf("%d %s %s %s", e.Number, e.Day.Format(time.DateOnly), e.At.UTC().Format(time.DateTime), e.Outcome)
		if e.EndedAt != nil {
			line += " " + e.EndedAt.UTC().Format(time.DateTime)
		}
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

// days are the days of all standing entries, by what they are of.
func (d *desk) days() (list []string) {
	d.t.Helper()
	rows, err := d.DB.Pool.Query(d.t.Context(), `select concat_ws(' ', journal, case_id, about, day, at) from journals.entries where taken_back_at is null order by 1`)
	if err == nil {
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// refill fills the journals anew, as a region's that had none.
func (d *desk) refill() {
	d.DB.Exec(`truncate journals.notes, journals.entries, journals.counters`)
	d.DB.Exec(`select journals.fill()`)
}

// A result is entered under the moment at which it came to the centre, whichever party was the last and however long the others took; a line
// that is taken back keeps what it showed. Filled afterwards, what stands has the same days.
func TestAResultIsEnteredWhenItCame(t *testing.T) {
	for name, c := range map[string]struct {
		decides bool // the authority that decides has a stage of its own, before the other one
	}{"the other authority makes the document": {true}, "the centre hands over": {false}} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			stages := []contract.TechStage{{Name: locale.Text{UK: "Прийом"}, Action: contract.ActionExecutes, Days: 1}}
			if c.decides {
				stages = append(stages, contract.TechStage{Name: locale.Text{UK: "Рішення"}, AuthorityID: &d.Authority, Action: contract.ActionApproves, Days: 5})
			}
			stages = append(stages, contract.TechStage{Name: locale.Text{UK: "Виготовлення"}, AuthorityID: &d.OtherAuthority, Action: contract.ActionExecutes, Days: 5})
			if !c.decides {
				stages = append(stages, contract.TechStage{Name: locale.Text{UK: "Видача"}, Action: contract.ActionExecutes, Days: 1})
			}
			d.RunOn(contract.TechCard{StatutoryDays: 60, Stages: stages})
			admin, officer := d.Users[access.Administrator], d.Users[access.Officer]
			granted := step{officer, cases.Command{Act: cases.Decide, Outcome: cases.Granted, Text: "надати"}}
			made := step{d.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage}}
			withdrawn := step{officer, cases.Command{Act: cases.WithdrawDecision, Text: "помилка"}}
			later := func(id uuid.UUID, s step) string {
				d.at = d.at.AddDate(0, 0, 9)
				d.do(id, s)
				return d.at.UTC().Format(time.DateTime)
			}
			line := func(n int, came, outcome, decided string) string {
				return fmt.Sprintf("%d %s %s %s %s", n, came[:len(time.DateOnly)], came, outcome, decided)
			}
			one := d.register("Ґава")
			d.do(one.ID, step{admin, cases.Command{Act: cases.Take}}, step{admin, cases.Command{Act: cases.FinishStage}})
			var decided, came string
			if c.decides {
				decided = later(one.ID, granted)
				came = later(one.ID, made)
			} else {
				later(one.ID, made)
				decided = later(one.ID, granted)
				came = decided
			}
			first := line(1, came, "granted", decided)
			if got := d.arrived(); !slices.Equal(got, []string{first}) {
				t.Fatalf("%q, want %q", got, first)
			}
			later(one.ID, withdrawn)
			first += " taken back"
			if got := d.arrived(); !slices.Equal(got, []string{first}) {
				t.Errorf("when it was withdrawn: %q, want %q", got, first)
			}
			again := later(one.ID, d.decision())
			second := line(2, again, "refused", again)
			if got := d.arrived(); !slices.Equal(got, []string{first, second}) {
				t.Errorf("decided anew: %q, want %q", got, []string{first, second})
			}
			later(one.ID, d.handing())
			d.refill()
			if got, want := d.arrived(), "1"+second[1:]; !slices.Equal(got, []string{want}) {
				t.Errorf("filled: %q, want %q", got, want)
			}
		})
	}
}

// decideOnPaper decides with a document, and returns its number.
func (d *desk) decideOnPaper(id uuid.UUID, position int) (number string) {
	d.t.Helper()
	st := d.decision()
	file := documents.File{
		ID: fixture.NewID(), Purpose: documents.Result, Title: "Рішення", FileName: "a.pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("a", 64),
		ObjectKey: fixture.NewID().String(), CaseID: &id, UploadedBy: &st.who.UserID,
	}
	st.cmd.Decision = &cases.DecisionPaper{File: file.ID, Position: position}
	d.at = d.at.Add(time.Hour)
	w, err := d.cases.Work(d.t.Context(), st.who, id)
	if err == nil {
		err = d.cases.Do(d.t.Context(), st.who, id, w.Case.Version, st.cmd, file)
	}
	if err == nil {
		err = d.DB.Pool.QueryRow(d.t.Context(), `select number from cases.decisions where file_id = $1`, file.ID).Scan(&number)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return number
}

// The document of a decision that was withdrawn, and what was handed over, stay in their lines, whatever is decided and handed over after.
func TestALineKeepsItsDocument(t *testing.T) {
	d := open(t)
	c := d.register("Ґава")
	d.do(c.ID, d.decided()[:3]...)
	first := d.decideOnPaper(c.ID, 1)
	d.do(c.ID, step{d.Users[access.Officer], cases.Command{Act: cases.WithdrawDecision, Text: "помилка"}})
	second := d.decideOnPaper(c.ID, 2)
	d.do(c.ID, d.handing())
	// The case comes back, and something else is decided and handed over.
	d.DB.Exec(`update cases.cases set outcome = 'granted', decided_at = decided_at + interval '3 days', issued_paper = '№ 6' where id = $1`, c.ID)
	d.DB.Exec(`update documents.files set withdrawn_at = now() where case_id = $1`, c.ID)
	for j, want := range map[journals.Journal][]string{
		journals.Arrived: {first + " refused  true", second + " refused № 5 false"},
		journals.Issued:  {second + " refused № 5 false"},
	} {
		var got []string
		if err := d.journals.Each(t.Context(), d.Users[access.CentreHead], journals.Filter{Journal: j}, func(e journals.Entry) error {
			got = append(got, fmt.Sprintf("%s %s %s %v", e.Document, e.Outcome, e.Paper, e.TakenBackAt != nil))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", j, got, want)
		}
	}
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

func (d *desk) count(sql string) (n int) {
	d.t.Helper()
	if err := d.DB.Pool.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}
