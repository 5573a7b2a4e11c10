package cases_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
)

var collected = cases.Command{Act: cases.Issue, Paper: "№ 5", Handed: cases.Handover{Recipient: cases.HandedApplicant, Document: "passport", Number: "000123456"}}

// stores runs the job on days, and says how many cases it wrote to on each.
func stores(t *testing.T, s *cases.Store, days ...string) (written []int) {
	t.Helper()
	for _, on := range days {
		n, err := s.At(func() time.Time { return day(t, on).Add(9 * time.Hour) }).FollowStorage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, n)
	}
	return written
}

// toldOf are the notices of storage that the applicant is to get, the oldest first.
func toldOf(t *testing.T, r *fixture.Region, id uuid.UUID) (kinds []string) {
	t.Helper()
	if err := r.DB.Pool.QueryRow(t.Context(), `select coalesce(array_agg(kind order by at), '{}') from notices.outbox
		where case_id = $1 and kind in ('result_waits', 'uncollected')`, id).Scan(&kinds); err != nil {
		t.Fatal(err)
	}
	return kinds
}

// A result that was ready on Wednesday 18 November is stored for 30 days, until Friday 18 December. The applicant is reminded a week
// before and told on the 19th, once each; from then the case is in a list of its own, and it can go to the archive. When the person
// comes, the result is handed over from there.
func TestAResultThatNobodyCollects(t *testing.T) {
	r, s, c, _ := decidedCase(t)
	admin := r.Users[access.Administrator]
	w, err := s.Work(t.Context(), admin, c.ID)
	if err != nil || w.Possible(cases.Close) {
		t.Fatalf("a result that waits can be archived: %v", err)
	}
	stages := slices.Clone(w.Stages)
	if got := stores(t, s, "2026-12-10", "2026-12-11", "2026-12-12", "2026-12-18", "2026-12-19", "2026-12-20"); !slices.Equal(got, []int{0, 1, 0, 0, 1, 0}) {
		t.Errorf("written: %v", got)
	}
	if got := toldOf(t, r, c.ID); !slices.Equal(got, []string{"result_waits", "uncollected"}) {
		t.Errorf("told: %v", got)
	}
	at := day(t, "2026-12-21").Add(9 * time.Hour)
	s = s.At(func() time.Time { return at })
	filter := cases.Filter{View: cases.ViewUncollected, Size: 5}
	list, n, err := s.List(t.Context(), admin, filter)
	if counts, errCount := s.Count(t.Context(), admin, filter); err != nil || errCount != nil || n != 1 || counts[0] != 1 || len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("listed %d, counted %v, %v, %v", n, counts, err, errCount)
	}
	if _, n, err := s.List(t.Context(), r.OtherUsers[access.Administrator], filter); err != nil || n != 0 {
		t.Errorf("elsewhere %d are listed, %v", n, err)
	}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Close}})
	w, err = s.Work(t.Context(), admin, c.ID)
	if last := w.Events[len(w.Events)-1]; err != nil || w.Uncollected() == nil || last.Text.UK != "Справу закрито: результат не забрали. Отримати його можна й тепер." {
		t.Errorf("%+v, %v", last, err)
	}
	if _, n, err := s.List(t.Context(), admin, filter); err != nil || n != 0 {
		t.Errorf("of the archive %d are listed, %v", n, err)
	}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Unarchive}})
	if w, err = s.Work(t.Context(), admin, c.ID); err != nil || w.Case.State != cases.Decided || !sameStates(stages, w.Stages) {
		t.Errorf("%s, %+v, %v", w.Case.State, w.Stages, err)
	}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Close}})
	at = at.AddDate(1, 0, 0)
	doStep(t, s, c.ID, step{admin, collected})
	w, err = s.Work(t.Context(), admin, c.ID)
	if err != nil || w.Case.State != cases.Issued || w.Uncollected() != nil || w.Case.ClosedAt != nil || w.Case.IssuedPaper != "№ 5" {
		t.Errorf("%+v, %v", w.Case, err)
	}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Close}})
	if w, err = s.Work(t.Context(), admin, c.ID); err != nil || !fault.Is(w.Hinders(cases.Issue), fault.Conflict) {
		t.Errorf("a result that was collected is handed over again: %v", err)
	}
	if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
		t.Errorf("%d cases stand otherwise than written: %v", n, err)
	}
	var archived string
	if err := r.DB.Pool.QueryRow(t.Context(), `select coalesce(string_agg(coalesce(detail->>'result', '-'), ' ' order by at, id), '') from audit.events
		where object_id = $1 and action = 'cases.case.close'`, c.ID.String()).Scan(&archived); err != nil || archived != "uncollected uncollected -" {
		t.Errorf("the trail says %q, %v", archived, err)
	}
}

// sameStates says whether the stages stand as they stood.
func sameStates(a, b []cases.Stage) bool {
	return slices.EqualFunc(a, b, func(x, y cases.Stage) bool {
		return x.ID == y.ID && x.State == y.State && (x.FinishedAt == nil) == (y.FinishedAt == nil)
	})
}

// The region says for how long; a result that was collected is nobody's to wait for, and another one that takes its place begins anew.
func TestStorageFollowsTheRegionAndTheResult(t *testing.T) {
	r, s, c, _ := decidedCase(t)
	officer := r.Users[access.Officer]
	r.DB.Exec(`insert into region.profile (name, storage_days) values ('Озерна область', 0) on conflict (id) do update set storage_days = 0`)
	if got := stores(t, s, "2027-11-18"); !slices.Equal(got, []int{0}) {
		t.Errorf("stored without end: %v", got)
	}
	r.DB.Exec(`update region.profile set storage_days = 10`) // until Monday 30 November, reminded five days before
	if got := stores(t, s, "2026-11-24", "2026-11-25", "2026-12-01"); !slices.Equal(got, []int{0, 1, 1}) {
		t.Errorf("ten days: %v", got)
	}
	later := s.At(func() time.Time { return day(t, "2026-12-02").Add(9 * time.Hour) })
	doStep(t, later, c.ID, step{officer, cases.Command{Act: cases.CorrectDecision, Grounds: []string{"incomplete"}, Text: "описка", Reasoning: "виправлено"}})
	w, err := s.Work(t.Context(), officer, c.ID)
	if err != nil || w.Uncollected() != nil || w.Case.StoredUntil != nil {
		t.Errorf("a corrected decision is not collected since %v, %v", w.Uncollected(), err)
	}
	if got := stores(t, s, "2026-12-03", "2027-03-01", "2027-03-05", "2027-03-09"); !slices.Equal(got, []int{0, 1, 0, 1}) {
		t.Errorf("anew, and late: %v", got)
	}
	doStep(t, s, c.ID, step{r.Users[access.Administrator], collected})
	if got := stores(t, s, "2028-01-01"); !slices.Equal(got, []int{0}) {
		t.Errorf("collected: %v", got)
	}
}

// An act that is taken back does not take back what the applicant was told meanwhile.
func TestUndoKeepsWhatWasSaidOfStorage(t *testing.T) {
	r, s, c, _ := decidedCase(t)
	admin := r.Users[access.Administrator]
	s = s.At(func() time.Time { return day(t, "2026-12-11").Add(9 * time.Hour) })
	version := doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.HandBack, Text: "відпустка"}})
	if got := stores(t, s, "2026-12-11"); !slices.Equal(got, []int{1}) {
		t.Fatalf("written: %v", got)
	}
	if _, err := s.Undo(t.Context(), admin, c.ID, version); err != nil {
		t.Fatal(err)
	}
	if got := stores(t, s, "2026-12-12"); !slices.Equal(got, []int{0}) {
		t.Errorf("reminded again: %v", got)
	}
	if got := toldOf(t, r, c.ID); !slices.Equal(got, []string{"result_waits"}) {
		t.Errorf("told: %v", got)
	}
}
