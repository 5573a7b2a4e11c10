package journals_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/journals"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// A period is compared with as many days before it, and whole months with as many months.
func TestThePeriodBefore(t *testing.T) {
	for _, c := range [][4]string{
		{"2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"},
		{"2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"},
		{"2026-03-02", "2026-03-08", "2026-02-23", "2026-03-01"},
		{"2026-11-18", "2026-11-18", "2026-11-17", "2026-11-17"},
	} {
		from, to := journals.Question{From: day(c[0]), To: day(c[1])}.Before()
		if from.Format(time.DateOnly) != c[2] || to.Format(time.DateOnly) != c[3] {
			t.Errorf("%s to %s is compared with %s to %s", c[0], c[1], from.Format(time.DateOnly), to.Format(time.DateOnly))
		}
	}
}

// What is counted agrees with the cases themselves, counted by plain SQL that knows no journal; and with the list that each number leads to.
func TestCountsAgreeWithCases(t *testing.T) {
	d := open(t)
	d.at = time.Date(2026, 10, 31, 21, 59, 0, 0, time.UTC) // the last minute of October in Kyiv
	d.register("Їжак")
	d.at = time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC) // the first one of November
	one := d.register("Ґава")
	d.do(one.ID, d.decided()...)
	d.do(one.ID, d.handing())
	d.at = time.Date(2026, 11, 30, 21, 59, 0, 0, time.UTC)
	d.register("Єнот")
	q := journals.Question{From: day("2026-11-01"), To: day("2026-11-30")}
	const registered = `select count(*) from cases.cases where (registered_at at time zone 'Europe/Kyiv')::date between `
	want := map[journals.Journal][2]int{
		journals.Applications: {d.count(registered + `'2026-11-01' and '2026-11-30'`), d.count(registered + `'2026-10-01' and '2026-10-31'`)},
		journals.Issued:       {d.count(`select count(*) from cases.events where kind = 'issued' and (at at time zone 'Europe/Kyiv')::date between '2026-11-01' and '2026-11-30'`), 0},
		journals.Arrived:      {d.count(`select count(*) from cases.cases where outcome <> ''`), 0},
	}
	if want[journals.Applications] != [2]int{2, 1} {
		t.Fatalf("the cases are %v", want)
	}
	head := d.Users[access.CentreHead]
	for _, by := range []journals.By{journals.ByCentre, journals.ByAuthority, journals.ByService, journals.ByMonth} {
		q.By = by
		list, err := d.journals.Counts(t.Context(), head, q)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %+v, %v", by, list, err)
		}
		for j, n := range want {
			if by == journals.ByMonth {
				n[1] = 0
			}
			if got := [2]int{list[0].Now[j], list[0].Before[j]}; got != n {
				t.Errorf("%s by %s: %v, want %v", j, by, got, n)
			}
			f := journals.Filter{Journal: j, From: q.From, To: q.To}
			switch by {
			case journals.ByCentre:
				f.Centre = list[0].ID
			case journals.ByAuthority:
				f.Authority = list[0].ID
			case journals.ByService:
				f.Service = list[0].ID
			}
			if page, err := d.journals.List(t.Context(), head, f, journals.Place{}, false, 1); err != nil || page.Total != list[0].Now[j] {
				t.Errorf("%s by %s: %d are counted and %d listed, %v", j, by, list[0].Now[j], page.Total, err)
			}
		}
	}
	if list, err := d.journals.Counts(t.Context(), d.OtherUsers[access.CentreHead], q); err != nil || len(list) != 0 {
		t.Errorf("another centre: %+v, %v", list, err)
	}
	q.By, q.Service = journals.ByCentre, d.OtherService
	if list, err := d.journals.Counts(t.Context(), head, q); err != nil || len(list) != 0 {
		t.Errorf("another service: %+v, %v", list, err)
	}
}
