package statistics_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
)

// countedPeople is what plain SQL says of who ended how many stages of cases that have come to their end, how many of them late, and of how many open cases
// they have to act in now.
const countedPeople = `
	with done as (
		select coalesce(s.authority_id, c.centre_id) as party, s.finished_by as person,
			((case when s.authority_id is null and exists (select from cases.events e where e.case_id = c.id and e.kind = 'issued' and e.at = s.finished_at) and c.decided_at <= s.finished_at
				then greatest(s.started_at, c.decided_at, (select max(e.at) from cases.events e where e.case_id = c.id and e.kind = 'result_ready' and e.at <= s.finished_at))
				else s.finished_at end) at time zone 'Europe/Kyiv')::date > s.due_on as late
		from cases.stages s join cases.cases c on c.id = s.case_id
		where s.state = 'done' and c.outcome <> '' and (case when c.outcome = 'withdrawn' then c.closed_at else c.decided_at end at time zone 'Europe/Kyiv')::date between $1 and $2
	), open as (
		select t.place as party, a.person, t.due_on < $3 as late from cases.turns t join cases.cases c on c.id = t.case_id left join cases.assignments a on a.case_id = t.case_id and a.place = t.place
		where t.standing = 'turn' or t.standing = 'issue' and (select e.kind from cases.events e where e.case_id = c.id and e.kind in ('result_ready', 'result_withdrawn') order by e.at desc, e.id desc limit 1) = 'result_withdrawn'
	)
	select x.party, coalesce(x.person::text, ''), count(*) filter (where x.done), count(*) filter (where x.done and x.late), count(*) filter (where not x.done), count(*) filter (where not x.done and x.late)
	from (select *, true as done from done union all select *, false from open) x where x.party = any($4) group by 1, 2`

type personKey struct {
	party  uuid.UUID
	person string
}

// checkPeople: what a head reads of the people of their place is what an independent count says, and each number is the length of its list. Whoever is no
// head reads of themselves.
func checkPeople(t *testing.T, r *fixture.Region, store *statistics.Store, q statistics.Question) {
	t.Helper()
	today := time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)
	r.DB.Exec(`update cases.stages set finished_by = $1 where id in (select id from cases.stages where state = 'done' and authority_id is null order by id limit 5)`, r.Users[access.Administrator].UserID)
	if _, err := cases.NewStore(r.DB.PoolAs("internal_site")).MeasureAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reader access.Actor
		place  uuid.UUID
	}{{r.Users[access.CentreHead], r.Centre}, {r.Users[access.AuthorityHead], r.Authority}} {
		rows, err := r.DB.Pool.Query(t.Context(), countedPeople, q.From, q.To, today, []uuid.UUID{c.place})
		if err != nil {
			t.Fatal(err)
		}
		want := map[personKey][4]int{}
		var key personKey
		var n [4]int
		if _, err := pgx.ForEachRow(rows, []any{&key.party, &key.person, &n[0], &n[1], &n[2], &n[3]}, func() error {
			want[key] = n
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		list, err := store.PeopleFigures(t.Context(), c.reader, q, today)
		if err != nil || len(list) != len(want) || len(list) == 0 {
			t.Fatalf("%s reads of %d people, want %v: %v", c.reader.Login, len(list), want, err)
		}
		for _, f := range list {
			checkPerson(t, store, c.reader, q, f, want, today)
		}
	}
	own, err := store.PeopleFigures(t.Context(), r.Users[access.Administrator], q, today)
	if err != nil || len(own) == 0 {
		t.Fatalf("an administrator reads of %d people: %v", len(own), err)
	}
	for _, f := range own {
		if f.Person != r.Users[access.Administrator].UserID {
			t.Errorf("an administrator reads of %s", f.Name)
		}
	}
	if page, err := store.PersonStages(t.Context(), r.Users[access.Administrator], statistics.PersonFilter{Question: q, Whose: r.Users[access.CentreHead].UserID.String()}, statistics.StagePlace{}, 3); err != nil || page.Total != 0 {
		t.Errorf("an administrator reads %d stages of their head: %v", page.Total, err)
	}
	if _, err := store.PeopleFigures(t.Context(), r.Users[access.RegionalManager], q, today); err == nil {
		t.Error("the region's manager reads of people")
	}
}

// checkPerson: the numbers of one person, and their lists.
func checkPerson(t *testing.T, store *statistics.Store, reader access.Actor, q statistics.Question, f statistics.PersonFigures, want map[personKey][4]int, today time.Time) {
	t.Helper()
	key, whose := personKey{party: f.Party}, statistics.NoPerson
	if f.Person != uuid.Nil {
		key.person, whose = f.Person.String(), f.Person.String()
	}
	got := [4]int{f.Done(), f.Late, f.Open, f.Overdue}
	if got != want[key] {
		t.Errorf("%s: %v, want %v", f.Name, got, want[key])
	}
	for late, numbers := range map[bool][2]int{false: {f.Done(), f.Open}, true: {f.Late, f.Overdue}} {
		filter := statistics.PersonFilter{Question: q, Party: f.Party, Whose: whose, Late: late}
		stages, err := store.PersonStages(t.Context(), reader, filter, statistics.StagePlace{}, 3)
		taken := [2]int{}
		if err == nil {
			err = store.EachPersonStage(t.Context(), reader, filter, func(statistics.Stage) error { taken[0]++; return nil })
		}
		if err != nil {
			t.Fatal(err)
		}
		waiting, err := store.PersonWaiting(t.Context(), reader, filter, today, statistics.Place{}, 3)
		if err == nil {
			err = store.EachPersonWaiting(t.Context(), reader, filter, today, func(statistics.Waiting) error { taken[1]++; return nil })
		}
		if err != nil || stages.Total != numbers[0] || waiting.Total != numbers[1] || taken != numbers {
			t.Errorf("%s, late %t: %v are counted, %d and %d listed, %v taken away: %v", f.Name, late, numbers, stages.Total, waiting.Total, taken, err)
		}
	}
}

// checkPart: an authority's head sees the stages of their own authority in the cases of others, and where it has to act there, and nothing else of those cases.
func checkPart(t *testing.T, r *fixture.Region, store *statistics.Store, q statistics.Question) {
	t.Helper()
	head, today := r.OtherUsers[access.AuthorityHead], time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)
	before, err := store.Stages(t.Context(), head, statistics.StageFilter{Question: q, Party: r.OtherAuthority}, statistics.StagePlace{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.DB.Exec(`update cases.stage_measures set party = $1 where (case_id, position) = (select case_id, position from cases.stage_measures where authority_id = $2 order by case_id, position limit 1)`, r.OtherAuthority, r.Authority)
	after, err := store.Stages(t.Context(), head, statistics.StageFilter{Question: q, Party: r.OtherAuthority}, statistics.StagePlace{}, 1)
	if err != nil || after.Total != before.Total+1 {
		t.Errorf("a head sees %d stages of their authority and %d before another's case had one: %v", after.Total, before.Total, err)
	}
	list, err := store.StageFigures(t.Context(), head, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.Party == r.Authority {
			t.Errorf("a head sees %d stages of another authority", f.Done())
		}
	}
	r.DB.Exec(`insert into cases.turns (case_id, place, kind, standing, since, due_on) select case_id, $1, 'authority', 'turn', since, '2026-12-01' from cases.turns where place = $2 and standing = 'turn' limit 1
		on conflict (case_id, place) do update set standing = 'turn', due_on = excluded.due_on`,
		r.OtherAuthority, r.Authority)
	standings, err := store.Standings(t.Context(), head, statistics.Question{}, today)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range standings {
		if one.Party == r.Authority {
			t.Errorf("a head sees what another authority has to do: %+v", one)
		}
	}
	if n := scan(t, r, `select count(*) from cases.turns where place = '`+r.OtherAuthority.String()+`' and standing = 'turn'`); n == 0 || !hasStanding(standings, r.OtherAuthority, n) {
		t.Errorf("their own authority has to act in %d cases: %+v", n, standings)
	}
}

func hasStanding(list []statistics.Standing, party uuid.UUID, open int) bool {
	for _, one := range list {
		if one.Party == party {
			return one.Open == open
		}
	}
	return false
}
