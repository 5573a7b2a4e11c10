package cases_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

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
			for _, f := range []cases.Filter{{}, {View: cases.ViewMine}, {View: cases.ViewPool}, {View: cases.ViewOthers}, {View: cases.ViewApplicant}, {View: cases.ViewIssue}, {View: "bogus"}, {Nobody: true}, {Q: "їжак"}, {Channel: cases.Online}, {ServiceID: r.Service}, {ServiceID: uuid.New()}, {Assigned: r.Users[access.CentreHead].UserID}} {
				f.State, f.Due = state, due
				checkCount(t, s, who, f)
			}
		}
	}
}

func checkCount(t *testing.T, s *cases.Store, who access.Actor, f cases.Filter) {
	t.Helper()
	count := checkFirstPage(t, s, who, f)
	f.Size, f.Page = 100, 2
	if rows, total, err := s.List(t.Context(), who, f); err != nil || total != count || len(rows) != 0 {
		t.Fatalf("%+v: the count is %d, page 2 has %d of %d: %v", f, count, len(rows), total, err)
	}
}

// checkFirstPage holds the count against a page that has room for all, and returns it.
func checkFirstPage(t *testing.T, s *cases.Store, who access.Actor, f cases.Filter) int {
	t.Helper()
	counts, err := s.Count(t.Context(), who, f)
	if err != nil {
		t.Fatal(err)
	}
	f.Size, f.Page = 100, 1
	rows, total, err := s.List(t.Context(), who, f)
	if err != nil || total != counts[0] || len(rows) != counts[0] {
		t.Fatalf("%+v: the count is %d, page 1 has %d of %d: %v", f, counts[0], len(rows), total, err)
	}
	return total
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
	list, err := s.Executors(t.Context(), r.Users[access.Administrator], uuid.Nil)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, e := range list {
		_, total, err := s.List(t.Context(), r.Users[access.Administrator], cases.Filter{Assigned: e.ID, Size: 5})
		if err != nil || total == 0 {
			t.Errorf("%s is offered, and has %d open cases, %v", e.Name, total, err)
		}
		if e.Gone != (e.ID == head.UserID) {
			t.Errorf("%s is gone: %t", e.Name, e.Gone)
		}
	}
	if list, err := s.Executors(t.Context(), r.OtherUsers[access.CentreHead], head.UserID); err != nil || len(list) != 0 {
		t.Errorf("another centre sees who works here: %v, %v", list, err)
	}
	officer := r.Users[access.Officer]
	for chosen, want := range map[uuid.UUID]int{uuid.Nil: 0, head.UserID: 1} {
		if list, err := s.Executors(t.Context(), officer, chosen); err != nil || len(list) != want {
			t.Errorf("an officer is offered %v, %v; want the one of the centre only when they were chosen", list, err)
		}
	}
}

// A case is in a list once, however many of its parties the reader works in and however many of them have the turn; the reader's own
// turn is shown before another's.
func TestCaseComesOnce(t *testing.T) {
	r, s := many(t)
	r.DB.Exec(`update cases.turns set standing = 'turn', due_on = due_on + 5 where standing = 'others' and kind = 'authority'`)
	r.DB.Exec(`update cases.turns set standing = 'turn' where standing in ('others', 'ahead')`)
	places := []access.Place{access.InCentre(r.Centre), access.InAuthority(r.Authority)}
	both := r.Users[access.Administrator]
	both.Rights = access.Rights{cases.View: {Own: places, Part: places[1:]}}
	all := access.Actor{Rights: access.Rights{cases.View: {All: true}}}
	for _, who := range []access.Actor{r.Users[access.Administrator], r.Users[access.Officer], both, all} {
		for _, f := range []cases.Filter{{}, {State: "all"}, {State: "closed"}, {Q: "2026"}, {Channel: cases.Online, State: "registered"}, {Due: "soon"}} {
			checkCount(t, s, who, f)
			f.Size = 100
			rows, _, err := s.List(t.Context(), who, f)
			if err != nil || len(rows) == 0 {
				t.Fatalf("%+v: %d rows, %v", f, len(rows), err)
			}
			seen := map[uuid.UUID]bool{}
			for _, row := range rows {
				if seen[row.ID] {
					t.Errorf("%+v: %s is there twice", f, row.Number)
				}
				seen[row.ID] = true
				if row.Turn != nil && len(who.Rights[cases.View].Own) == 1 && row.Party.IsZero() != (who.UserID == r.Users[access.Administrator].UserID) {
					t.Errorf("%+v: %s shows the turn of %q", f, row.Number, row.Party.UK)
				}
			}
		}
	}
}

// A list that is longer than it is shown has one more than it shows, in the count too, and its last page is still in order.
func TestLongListsSayThatThereIsMore(t *testing.T) {
	r, s := many(t)
	who := r.Users[access.Administrator]
	alike(r, cases.MaxFound+20, ``)
	for _, f := range []cases.Filter{{}, {State: "all"}, {View: cases.ViewPool}, {Nobody: true}} {
		counts, err := s.Count(t.Context(), who, f)
		f.Size, f.Page = 50, cases.MaxFound/50
		rows, total, listErr := s.List(t.Context(), who, f)
		if err != nil || listErr != nil || counts[0] != cases.MaxFound+1 || total != cases.MaxFound+1 || len(rows) != 50 {
			t.Errorf("%+v: counted %v, listed %d, the last page has %d, %v, %v", f, counts, total, len(rows), err, listErr)
		}
		if !slices.IsSortedFunc(rows, func(a, b cases.Row) int { return a.Turn.Compare(*b.Turn) }) {
			t.Errorf("%+v: the last page is not in order", f)
		}
	}
}

// alike makes n cases like the first one that condition holds for: open, at their centre, each due a day later than the one before.
func alike(r *fixture.Region, n int, condition string) {
	r.DB.Exec(`with numbered as (select n, gen_random_uuid() as id from generate_series(1, $1::int) n), made as (
		insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, applicant_id, channel, state, filed_at, due_on)
		select x.id, 'L' || x.n, c.centre_id, c.authority_id, c.service_id, c.card_id, c.applicant_id, 'counter', 'in_progress', c.filed_at, c.due_on + x.n
		from numbered x, (select * from cases.cases `+condition+` order by id limit 1) c returning id, centre_id, due_on)
		insert into cases.turns (case_id, place, kind, standing, due_on, since) select id, centre_id, 'centre', 'turn', due_on, now() from made`, n)
}
