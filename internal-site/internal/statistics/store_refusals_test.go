package statistics_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
)

// countedRefusals is what plain SQL over the history of cases says: a refusal is a decision that cites grounds, unless one was in force that it corrects; it
// lasts until a decision is withdrawn, and everything in between is what became of it.
const countedRefusals = `
	with decided as (
		select e.id, e.case_id, e.at, e.grounds from cases.events e where e.kind = 'decided'
		  and coalesce((select p.kind from cases.events p where p.case_id = e.case_id and p.kind in ('decided', 'decision_withdrawn') and (p.at, p.id) < (e.at, e.id)
			order by p.at desc, p.id desc limit 1), '') <> 'decided'
	), until as (
		select d.*, coalesce((select min(w.at) from cases.events w where w.case_id = d.case_id and w.kind = 'decision_withdrawn' and w.at >= d.at), 'infinity') as ends from decided d
	), refused as (
		select u.case_id, c.centre_id, c.authority_id, c.service_id, (u.at at time zone 'Europe/Kyiv')::date as on_day, u.ends < 'infinity' as withdrawn,
			exists (select from cases.events x where x.case_id = u.case_id and x.kind = 'reopened' and x.at > u.at and x.at < u.ends) as reopened,
			exists (select from cases.events x where x.case_id = u.case_id and x.kind = 'decided' and x.id <> u.id and x.at > u.at and x.at < u.ends) as corrected,
			exists (select from cases.events x where x.case_id = u.case_id and x.kind = 'decided' and x.at >= u.at and x.at < u.ends and 'other' = any(x.grounds)) as outside,
			(select x.grounds from cases.events x where x.case_id = u.case_id and x.kind = 'decided' and x.at >= u.at and x.at < u.ends order by x.at desc, x.id desc limit 1) as grounds
		from until u join cases.cases c on c.id = u.case_id where u.grounds is not null
	)
	select %s as key, count(*), count(*) filter (where outside), count(*) filter (where withdrawn or reopened), count(*) filter (where corrected and not withdrawn and not reopened),
		count(*) filter (where outside or withdrawn or reopened or corrected)
	from refused r %s where on_day between $1 and $2 group by 1`

type refusalNumbers [5]int

// correctOne corrects the grounds of a refusal that stands twice, so that there is one that was corrected only.
func correctOne(t *testing.T, r *fixture.Region) {
	t.Helper()
	var id uuid.UUID
	if err := r.DB.Pool.QueryRow(t.Context(), `select id from cases.cases where outcome = 'refused' and state = 'decided' order by number limit 1`).Scan(&id); err != nil {
		t.Fatalf("no refusal stands: %v", err)
	}
	for i, why := range []string{"не та підстава", lastCorrection} {
		correctOn(t, r, id, time.Date(2026, 12, 28+i, 9, 0, 0, 0, time.UTC), why)
	}
}

// lastCorrection is why the refusal was corrected on 29 December.
const lastCorrection = "знову не та"

func correctOn(t *testing.T, r *fixture.Region, id uuid.UUID, at time.Time, why string) {
	t.Helper()
	store := cases.NewStore(r.DB.PoolAs("internal_site")).At(func() time.Time { return at })
	for _, who := range []access.Actor{r.Users[access.AuthorityHead], r.OtherUsers[access.AuthorityHead]} {
		w, err := store.Work(t.Context(), who, id)
		if err != nil {
			continue // not theirs to see
		}
		cmd := cases.Command{Act: cases.CorrectDecision, Text: why, Reasoning: why, Grounds: []string{"incomplete", cases.OtherGround}, OtherGround: "не подобається"}
		if store.Do(t.Context(), who, id, w.Case.Version, cmd) == nil {
			return
		}
	}
	t.Fatal("nobody may correct it")
}

// checkRefusals: figures of refusals are what an independent count says, by everything that they are broken down by, and each number is the length of its list.
func checkRefusals(t *testing.T, r *fixture.Region, store *statistics.Store, q statistics.Question) {
	t.Helper()
	correctOne(t, r)
	reader := r.Users[access.RegionalManager]
	for by, key := range map[statistics.By][2]string{
		statistics.ByCentre: {"centre_id::text"}, statistics.ByAuthority: {"authority_id::text"}, statistics.ByService: {"service_id::text"}, statistics.ByMonth: {"to_char(on_day, 'YYYY-MM')"},
		statistics.ByGround: {"g.id", "cross join unnest(r.grounds) g (id)"},
	} {
		q.By = by
		want := readRefusals(t, r, fmt.Sprintf(countedRefusals, key[0], key[1]), q)
		if by == statistics.ByGround {
			want = map[string]refusalNumbers{statistics.KeyOf("Подано неповний перелік документів"): want["incomplete"], statistics.KeyOf(""): want["other"]}
		}
		maps.Copy(want, readRefusals(t, r, fmt.Sprintf(countedRefusals, "''", ""), q))
		list, err := store.RefusalFigures(t.Context(), reader, q)
		if err != nil || len(list) != len(want) {
			t.Fatalf("by %s: %v, want %v: %v", by, list, want, err)
		}
		for _, f := range list {
			if got := (refusalNumbers{f.Refused, f.Outside, f.Annulled, f.Corrected, f.Doubtful}); got != want[f.Key] {
				t.Errorf("by %s, %q: %v, want %v", by, f.Key, got, want[f.Key])
			}
			if by == statistics.ByGround {
				checkRefusalLists(t, store, reader, q, f)
			}
		}
		if sum := list[len(list)-1]; sum.Outside == 0 || sum.Annulled == 0 || sum.Corrected == 0 || sum.Doubtful == sum.Refused {
			t.Fatalf("the refusals have not lived through everything: %+v", sum)
		}
	}
	q.By = statistics.ByCentre
	other, err := store.RefusalFigures(t.Context(), r.Users[access.CentreHead], q)
	if err != nil || len(other) != 2 || other[0].Key != r.Centre.String() {
		t.Errorf("a head sees %v: %v", other, err)
	}
}

func readRefusals(t *testing.T, r *fixture.Region, sql string, q statistics.Question) map[string]refusalNumbers {
	t.Helper()
	rows, err := r.DB.Pool.Query(t.Context(), sql, q.From, q.To)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]refusalNumbers{}
	var key string
	var n refusalNumbers
	if _, err := pgx.ForEachRow(rows, []any{&key, &n[0], &n[1], &n[2], &n[3], &n[4]}, func() error {
		found[key] = n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func checkRefusalLists(t *testing.T, store *statistics.Store, reader access.Actor, q statistics.Question, f statistics.RefusalFigures) {
	t.Helper()
	for what, n := range map[statistics.What]int{
		statistics.AllRefusals: f.Refused, statistics.Outside: f.Outside, statistics.Annulled: f.Annulled, statistics.Corrected: f.Corrected, statistics.Doubtful: f.Doubtful,
	} {
		filter, seen, at := statistics.RefusalFilter{Question: q, What: what, Ground: f.Key}, map[uuid.UUID]bool{}, statistics.RefusalPlace{}
		for more := true; more; {
			page, err := store.Refusals(t.Context(), reader, filter, at, 2)
			if err != nil || page.Total != n {
				t.Fatalf("%s of %q: %d are counted and %d listed: %v", what, f.Name.UK, n, page.Total, err)
			}
			for _, one := range page.Refusals {
				seen[one.Event] = true
				if what == statistics.Corrected && one.OverturnedOn.Equal(time.Date(2026, 12, 29, 0, 0, 0, 0, time.UTC)) && !strings.Contains(one.Why, lastCorrection) {
					t.Errorf("%s was corrected on the day because %q", one.Number, one.Why)
				}
				if one.Reasoning == "" || one.Overturned != "" && one.Why == "" {
					t.Errorf("%s: %+v says nothing", one.Number, one)
				}
			}
			if more = page.More; more {
				at = page.Refusals[len(page.Refusals)-1].Place()
			}
		}
		taken := 0
		if err := store.EachRefusal(t.Context(), reader, filter, func(statistics.Refusal) error { taken++; return nil }); err != nil || taken != n || len(seen) != n {
			t.Errorf("%s of %q: %d are counted, %d on the pages and %d taken away: %v", what, f.Name.UK, n, len(seen), taken, err)
		}
	}
}
