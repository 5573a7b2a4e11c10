package cases_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
)

// many registers cases in every state, with deadlines around today, of two clerks and of nobody.
func many(t *testing.T) (*fixture.Region, *cases.Store) {
	t.Helper()
	r, s, _ := working(t)
	executors := []any{nil, r.Users[access.Administrator].UserID, r.Users[access.CentreHead].UserID}
	for i := range 18 {
		f := filing(r)
		f.ReceiptNumber = fmt.Sprintf("R%03d", i)
		c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
		if err != nil {
			t.Fatal(err)
		}
		state := cases.States[i%len(cases.States)]
		outcome := ""
		if slices.Contains([]cases.State{cases.Decided, cases.Issued, cases.Closed}, state) {
			outcome = "granted"
		}
		r.DB.Exec(`update cases.cases set state = $2, outcome = $3, due_on = $4 where id = $1`, c.ID, state, outcome, fixture.Now.AddDate(0, 0, i/3-3))
		if who := executors[i%3]; who != nil {
			r.DB.Exec(`insert into cases.assignments (case_id, place, person, since) values ($1, $2, $3, $4)`, c.ID, r.Centre, who, fixture.Now)
		}
	}
	if _, err := s.Reckon(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, s
}

// Whatever is asked for, the number of cases is the length of the list, on every page of it and beyond the last one.
func TestEveryCountIsTheLengthOfItsList(t *testing.T) {
	r, s := many(t)
	who := r.Users[access.Administrator]
	for _, state := range []string{"", "all", "registered", "suspended", "bogus"} {
		for _, due := range []string{"", "overdue", "soon", "bogus"} {
			for _, f := range []cases.Filter{{}, {View: cases.ViewMine}, {View: cases.ViewPool}, {View: cases.ViewOthers}, {View: cases.ViewApplicant}, {View: cases.ViewIssue}, {View: "bogus"}, {Nobody: true}, {Q: "їжак"}, {Channel: cases.Online}, {Assigned: r.Users[access.CentreHead].UserID}} {
				f.State, f.Due = state, due
				checkCount(t, s, who, f)
			}
		}
	}
}

func checkCount(t *testing.T, s *cases.Store, who access.Actor, f cases.Filter) {
	t.Helper()
	counts, err := s.Count(t.Context(), who, f)
	if err != nil {
		t.Fatal(err)
	}
	f.Size = 100
	for f.Page = 1; f.Page <= 2; f.Page++ {
		rows, total, err := s.List(t.Context(), who, f)
		if err != nil {
			t.Fatal(err)
		}
		if total != counts[0] || f.Page == 1 && len(rows) != counts[0] || f.Page == 2 && len(rows) != 0 {
			t.Fatalf("%+v: the count is %d, page %d has %d of %d", f, counts[0], f.Page, len(rows), total)
		}
	}
}

// What stands still does not stand on top, however old its day is; it shows the days that are left.
func TestSuspendedCasesDoNotLead(t *testing.T) {
	r, s := many(t)
	r.DB.Exec(`update cases.cases set due_on = '2026-01-12', filed_at = '2026-01-02 10:00Z' where state = 'suspended'`)
	r.DB.Exec(`insert into cases.events (id, case_id, at, kind) select gen_random_uuid(), id, '2026-01-05 10:00Z', 'suspended' from cases.cases where state = 'suspended'`)
	rows, _, err := s.List(t.Context(), r.Users[access.Administrator], cases.Filter{Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if i > 0 && row.Turn != nil && rows[i-1].Turn == nil {
			t.Fatalf("%s, which waits for somebody, after %s, which does not", row.Number, rows[i-1].Number)
		}
		if (row.Standing != nil) != (row.State == cases.Suspended) {
			t.Fatalf("%s with deadline %v", row.State, row.Standing)
		}
		if d := row.Standing; d != nil && (len(d.Left) != 1 || d.Left[0].Days != 7 || d.Due.Format(time.DateOnly) != "2026-11-25") {
			t.Errorf("%v left, until %s", d.Left, d.Due)
		}
	}
}

// Whoever has cases can be chosen, also when their account is blocked.
func TestExecutors(t *testing.T) {
	r, s := many(t)
	head := r.Users[access.CentreHead]
	r.DB.Exec(`update access.users set state = 'blocked' where id = $1`, head.UserID)
	list, err := s.Executors(t.Context(), r.Users[access.Administrator])
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, e := range list {
		_, total, err := s.List(t.Context(), r.Users[access.Administrator], cases.Filter{Assigned: e.ID, Size: 5})
		if err != nil || total != e.Open {
			t.Errorf("%s: %d open, list %d, %v", e.Name, e.Open, total, err)
		}
		if e.Gone != (e.ID == head.UserID) {
			t.Errorf("%s is gone: %t", e.Name, e.Gone)
		}
	}
	if list, err := s.Executors(t.Context(), r.OtherUsers[access.CentreHead]); err != nil || len(list) != 0 {
		t.Errorf("another centre sees who works here: %v, %v", list, err)
	}
}
