package statistics_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// lived is a region in which cases of two centres were worked on: with pauses, returns, refusals, withdrawals, and days off that are no weekends.
func lived(t *testing.T, seed uint64, n int) *fixture.Region {
	t.Helper()
	r, rnd := fixture.New(t), rand.New(rand.NewPCG(seed, 5)) // #nosec G404 -- a test that can be repeated
	r.DB.Exec(`insert into org.calendar_days (day, working, name) select d, extract(isodow from d) > 5, 'особливий' from generate_series(date '2026-09-01', date '2027-03-01', '11 days') d`)
	store := cases.NewStore(r.DB.PoolAs("internal_site"))
	for i := range n {
		at := time.Date(2026, 9, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(rnd.IntN(100*24*60)) * time.Minute)
		clock := func() time.Time { return at }
		service, centre := r.Service, r.Centre
		if i%3 == 0 {
			service, centre = r.OtherService, r.OtherCentre
		}
		message, kind := fixture.NewID(), []string{"person", "entrepreneur", "entity"}[rnd.IntN(3)]
		var c cases.Case
		if err := pg.InTx(t.Context(), r.DB.PoolAs("intake"), func(tx pgx.Tx) (err error) {
			c, err = cases.NewStore(nil).At(clock).Register(t.Context(), tx, cases.Filing{
				MessageID: &message, Channel: cases.Online, ReceiptNumber: fmt.Sprint("R", i), ServiceID: service, CentreID: centre, FiledAt: at.Add(-time.Duration(rnd.IntN(30)) * time.Hour),
				Applicant: cases.Applicant{Kind: kind, Surname: "Їжак", Entity: map[string]string{"entity": "ТОВ"}[kind]},
			}, audit.System("intake"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for range 8 + rnd.IntN(10) {
			at = at.Add(time.Duration(rnd.IntN(60)) * time.Hour)
			act(t, r, store.At(clock), c.ID, rnd)
		}
	}
	return r
}

// usual are the acts that lead a case to its end, and those that keep it from there.
var usual = []cases.Act{
	cases.FinishStage, cases.FinishStage, cases.FinishStage, cases.FinishStage, cases.Decide, cases.Decide, cases.Issue, cases.Issue, cases.Suspend, cases.Resume, cases.Resume,
	cases.ReturnStage, cases.WithdrawDecision, cases.Close, cases.Reopen, cases.Withdraw,
}

// act does the first act of a random order that somebody may do.
func act(t *testing.T, r *fixture.Region, s *cases.Store, id uuid.UUID, rnd *rand.Rand) {
	t.Helper()
	staff := []access.Actor{r.Users[access.CentreHead], r.OtherUsers[access.CentreHead], r.OtherUsers[access.AuthorityHead], r.Users[access.AuthorityHead]}
	rnd.Shuffle(len(staff), func(i, j int) { staff[i], staff[j] = staff[j], staff[i] })
	for _, who := range staff {
		w, err := s.Work(t.Context(), who, id)
		if err != nil {
			continue // not theirs to see
		}
		for _, i := range rnd.Perm(len(usual)) {
			cmd := cases.Command{
				Act: usual[i], Text: "бо так", Outcome: []cases.Outcome{cases.Granted, cases.Refused}[rnd.IntN(2)], Grounds: []string{"incomplete"}, Paper: "№ 5",
				Handed: cases.Handover{Recipient: cases.HandedApplicant, Document: "passport", Number: "1"}, Reasoning: "бо не так",
			}
			if w.Case.Number[len(w.Case.Number)-1]%3 == 0 {
				cmd.Grounds, cmd.OtherGround = append(cmd.Grounds[:len(w.Events)%2], cases.OtherGround), "не подобається"
			}
			if n := len(w.Card.Documents); n > 0 && len(w.Events)%3 > 0 { // drawn from what has happened, so that other acts stay as they are
				cmd.Ask = cases.Asking{Documents: []string{w.Card.Documents[len(w.Events)%n].ID}, Until: time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)}
			}
			if len(w.Stages) > 0 {
				cmd.Stage = w.Stages[rnd.IntN(len(w.Stages))].ID
			}
			if w.Possible(cmd.Act) && s.Do(t.Context(), who, id, w.Case.Version, cmd) == nil {
				return
			}
		}
	}
}

// counted is what plain SQL over cases and their history says, written from what the figures promise and not from how they are made: a day
// counts from the one after the registration to that of the end, unless the case stood still as it began.
const counted = `
	with ended as (
		select c.id, c.centre_id, c.authority_id, c.service_id, c.channel, a.kind, c.outcome, c.due_on, c.registered_at, (c.registered_at at time zone 'Europe/Kyiv')::date as registered,
			(case when c.outcome = 'withdrawn' then c.closed_at else c.decided_at end at time zone 'Europe/Kyiv')::date as ended,
			(select (max(e.at) at time zone 'Europe/Kyiv')::date from cases.events e where e.case_id = c.id and e.kind = 'issued' and e.at >= c.decided_at) as issued
		from cases.cases c join cases.applicants a on a.id = c.applicant_id where c.outcome <> ''
	), days as (
		select c.id, d::date as day, coalesce((select k.working from org.calendar_days k where k.day = d::date), extract(isodow from d) < 6) as working,
			coalesce((select e.kind in ('suspended', 'withdrawn') from cases.events e where e.case_id = c.id and e.kind in ('suspended', 'withdrawn', 'resumed', 'reopened')
				and e.at < (d::timestamp at time zone 'Europe/Kyiv') order by e.at desc, e.id desc limit 1), false) as stood
		from ended c cross join lateral generate_series(c.registered + 1, greatest(c.ended, c.issued), interval '1 day') d
	), took as (
		select c.*, (select count(*) from days d where d.id = c.id and d.day <= c.ended and not d.stood and (d.working or %[2]s))::int as took,
			(select count(*) from days d where d.id = c.id and d.day <= c.issued and not d.stood and (d.working or %[2]s))::int as handed,
			(select count(*) from days d where d.id = c.id and d.day <= c.ended and d.stood and (d.working or %[2]s))::int as stood,
			exists (select from days d where d.id = c.id and d.day <= c.ended and d.stood) as paused
		from ended c where c.ended between $1 and $2
	)
	select %[1]s as key, count(*) filter (where outcome <> 'withdrawn'), count(*) filter (where outcome <> 'withdrawn' and ended > due_on), count(*) filter (where outcome = 'withdrawn'),
		coalesce(percentile_disc(0.5) within group (order by took) filter (where outcome <> 'withdrawn'), -1), coalesce(percentile_disc(0.9) within group (order by took) filter (where outcome <> 'withdrawn'), -1),
		count(*) filter (where outcome <> 'withdrawn' and issued is not null),
		coalesce(percentile_disc(0.5) within group (order by handed) filter (where outcome <> 'withdrawn' and issued is not null), -1),
		coalesce(percentile_disc(0.9) within group (order by handed) filter (where outcome <> 'withdrawn' and issued is not null), -1),
		count(*) filter (where outcome <> 'withdrawn' and paused), coalesce(percentile_disc(0.5) within group (order by stood) filter (where outcome <> 'withdrawn' and paused), -1)
	from took group by 1`

// numbers of one line: decided, late, withdrawn; median and ninetieth percentile to the decision; handed over, with both; paused, with the median.
type numbers [10]int

func within(h statistics.Histogram, percent int) int {
	if h.Total() == 0 {
		return -1
	}
	return h.Within(percent)
}

func numbersOf(f statistics.Figures) numbers {
	return numbers{
		f.Decided, f.Late, f.Withdrawn, within(f.Took, 50), within(f.Took, 90), f.Handed.Total(), within(f.Handed, 50), within(f.Handed, 90), f.Stood.Total(), within(f.Stood, 50),
	}
}

// What the figures say of random cases is what an independent count says, by everything that they are broken down by and in both kinds of days;
// each number is the length of its list.
func TestFiguresAgreeWithCases(t *testing.T) {
	r := lived(t, 1, 24)
	store, manager := statistics.NewStore(r.DB.PoolAs("internal_site")), r.Users[access.RegionalManager]
	from, to := day("2026-09-15"), day("2026-12-31")
	columns := map[statistics.By]string{
		statistics.ByCentre: "centre_id::text", statistics.ByAuthority: "authority_id::text", statistics.ByService: "service_id::text",
		statistics.ByMonth: "to_char(ended, 'YYYY-MM')", statistics.ByChannel: "channel", statistics.ByApplicant: "kind",
		statistics.ByHour: "to_char(registered_at at time zone 'Europe/Kyiv', 'HH24')", statistics.ByWeekday: "to_char(registered, 'ID')",
	}
	for by, column := range columns {
		for unit, every := range map[statistics.Unit]string{statistics.Working: "false", statistics.Calendar: "true"} {
			rows, err := r.DB.Pool.Query(t.Context(), fmt.Sprintf(counted, column, every), from, to)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]numbers{}
			var key string
			var n numbers
			if _, err := pgx.ForEachRow(rows, []any{&key, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &n[8], &n[9]}, func() error {
				want[key] = n
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			q := statistics.Question{From: from, To: to, By: by, In: unit}
			list, err := store.Figures(t.Context(), manager, q)
			if err != nil || len(list) != len(want) {
				t.Fatalf("by %s: %d lines, want %d: %v", by, len(list), len(want), err)
			}
			for _, f := range list {
				if got := numbersOf(f); got != want[f.Key] {
					t.Errorf("by %s, %s, in %s days: %v, want %v", by, f.Key, unit, got, want[f.Key])
				}
			}
			sum := statistics.Sum(list)
			if sum.Late == 0 || sum.Late == sum.Decided || sum.Withdrawn == 0 || sum.Stood.Total() == 0 || sum.Handed.Total() == 0 {
				t.Fatalf("the cases have not lived through everything: %v", numbersOf(sum))
			}
			if by == statistics.ByCentre {
				checkLists(t, store, manager, q, sum)
			}
			if by == statistics.ByHour || by == statistics.ByWeekday {
				checkMoments(t, store, manager, q, list)
			}
		}
	}
	checkStages(t, r, store, statistics.Question{From: from, To: to, In: statistics.Working})
	checkStandings(t, r, store)
	checkSlow(t, r, statistics.Question{From: from, To: to, By: statistics.ByCentre, In: statistics.Working})
	checkRefusals(t, r, store, statistics.Question{From: from, To: to})
	checkReturns(t, r, store, statistics.Question{From: from, To: to})
	checkPeople(t, r, store, statistics.Question{From: from, To: to, In: statistics.Working})
	checkPart(t, r, store, statistics.Question{From: from, To: to, In: statistics.Working})
}

// checkLists: each number is the length of its list, on the page and taken away.
func checkLists(t *testing.T, store *statistics.Store, reader access.Actor, q statistics.Question, sum statistics.Figures) {
	t.Helper()
	for what, n := range map[statistics.What]int{
		statistics.Decided: sum.Decided, statistics.Late: sum.Late, statistics.InTime: sum.InTime(), statistics.Issued: sum.Handed.Total(), statistics.Paused: sum.Stood.Total(), statistics.Withdrawn: sum.Withdrawn,
	} {
		page, err := store.List(t.Context(), reader, statistics.Filter{Question: q, What: what}, statistics.Place{}, 3)
		listed := 0
		if err := store.Each(t.Context(), reader, statistics.Filter{Question: q, What: what}, func(statistics.Case) error { listed++; return nil }); err != nil {
			t.Fatal(err)
		}
		if err != nil || page.Total != n || listed != n || page.More != (n > 3) {
			t.Errorf("%s: %d are counted, %d listed, %d taken away: %v", what, n, page.Total, listed, err)
		}
	}
}

// checkMoments: the number of each hour and of each day of the week is the length of its list.
func checkMoments(t *testing.T, store *statistics.Store, reader access.Actor, q statistics.Question, lines []statistics.Figures) {
	t.Helper()
	for _, line := range lines {
		f := statistics.Filter{Question: q, What: statistics.Decided, Hour: line.Key}
		if q.By == statistics.ByWeekday {
			f.Hour, f.Weekday = "", line.Key
		}
		if page, err := store.List(t.Context(), reader, f, statistics.Place{}, 3); err != nil || page.Total != line.Decided {
			t.Errorf("by %s, %s: %d are counted and %d listed: %v", q.By, line.Key, line.Decided, page.Total, err)
		}
	}
}

// A head sees the figures of their place, and pages of a list have each case once.
func TestFiguresStayWithinTheirPlace(t *testing.T) {
	r := lived(t, 2, 6)
	store := statistics.NewStore(r.DB.PoolAs("internal_site"))
	q := statistics.Question{From: day("2026-09-01"), To: day("2027-03-01"), By: statistics.ByCentre, In: statistics.Working}
	for _, c := range []struct {
		who    access.Actor
		centre uuid.UUID
	}{
		{r.Users[access.CentreHead], r.Centre}, {r.OtherUsers[access.CentreHead], r.OtherCentre}, {r.Users[access.AuthorityHead], r.Centre}, {r.OtherUsers[access.AuthorityHead], r.OtherCentre},
	} {
		list, err := store.Figures(t.Context(), c.who, q)
		if err != nil || len(list) != 1 || list[0].ID() != c.centre {
			t.Errorf("%s: %v, %v", c.who.Login, list, err)
		}
	}
	if _, err := store.Figures(t.Context(), r.Users[access.Officer], q); err == nil {
		t.Error("an officer reads the figures")
	}
	f, seen, at := statistics.Filter{Question: q, What: statistics.Decided}, map[uuid.UUID]bool{}, statistics.Place{}
	for {
		page, err := store.List(t.Context(), r.Users[access.RegionalManager], f, at, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Cases {
			if seen[c.ID] {
				t.Fatalf("%s comes twice", c.Number)
			}
			seen[c.ID], at = true, c.Place()
		}
		if !page.More {
			if len(seen) != page.Total {
				t.Errorf("%d cases of %d", len(seen), page.Total)
			}
			return
		}
	}
}
