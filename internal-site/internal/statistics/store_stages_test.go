package statistics_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
)

// countedStages is what plain SQL over stages and the history of their cases says: whose they were, how many were done, how many late, and in how
// many working days half and nine tenths of them were.
const countedStages = `
	with done as (
		select c.id, s.id as stage, coalesce(s.authority_id, c.centre_id)::text as party, case when $3 then s.name else '' end as name, s.due_on,
			(s.started_at at time zone 'Europe/Kyiv')::date as began,
			((case when s.authority_id is null and exists (select from cases.events e where e.case_id = c.id and e.kind = 'issued' and e.at = s.finished_at) and c.decided_at <= s.finished_at
				then greatest(s.started_at, c.decided_at, (select max(e.at) from cases.events e where e.case_id = c.id and e.kind = 'result_ready' and e.at <= s.finished_at))
				else s.finished_at end) at time zone 'Europe/Kyiv')::date as ended
		from cases.stages s join cases.cases c on c.id = s.case_id
		where s.state = 'done' and c.outcome <> '' and ($4::uuid is null or c.service_id = $4)
		  and (case when c.outcome = 'withdrawn' then c.closed_at else c.decided_at end at time zone 'Europe/Kyiv')::date between $1 and $2
	), took as (
		select d.*, (select count(*) from generate_series(d.began + 1, d.ended, interval '1 day') g (day)
			where coalesce((select k.working from org.calendar_days k where k.day = g.day::date), extract(isodow from g.day) < 6)
			  and not coalesce((select e.kind in ('suspended', 'withdrawn') from cases.events e where e.case_id = d.id and e.kind in ('suspended', 'withdrawn', 'resumed', 'reopened')
				and e.at < (g.day::timestamp at time zone 'Europe/Kyiv') order by e.at desc, e.id desc limit 1), false))::int as took
		from done d
	)
	select party, name, count(*)::int, count(*) filter (where ended > due_on)::int, percentile_disc(0.5) within group (order by took), percentile_disc(0.9) within group (order by took)
	from took group by 1, 2`

type stageKey struct{ party, name string }

// checkStages: the figures of stages, of the region by party and of one service by stage, are what an independent count says, and each number is
// the length of its list.
func checkStages(t *testing.T, r *fixture.Region, store *statistics.Store, q statistics.Question) {
	t.Helper()
	reader := r.Users[access.RegionalManager]
	for _, service := range []uuid.UUID{uuid.Nil, r.Service} {
		q.Service = service
		var narrowed *uuid.UUID
		if service != uuid.Nil {
			narrowed = &service
		}
		rows, err := r.DB.Pool.Query(t.Context(), countedStages, q.From, q.To, narrowed != nil, narrowed)
		if err != nil {
			t.Fatal(err)
		}
		want := map[stageKey][4]int{}
		var key stageKey
		var n [4]int
		if _, err := pgx.ForEachRow(rows, []any{&key.party, &key.name, &n[0], &n[1], &n[2], &n[3]}, func() error {
			want[key] = n
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		list, err := store.StageFigures(t.Context(), reader, q)
		if err != nil || len(list) != len(want) || len(list) < 2 {
			t.Fatalf("%d lines, want %d: %v", len(list), len(want), err)
		}
		for _, f := range list {
			key := stageKey{f.Party.String(), f.Stage.UK}
			if got := [4]int{f.Done(), f.Late, f.Took.Within(50), f.Took.Within(90)}; got != want[key] || f.Name.UK == "" {
				t.Errorf("%v: %v, want %v", key, got, want[key])
			}
			for late, n := range map[bool]int{false: f.Done(), true: f.Late} {
				filter, seen, at := statistics.StageFilter{Question: q, Party: f.Party, Stage: f.Stage.UK, Late: late}, 0, statistics.StagePlace{}
				for more := true; more; {
					page, err := store.Stages(t.Context(), reader, filter, at, 4)
					if err != nil || page.Total != n {
						t.Fatalf("%v: %d are counted and %d listed: %v", key, n, page.Total, err)
					}
					if seen, more = seen+len(page.Stages), page.More; more {
						at = page.Stages[len(page.Stages)-1].Place()
					}
				}
				taken := 0
				if err := store.EachStage(t.Context(), reader, filter, func(statistics.Stage) error { taken++; return nil }); err != nil || taken != n || seen != n {
					t.Errorf("%v: %d are counted, %d on the pages and %d taken away: %v", key, n, seen, taken, err)
				}
			}
		}
	}
}

// checkStandings: every open case waits for somebody, those that stand still for their applicants, and each number is the length of its list.
func checkStandings(t *testing.T, r *fixture.Region, store *statistics.Store) {
	t.Helper()
	reader, today := r.Users[access.RegionalManager], time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)
	list, err := store.Standings(t.Context(), reader, statistics.Question{}, today)
	if err != nil || len(list) < 2 {
		t.Fatalf("%v, %v", list, err)
	}
	waiting := map[uuid.UUID]bool{}
	for _, s := range list {
		for late, n := range map[bool]int{false: s.Open, true: s.Late} {
			var found []statistics.Waiting
			filter, at := statistics.StandingFilter{Party: s.Party, Late: late}, statistics.Place{}
			for more := true; more; {
				page, err := store.Waiting(t.Context(), reader, filter, today, at, 2)
				if err != nil || page.Total != n {
					t.Fatalf("%s, late %t: %d are counted and %d listed: %v", s.Name.UK, late, n, page.Total, err)
				}
				if found, more = append(found, page.Cases...), page.More; more {
					at = found[len(found)-1].Place()
				}
			}
			taken := 0
			if err := store.EachWaiting(t.Context(), reader, filter, today, func(statistics.Waiting) error { taken++; return nil }); err != nil || taken != n || len(found) != n {
				t.Errorf("%s, late %t: %d are counted, %d on the pages and %d taken away: %v", s.Name.UK, late, n, len(found), taken, err)
			}
			for _, one := range found {
				waiting[one.ID] = true
				if late != one.Late && late {
					t.Errorf("%s is listed as late", one.Number)
				}
			}
		}
		if s.Party == uuid.Nil {
			if n := scan(t, r, `select count(*) from cases.cases c where state = 'suspended' or state = 'decided' and exists (select from cases.turns t where t.case_id = c.id and t.standing = 'issue')`); n != s.Open {
				t.Errorf("%d cases wait for applicants, and %d stand still or can be collected", s.Open, n)
			}
		}
	}
	if n := scan(t, r, `select count(*) from cases.cases where state not in ('issued', 'closed')`); n != len(waiting) {
		t.Errorf("%d cases are open, and %d wait for somebody", n, len(waiting))
	}
	if other, err := store.Standings(t.Context(), r.Users[access.CentreHead], statistics.Question{Centre: r.OtherCentre}, today); err != nil || len(other) != 0 {
		t.Errorf("a head sees where cases of another centre stand: %v, %v", other, err)
	}
}

func scan(t *testing.T, r *fixture.Region, sql string) (n int) {
	t.Helper()
	if err := r.DB.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
