package cases_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/awaittest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dayOff(t *testing.T, s string) org.CalendarChange {
	t.Helper()
	return org.CalendarChange{Set: []org.SpecialDay{{Date: day(t, s), Name: locale.Text{UK: "Свято", EN: "Holiday"}}}}
}

// A day off that is declared where terms end moves them: the case's, the stage's, those of the turns, and the history says so.
func TestADayOffMovesOpenTerms(t *testing.T) {
	r, s, c := working(t) // filed on Wednesday the 18th: ten calendar days end on Saturday the 28th, so on Monday the 30th; its first stage on the 19th
	admin := r.Users[access.PortalAdministrator]
	change := dayOff(t, "2026-11-30")
	change.Set = append(change.Set, dayOff(t, "2026-11-19").Set...)
	shift, err := s.PreviewCalendar(t.Context(), admin, change)
	if err != nil || shift != (cases.Shift{Open: 1, Cases: 1, Stages: 1}) {
		t.Fatalf("%+v, %v", shift, err)
	}
	if err := s.ChangeCalendar(t.Context(), admin, change); err != nil {
		t.Fatal(err)
	}
	if err := s.RecountSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	w, err := s.Work(t.Context(), r.Users[access.Administrator], c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !w.Case.DueOn.Equal(day(t, "2026-12-01")) || !w.Stages[0].DueOn.Equal(day(t, "2026-11-20")) || w.Case.Version != c.Version {
		t.Errorf("case until %s, stage until %s, version %d", w.Case.DueOn, w.Stages[0].DueOn, w.Case.Version)
	}
	last := w.Events[len(w.Events)-1]
	if last.Kind != cases.EventRecounted || !last.Published ||
		last.Text.UK != "Змінено календар робочих днів. Строк розгляду тепер спливає 1 грудня 2026 року, раніше – 30 листопада 2026 року." ||
		last.Text.EN != "The calendar of working days has changed. The term now ends on 1 December 2026; before, it ended on 30 November 2026." {
		t.Errorf("history: %+v", last)
	}
	if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
		t.Errorf("%d turns differ, %v", n, err)
	}
	_, recounts, err := s.Calendar(t.Context(), admin)
	if err != nil || len(recounts) != 1 || recounts[0].Seen != 1 || recounts[0].Moved != 1 || recounts[0].DoneAt == nil {
		t.Errorf("recounts %+v, %v", recounts, err)
	}
}

func TestWhoChangesTheCalendar(t *testing.T) {
	r, s, _ := working(t)
	for _, group := range access.StandardGroups {
		_, err := s.PreviewCalendar(t.Context(), r.Users[group], dayOff(t, "2026-11-30"))
		changed := s.ChangeCalendar(t.Context(), r.Users[group], dayOff(t, "2026-11-30"))
		if may := group == access.PortalAdministrator; (err == nil) != may || (changed == nil) != may || !may && !fault.Is(changed, fault.Forbidden) {
			t.Errorf("%s: %v, %v", group, err, changed)
		}
	}
	admin := r.Users[access.PortalAdministrator]
	if err := s.ChangeCalendar(t.Context(), admin, dayOff(t, "2026-11-30")); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same day twice: %v", err)
	}
	stale := dayOff(t, "2026-11-30")
	stale.Set[0].Version = 7
	if err := s.ChangeCalendar(t.Context(), admin, stale); !fault.Is(err, fault.Conflict) {
		t.Errorf("a day that a colleague changed: %v", err)
	}
}

// terms are the last days of everything that is open, as they are written.
func terms(t *testing.T, r *fixture.Region) map[string]time.Time {
	t.Helper()
	rows, _ := r.DB.Pool.Query(t.Context(), `select 'case ' || id, due_on from cases.cases where state in ('registered', 'in_progress', 'suspended', 'decided')
		union all select 'stage ' || st.id, st.due_on from cases.stages st join cases.cases c on c.id = st.case_id
		where st.state = 'active' and c.state in ('registered', 'in_progress', 'suspended', 'decided')
		union all select 'turn ' || t.case_id || t.place, t.due_on from cases.turns t where t.due_on is not null and t.standing <> 'over'`)
	list := map[string]time.Time{}
	var what string
	var due time.Time
	if _, err := pgx.ForEachRow(rows, []any{&what, &due}, func() error { list[what] = due; return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

// Whatever was done to cases, and whatever the calendar becomes: the preview says what then moves, no last day is a day off,
// and taking the change back puts every day where it was.
func TestRecountFollowsTheCalendarThereAndBack(t *testing.T) {
	for seed := range uint64(2) {
		r, s, _ := working(t)
		live(t, r, s, seed, 150)
		admin, rnd := r.Users[access.PortalAdministrator], rand.New(rand.NewPCG(seed, 2)) // #nosec G404 -- a test that can be repeated
		before := terms(t, r)
		change := org.CalendarChange{}
		for i := range 40 {
			date := day(t, "2026-11-16").AddDate(0, 0, i)
			if weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday; rnd.IntN(3) == 0 {
				change.Set = append(change.Set, org.SpecialDay{Date: date, Working: weekend, Name: locale.Text{UK: "день"}})
			}
		}
		shift, err := s.PreviewCalendar(t.Context(), admin, change)
		if err != nil || !shift.Moves() {
			t.Fatalf("%+v, %v", shift, err)
		}
		recountBy(t, s, admin, change)
		checkMoved(t, r, before, change, shift)
		days, _, err := s.Calendar(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		recountBy(t, s, admin, org.CalendarChange{Remove: days})
		for what, due := range terms(t, r) {
			if !due.Equal(before[what]) {
				t.Errorf("seed %d: %s ends on %s, and ended on %s before there and back", seed, what, due, before[what])
			}
		}
		if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
			t.Errorf("%d turns differ, %v", n, err)
		}
	}
}

func recountBy(t *testing.T, s *cases.Store, admin access.Actor, change org.CalendarChange) {
	t.Helper()
	if err := s.ChangeCalendar(t.Context(), admin, change); err != nil {
		t.Fatal(err)
	}
	if err := s.RecountSome(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func checkMoved(t *testing.T, r *fixture.Region, before map[string]time.Time, change org.CalendarChange, shift cases.Shift) {
	t.Helper()
	calendar, moved := change.On(nil), map[string]int{}
	for what, due := range terms(t, r) {
		kind := what[:4]
		if kind != "case" && !calendar.Working(due) {
			t.Errorf("%s ends on a day off, %s", what, due)
		}
		if !due.Equal(before[what]) {
			moved[kind]++
		}
	}
	if moved["case"] != shift.Cases || moved["stag"] != shift.Stages {
		t.Errorf("%d cases and %d stages moved, and the preview said %+v", moved["case"], moved["stag"], shift)
	}
	var events int
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(distinct case_id) from cases.events where kind = 'recounted'`).Scan(&events); err != nil {
		t.Fatal(err)
	}
	if events == 0 || events < shift.Cases {
		t.Errorf("%d cases have it in their history", events)
	}
}

// A case that is being registered by the old calendar while it changes is recounted as well: whoever changes it waits.
func TestNoCaseSlipsThroughAChange(t *testing.T) {
	r, s, _ := working(t)
	pool, admin := r.DB.PoolAs("intake"), r.Users[access.PortalAdministrator]
	changed := make(chan error, 1)
	var c cases.Case
	err := pg.InTx(t.Context(), pool, func(tx pgx.Tx) (err error) {
		f := filing(r)
		f.ReceiptNumber = "R-SLIP"
		if c, err = cases.NewStore(nil).At(now).Register(t.Context(), tx, f, audit.System("intake")); err != nil {
			return err
		}
		go func() { changed <- s.ChangeCalendar(t.Context(), admin, dayOff(t, "2026-11-30")) }()
		awaittest.Until(t, "the change waits", func() bool {
			var n int
			err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from pg_locks where locktype = 'advisory' and not granted`).Scan(&n)
			return err == nil && n == 1
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-changed; err != nil {
		t.Fatal(err)
	}
	if err := s.RecountSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	var due time.Time
	if err := r.DB.Pool.QueryRow(t.Context(), `select due_on from cases.cases where id = $1`, c.ID).Scan(&due); err != nil || !due.Equal(day(t, "2026-12-01")) {
		t.Errorf("due %s, %v", due, err)
	}
}
