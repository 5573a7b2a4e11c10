package statistics_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
)

// countedReturns is what plain SQL over the history of cases says: a return begins with a suspension of work that does not stand still already, and
// ends when the work goes on or the application is taken back. The days after the first one, up to the last, are what it took.
const countedReturns = `
	with told as (
		select e.id, e.case_id, e.kind, e.at, lag(e.kind) over (partition by e.case_id order by e.at, e.id) as before, lead(e.at) over (partition by e.case_id order by e.at, e.id) as next
		from cases.events e where e.kind in ('suspended', 'resumed', 'withdrawn')
	), returned as (
		select t.id, t.case_id, (t.at at time zone 'Europe/Kyiv')::date as from_day, (t.next at time zone 'Europe/Kyiv')::date as to_day, c.centre_id, c.authority_id, c.service_id,
			coalesce((select array_agg(d ->> 'id') from catalogue.cards k, jsonb_array_elements(k.content -> 'documents') d
				where k.id = c.card_id and d ->> 'id' = any(x.documents)), '{}') as documents
		from told t join cases.cases c on c.id = t.case_id left join cases.corrections x on x.id = t.id where t.kind = 'suspended' and coalesce(t.before, '') <> 'suspended'
	)
	select %[1]s as key, count(*), count(*) filter (where to_day is null),
		coalesce(sum((select count(*) from generate_series(from_day + 1, to_day, interval '1 day') d
			where %[2]s or coalesce((select k.working from org.calendar_days k where k.day = d::date), extract(isodow from d) < 6))) filter (where to_day is not null), 0)
	from returned r %[3]s where from_day between $1 and $2 group by 1`

// returnNumbers of one line: returned, still standing, and days together.
type returnNumbers [3]int

// checkReturns: figures of returns are what an independent count says, by everything that they are broken down by and in both kinds of days, and
// each number is the length of its list.
func checkReturns(t *testing.T, r *fixture.Region, store *statistics.Store, q statistics.Question) {
	t.Helper()
	reader := r.Users[access.RegionalManager]
	for by, key := range map[statistics.By][2]string{
		statistics.ByCentre: {"centre_id::text"}, statistics.ByAuthority: {"authority_id::text"}, statistics.ByService: {"service_id::text"}, statistics.ByMonth: {"to_char(from_day, 'YYYY-MM')"},
		statistics.ByDocument: {
			"encode(sha256(convert_to(d.name, 'UTF8')), 'hex')",
			`join cases.cases c on c.id = r.case_id join catalogue.cards k on k.id = c.card_id cross join lateral (
				select x -> 'name' ->> 'uk' as name from jsonb_array_elements(k.content -> 'documents') x where x ->> 'id' = any(r.documents) union all select '' where r.documents = '{}') d`,
		},
	} {
		for unit, every := range map[statistics.Unit]string{statistics.Working: "false", statistics.Calendar: "true"} {
			q.By, q.In = by, unit
			want := readReturns(t, r, fmt.Sprintf(countedReturns, key[0], every, key[1]), q)
			for _, n := range readReturns(t, r, fmt.Sprintf(countedReturns, "''", every, ""), q) {
				want[""] = n
			}
			list, err := store.ReturnFigures(t.Context(), reader, q)
			if err != nil || len(list) != len(want) {
				t.Fatalf("by %s: %v, want %v: %v", by, list, want, err)
			}
			for _, f := range list {
				if got := (returnNumbers{f.Returned, f.Open, f.Stood.Sum()}); got != want[f.Key] {
					t.Errorf("by %s, %q, in %s days: %v, want %v", by, f.Name.UK, unit, got, want[f.Key])
				}
				if by == statistics.ByDocument {
					checkReturnLists(t, store, reader, q, f)
				}
			}
			if sum := list[len(list)-1]; sum.Open == 0 || sum.Stood.Sum() == 0 || by == statistics.ByDocument && len(list) < 3 {
				t.Fatalf("the returns have not lived through everything: %+v", list)
			}
		}
	}
	q.By = statistics.ByCentre
	other, err := store.ReturnFigures(t.Context(), r.Users[access.CentreHead], q)
	if err != nil || len(other) != 2 || other[0].Key != r.Centre.String() {
		t.Errorf("a head sees %v: %v", other, err)
	}
	if _, err := store.Returns(t.Context(), r.Users[access.Officer], statistics.ReturnFilter{Question: q, What: statistics.AllReturns}, statistics.ReturnPlace{}, 2); err == nil {
		t.Error("an officer reads the list")
	}
}

func readReturns(t *testing.T, r *fixture.Region, sql string, q statistics.Question) map[string]returnNumbers {
	t.Helper()
	rows, err := r.DB.Pool.Query(t.Context(), sql, q.From, q.To)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]returnNumbers{}
	var key string
	var n returnNumbers
	if _, err := pgx.ForEachRow(rows, []any{&key, &n[0], &n[1], &n[2]}, func() error {
		found[key] = n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func checkReturnLists(t *testing.T, store *statistics.Store, reader access.Actor, q statistics.Question, f statistics.ReturnFigures) {
	t.Helper()
	for what, n := range map[statistics.What]int{statistics.AllReturns: f.Returned, statistics.OpenReturns: f.Open, statistics.ClosedReturns: f.Ended()} {
		filter, seen, at := statistics.ReturnFilter{Question: q, What: what, Document: f.Key}, map[uuid.UUID]bool{}, statistics.ReturnPlace{}
		for more := true; more; {
			page, err := store.Returns(t.Context(), reader, filter, at, 2)
			if err != nil || page.Total != n {
				t.Fatalf("%s of %q: %d are counted and %d listed: %v", what, f.Name.UK, n, page.Total, err)
			}
			for _, one := range page.Returns {
				seen[one.Event] = true
				if one.Asking == "" || (one.EndedOn == nil) != (one.Days == nil) || what == statistics.OpenReturns && one.EndedOn != nil {
					t.Errorf("%s: %+v", one.Number, one)
				}
			}
			if more = page.More; more {
				at = page.Returns[len(page.Returns)-1].Place()
			}
		}
		taken := 0
		if err := store.EachReturn(t.Context(), reader, filter, func(statistics.Return) error { taken++; return nil }); err != nil || taken != n || len(seen) != n {
			t.Errorf("%s of %q: %d are counted, %d on the pages and %d taken away: %v", what, f.Name.UK, n, len(seen), taken, err)
		}
	}
}
