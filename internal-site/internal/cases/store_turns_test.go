package cases_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
)

// everybody of the region who works on cases, and two more of its first places.
func everybody(r *fixture.Region) (list []access.Actor) {
	for _, group := range []access.GroupCode{access.Administrator, access.CentreHead, access.Officer, access.AuthorityHead} {
		list = append(list, r.Users[group], r.OtherUsers[group])
	}
	return append(list,
		r.AddUser("clerk2", access.Grant{Group: access.Administrator, Place: access.InCentre(r.Centre)}),
		r.AddUser("officer2", access.Grant{Group: access.Officer, Place: access.InAuthority(r.Authority)}))
}

// live lets everybody do whichever of the acts they can with some cases, in no order; of all acts when none is named.
func live(t *testing.T, r *fixture.Region, s *cases.Store, seed uint64, acts int, of ...cases.Act) {
	t.Helper()
	if len(of) == 0 {
		of = cases.Acts
	}
	rnd := rand.New(rand.NewPCG(seed, 1)) // #nosec G404 -- a test that can be repeated
	staff, at := everybody(r), fixture.Now
	var ids []uuid.UUID
	for i := range 5 {
		f := filing(r)
		f.ReceiptNumber = fmt.Sprintf("T%03d", i)
		c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	done := 0
	for range acts {
		at = at.Add(time.Duration(rnd.IntN(40)) * time.Hour)
		who, id := staff[rnd.IntN(len(staff))], ids[rnd.IntN(len(ids))]
		s := s.At(func() time.Time { return at })
		w, err := s.Work(t.Context(), who, id)
		if err != nil {
			continue // not theirs to see
		}
		cmd := cases.Command{
			Act: of[rnd.IntN(len(of))], GoOn: rnd.IntN(2) == 0, Text: "бо так", Outcome: []cases.Outcome{cases.Granted, cases.Refused}[rnd.IntN(2)],
			Grounds: []string{"incomplete"}, Paper: "№ 5", Reasoning: "бо", Handed: cases.Handover{Recipient: cases.HandedApplicant, Document: "passport", Number: "1"}, To: staff[rnd.IntN(len(staff))].UserID,
			Stage: w.Stages[rnd.IntN(len(w.Stages))].ID, Chosen: []string{"", "clear", "unclear"}[rnd.IntN(3)],
			Insert: cases.Inserting{
				Kind: "opinion", Place: []uuid.UUID{uuid.Nil, r.Authority, r.OtherAuthority}[rnd.IntN(3)], Days: 3,
				Where: cases.InsertWheres[rnd.IntN(3)], Stage: w.Stages[rnd.IntN(len(w.Stages))].ID,
			},
		}
		if err := s.Do(t.Context(), who, id, w.Case.Version, cmd); err == nil {
			done++
		}
	}
	if done < acts/20 {
		t.Fatalf("only %d acts of %d were done", done, acts)
	}
}

func snapshot(t *testing.T, r *fixture.Region) string {
	t.Helper()
	var rows string
	if err := r.DB.Pool.QueryRow(t.Context(), `select coalesce(string_agg(t::text, E'\n' order by case_id, place), '') from cases.turns t`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// Whatever was done in whatever order, the rows that say whose turn it is are those that the case itself says. Every view's
// number is the length of its list, for everybody.
func TestTurnsFollowEveryAct(t *testing.T) {
	for seed := range uint64(2) {
		r, s, _ := working(t)
		if seed == 1 {
			r.RunOn(fixture.ParallelCard(r.Authority, r.OtherAuthority))
		}
		live(t, r, s, seed, 300)
		if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
			t.Fatalf("seed %d: %d cases stand otherwise than written: %v", seed, n, err)
		}
		var otherwise int
		if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.turns t join cases.cases c on c.id = t.case_id
			left join cases.assignments a on a.case_id = t.case_id and a.place = t.place
			where (t.state, t.channel, t.service_id, t.case_due, t.held_since, t.held_by) is distinct from (c.state, c.channel, c.service_id, c.due_on, a.since, a.assigned_by)`).Scan(&otherwise); err != nil || otherwise > 0 {
			t.Fatalf("seed %d: %d turns say of their cases and assignments what those are not: %v", seed, otherwise, err)
		}
		if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.turns w where w.behind <> (w.standing in ('turn', 'issue') and exists (select from cases.turns v
			where v.case_id = w.case_id and v.standing in ('turn', 'issue') and (v.due_on, v.place) < (w.due_on, w.place)))`).Scan(&otherwise); err != nil || otherwise > 0 {
			t.Fatalf("seed %d: %d turns are behind others by what they say, and not by theirs: %v", seed, otherwise, err)
		}
		for _, who := range append(staffOf(r), r.Users[access.RegionalManager]) {
			for _, view := range append([]string{""}, cases.Views...) {
				for _, due := range []string{"", "overdue"} {
					checkFirstPage(t, s, who, cases.Filter{View: view, Due: due})
				}
			}
		}
	}
}

// laterActs came after the migration that made the turns of cases from before.
var laterActs = []cases.Act{cases.TakePapers, cases.Withdraw, cases.Reopen, cases.InsertStage, cases.DropStage}

// Of cases from before, the migration made the rows that acts would have written.
func TestTurnsOfCasesFromBefore(t *testing.T) {
	r, s, _ := working(t)
	live(t, r, s, 3, 300, slices.DeleteFunc(slices.Clone(cases.Acts), func(a cases.Act) bool { return slices.Contains(laterActs, a) })...)
	written := snapshot(t, r)
	r.DB.Exec(`delete from cases.turns`)
	r.DB.Exec(backfillSQL(t))
	if made := snapshot(t, r); made != written {
		t.Fatalf("the migration makes\n%s\nof what acts have written as\n%s", made, written)
	}
}

// backfillSQL is the statement of the migration that makes the turns of cases from before.
func backfillSQL(t *testing.T) string {
	t.Helper()
	sql, err := os.ReadFile("../../migrations/cases/004_turns.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(sql), "insert into cases.turns")
	statement, _, ended := strings.Cut(rest, ";\n")
	if !found || !ended {
		t.Fatal("the migration has no such statement")
	}
	return "insert into cases.turns" + statement
}

// What was written by something that knows no turns is mended.
func TestReckonMendsWhatDiffers(t *testing.T) {
	r, s, c := working(t)
	r.DB.Exec(`update cases.turns set standing = 'past' where case_id = $1`, c.ID)
	if n, err := s.Reckon(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d mended, %v", n, err)
	}
	if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
		t.Fatalf("again: %d mended, %v", n, err)
	}
}

// staffOf are one of every group in both places.
func staffOf(r *fixture.Region) (list []access.Actor) {
	for _, users := range []map[access.GroupCode]access.Actor{r.Users, r.OtherUsers} {
		for _, group := range access.StandardGroups {
			list = append(list, users[group])
		}
	}
	return list
}
