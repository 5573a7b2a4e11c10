package journals_test

import (
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
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

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
