package cases_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/locale"
)

// measured are the rows that statistics count, as text, and how many cases they are of.
func measured(t *testing.T, r *fixture.Region) (rows string, n int) {
	t.Helper()
	if err := r.DB.Pool.QueryRow(t.Context(), `select concat_ws(E'\n', (select string_agg(m::text, E'\n' order by m.case_id) from cases.measures m),
		(select string_agg(s::text, E'\n' order by s.case_id, s.position) from cases.stage_measures s),
		(select string_agg(r::text, E'\n' order by r.case_id, r.event_id) from cases.refusal_measures r),
		(select string_agg(r::text, E'\n' order by r.case_id, r.event_id) from cases.return_measures r)), (select count(*) from cases.measures)`).Scan(&rows, &n); err != nil {
		t.Fatal(err)
	}
	return rows, n
}

// forward are acts that lead a case to its end, and aside those that keep it from there or bring it back.
var (
	forward = []cases.Act{cases.FinishStage, cases.Decide, cases.Issue, cases.Resume, cases.Reopen}
	aside   = []cases.Act{cases.Suspend, cases.Suspend, cases.Suspend, cases.ReturnStage, cases.WithdrawDecision, cases.CorrectDecision, cases.Close, cases.Unarchive, cases.Withdraw, cases.Take}
)

// endAtRandom leads cases there and back, each act done by the first of the parties that may.
func endAtRandom(t *testing.T, r *fixture.Region, s *cases.Store, seed uint64) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 3)) // #nosec G404 -- a test that can be repeated
	staff := []access.Actor{r.Users[access.CentreHead], r.OtherUsers[access.Officer], r.Users[access.AuthorityHead]}
	for i := range 12 {
		f, at := filing(r), fixture.Now
		f.ReceiptNumber = fmt.Sprintf("E%03d", i)
		c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			at = at.Add(time.Duration(rnd.IntN(60)) * time.Hour)
			acts := forward
			if rnd.IntN(4) == 0 {
				acts = []cases.Act{aside[rnd.IntN(len(aside))]}
			}
			rnd.Shuffle(len(staff), func(i, j int) { staff[i], staff[j] = staff[j], staff[i] })
			for _, who := range staff {
				if doFirst(t, s.At(func() time.Time { return at }), who, c.ID, acts, rnd) {
					break
				}
			}
		}
	}
}

// doFirst does the first of the acts that somebody may do.
func doFirst(t *testing.T, s *cases.Store, who access.Actor, id uuid.UUID, acts []cases.Act, rnd *rand.Rand) bool {
	t.Helper()
	w, err := s.Work(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	cmd := cases.Command{
		Text: "бо так", Outcome: []cases.Outcome{cases.Granted, cases.Refused, cases.Refused}[rnd.IntN(3)], Grounds: []string{"incomplete"}, Paper: "№ 5", Reasoning: "бо",
		Handed: cases.Handover{Recipient: cases.HandedApplicant, Document: "passport", Number: "1"}, Stage: w.Stages[rnd.IntN(len(w.Stages))].ID,
	}
	if len(w.Card.Documents) > 0 {
		cmd.Ask = cases.Asking{Documents: []string{w.Card.Documents[0].ID}, Until: fixture.Now.AddDate(0, 6, 0)}
	}
	if rnd.IntN(2) == 0 {
		cmd.Grounds, cmd.OtherGround = append(cmd.Grounds, cases.OtherGround), "не подобається"
	}
	if stage := w.StageOf(who); stage != nil && len(stage.Outcomes()) > 0 {
		cmd.Chosen = stage.Outcomes()[0].ID
	}
	if w.Case.State == cases.Decided && rnd.IntN(2) == 0 {
		acts = []cases.Act{[]cases.Act{cases.WithdrawDecision, cases.CorrectDecision}[rnd.IntN(2)]}
	}
	for _, cmd.Act = range acts {
		if w.Possible(cmd.Act) && s.Do(t.Context(), who, id, w.Case.Version, cmd) == nil {
			return true
		}
	}
	return false
}

func count(t *testing.T, r *fixture.Region, sql string) (n int) {
	t.Helper()
	if err := r.DB.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever was done in whatever order (pauses, returns, withdrawn decisions, cases that were opened again), the rows that acts have written are
// those that counting anew gives; rows that somebody spoiled are mended, of cases that have come to their end and of no others.
func TestMeasuresFollowEveryAct(t *testing.T) {
	for seed := range uint64(2) {
		r, s, _ := working(t)
		if seed == 1 {
			r.RunOn(fixture.ParallelCard(r.Authority, r.OtherAuthority))
		}
		endAtRandom(t, r, s, seed)
		if _, err := s.MeasureAll(t.Context()); err != nil { // of the row that the migration has left as well
			t.Fatal(err)
		}
		rows, n := measured(t, r)
		if seed == 0 && count(t, r, `select count(*) from cases.refusal_measures where overturned <> ''`) == 0 {
			t.Error("no refusal was overturned")
		}
		for _, some := range []string{
			`cases.measures where outcome <> 'withdrawn'`, `cases.measures where paused_days > 0`, `cases.stage_measures where work > 0`, `cases.refusal_measures where outside`,
			`cases.return_measures where ended_on is null`, `cases.return_measures where work > 0`, `cases.return_measures where documents <> '{}'`,
			`cases.events where kind in ('decision_withdrawn', 'reopened')`,
		} {
			if count(t, r, `select count(*) from `+some) == 0 {
				t.Errorf("seed %d: no %s", seed, some)
			}
		}
		if changed := count(t, r, `select sum(changed) from cases.measurings`); changed != 0 {
			t.Errorf("seed %d: acts have left %d cases otherwise than counting anew has them", seed, changed)
		}
		r.DB.Exec(`update cases.measures set late = not late, completed_work = 99 where case_id = (select min(case_id::text)::uuid from cases.measures)`)
		r.DB.Exec(`delete from cases.stage_measures where position = 1`)
		r.DB.Exec(`update cases.refusal_measures set outside = not outside, grounds = '{}', grounds_en = '{}'`)
		r.DB.Exec(`update cases.return_measures set answers = not answers, documents = '{"?"}', documents_en = '{"?"}'`)
		r.DB.Exec(`insert into cases.refusal_measures select x.* from (select m from cases.refusal_measures m limit 1) y, jsonb_populate_record(y.m, jsonb_build_object('event_id', gen_random_uuid())) x`)
		r.DB.Exec(`insert into cases.measures select x.* from (select m, c.id from cases.measures m, cases.cases c where not exists (select from cases.measures o where o.case_id = c.id) limit 1) y,
			jsonb_populate_record(y.m, jsonb_build_object('case_id', y.id)) x`)
		m, err := s.MeasureAll(t.Context())
		if mended, now := measured(t, r); err != nil || mended != rows || now != n || m.Changed == 0 || m.DoneAt == nil {
			t.Errorf("seed %d: mended to\n%s\nwant\n%s\n%+v, %v", seed, mended, rows, m, err)
		}
		if seed == 0 {
			checkPastDays(t, r, s)
		}
	}
}

// checkPastDays: a day off that is entered afterwards is left out of what was counted; one that is to come asks for no counting.
func checkPastDays(t *testing.T, r *fixture.Region, s *cases.Store) {
	t.Helper()
	admin, before := r.Users[access.PortalAdministrator], count(t, r, `select sum(completed_work) from cases.measures`)
	later := s.At(func() time.Time { return fixture.Now.AddDate(4, 0, 0) })
	change := org.CalendarChange{}
	for on := fixture.Now.AddDate(0, 0, 1); on.Before(fixture.Now.AddDate(0, 2, 0)); on = on.AddDate(0, 0, 1) {
		if on.Weekday() == time.Monday {
			change.Set = append(change.Set, org.SpecialDay{Date: day(t, on.Format(time.DateOnly)), Name: locale.Text{UK: "Свято"}})
		}
	}
	if err := later.ChangeCalendar(t.Context(), admin, change); err != nil {
		t.Fatal(err)
	}
	if err := later.MeasureSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := count(t, r, `select sum(completed_work) from cases.measures`); now >= before {
		t.Errorf("%d working days, and %d without Mondays", before, now)
	}
	for i, want := range []int{1, 1, 2, 2} { // a counting that has not begun is for what follows as well, one that has begun is not
		if i == 2 {
			r.DB.Exec(`update cases.measurings set seen = 1, after = (select min(id::text)::uuid from cases.cases) where done_at is null`)
		}
		if err := later.ChangeCalendar(t.Context(), admin, dayOff(t, fmt.Sprintf("2027-03-%02d", 2+i))); err != nil {
			t.Fatal(err)
		}
		if now := count(t, r, `select count(*) from cases.measurings where done_at is null`); now != want {
			t.Errorf("%d countings are asked for after %d changes, want %d", now, i+1, want)
		}
	}
	if err := later.MeasureSome(t.Context()); err != nil || count(t, r, `select count(*) from cases.measurings where done_at is null`) != 0 {
		t.Errorf("countings are left: %v", err)
	}
	asked := count(t, r, `select count(*) from cases.measurings`)
	if err := later.ChangeCalendar(t.Context(), admin, dayOff(t, "2031-01-06")); err != nil {
		t.Fatal(err)
	}
	if now := count(t, r, `select count(*) from cases.measurings`); now != asked {
		t.Errorf("a day to come asked for %d countings", now-asked)
	}
}

// A suspension that is taken back leaves no return, and one whose end is taken back lasts.
func TestReturnsFollowWhatIsTakenBack(t *testing.T) {
	r, s, c := working(t)
	officer := r.Users[access.Administrator]
	do := func(act cases.Act) {
		t.Helper()
		w, err := s.Work(t.Context(), officer, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Do(t.Context(), officer, c.ID, w.Case.Version, cases.Command{Act: act, Text: "бо так"}); err != nil {
			t.Fatal(act, err)
		}
	}
	takeBack := func() {
		t.Helper()
		w, err := s.Work(t.Context(), officer, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Undo(t.Context(), officer, c.ID, w.Case.Version); err != nil {
			t.Fatal(err)
		}
	}
	returns := func(condition string, want int) {
		t.Helper()
		if n := count(t, r, `select count(*) from cases.return_measures where `+condition); n != want {
			t.Errorf("%d returns with %s, want %d", n, condition, want)
		}
	}
	do(cases.Take)
	do(cases.Suspend)
	returns(`ended_on is null`, 1)
	takeBack()
	returns(`true`, 0)
	do(cases.Suspend)
	do(cases.Resume)
	returns(`ended_on is not null`, 1)
	takeBack()
	returns(`ended_on is null`, 1)
}
