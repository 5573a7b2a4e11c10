package cases_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// stateOf is everything that the database says of where a case stands and who works on it.
func stateOf(t *testing.T, r *fixture.Region, id uuid.UUID) (state string) {
	t.Helper()
	err := r.DB.Pool.QueryRow(t.Context(), `
		select (select (to_jsonb(c) - 'version')::text from cases.cases c where id = $1)
		  || (select string_agg(s::text, E'\n' order by position) from cases.stages s where case_id = $1)
		  || coalesce((select string_agg(a::text, E'\n' order by place) from cases.assignments a where case_id = $1), '')
		  || (select string_agg(t::text, E'\n' order by place) from cases.turns t where case_id = $1)
		  || concat((select m::text from cases.measures m where case_id = $1), (select string_agg(m::text, E'\n' order by position) from cases.stage_measures m where case_id = $1))`, id).Scan(&state)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// step is one act on a case's way.
type step struct {
	who access.Actor
	cmd cases.Command
}

// wayOf is a case's way through every act that can be taken back.
func wayOf(r *fixture.Region) []step {
	admin, partner, officer := r.Users[access.Administrator], r.OtherUsers[access.Officer], r.Users[access.Officer]
	head := r.Users[access.CentreHead]
	return []step{
		{admin, cases.Command{Act: cases.Take}},
		{admin, cases.Command{Act: cases.HandBack, Text: "не моє"}},
		{admin, cases.Command{Act: cases.Take}},
		{admin, cases.Command{Act: cases.Assign, To: head.UserID}},
		{head, cases.Command{Act: cases.FinishStage}},
		{admin, cases.Command{Act: cases.Remind}},
		{partner, cases.Command{Act: cases.Suspend, Text: "немає довідки"}},
		{partner, cases.Command{Act: cases.Resume}},
		{partner, cases.Command{Act: cases.Note, Text: "між нами"}},
		{partner, cases.Command{Act: cases.FinishStage, Text: "погоджено"}},
		{officer, cases.Command{Act: cases.Message, Text: "Усе гаразд"}},
		{officer, cases.Command{Act: cases.Propose, Outcome: cases.Granted}},
		{officer, cases.Command{Act: cases.SendBack, Text: "назвіть підставу"}},
		{officer, cases.Command{Act: cases.Extend, Extension: workdays.Span{Days: 5, In: workdays.InWorking}, Text: "чекаємо відповіді"}},
		{officer, cases.Command{Act: cases.Extend, Extension: workdays.Span{Days: 3, In: workdays.InCalendar}, Text: "ще раз"}},
		{officer, cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: "немає довідки"}},
	}
}

func doStep(t *testing.T, s *cases.Store, id uuid.UUID, st step) (version int) {
	t.Helper()
	w, err := s.Work(t.Context(), st.who, id)
	if err != nil {
		t.Fatalf("%s: %v", st.cmd.Act, err)
	}
	if err := s.Do(t.Context(), st.who, id, w.Case.Version, st.cmd); err != nil {
		t.Fatalf("%s: %v", st.cmd.Act, err)
	}
	return w.Case.Version + 1
}

// Each act is taken back on the way and then done for good: the case is as it was before, its events are published no more, the
// notice that waits is dropped by them, and whose turn it is agrees with the case.
func TestWhatWasJustDoneIsUndone(t *testing.T) {
	r, s, c := working(t)
	at := fixture.Now
	s = s.At(func() time.Time { return at })
	for _, st := range wayOf(r) {
		at = at.Add(time.Hour)
		before := stateOf(t, r, c.ID)
		version := doStep(t, s, c.ID, st)
		u, err := s.LastUndo(t.Context(), st.who)
		if err != nil || u.CaseID != c.ID || u.Act != st.cmd.Act || u.Version != version || u.Number != c.Number {
			t.Fatalf("%s: %+v, %v", st.cmd.Act, u, err)
		}
		at = at.Add(cases.UndoFor)
		if act, err := s.Undo(t.Context(), st.who, c.ID, version); err != nil || act != st.cmd.Act {
			t.Fatalf("undo %s: %s, %v", st.cmd.Act, act, err)
		}
		if after := stateOf(t, r, c.ID); after != before {
			t.Fatalf("undone %s leaves\n%s\nof\n%s", st.cmd.Act, after, before)
		}
		var left int
		if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.events where case_id = $1 and at = $2 and kind <> 'taken_back'
			and (kind <> 'undone' or published or sealed is not null or was = '')`, c.ID, at.Add(-cases.UndoFor)).Scan(&left); err != nil || left > 0 {
			t.Errorf("%d events of the undone %s are left, %v", left, st.cmd.Act, err)
		}
		if _, err := s.Undo(t.Context(), st.who, c.ID, version); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s was undone twice: %v", st.cmd.Act, err)
		}
		doStep(t, s, c.ID, st)
		at = at.Add(time.Hour)
	}
	if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
		t.Errorf("%d cases stand otherwise than written: %v", n, err)
	}
	var told []string
	if err := r.DB.Pool.QueryRow(t.Context(), `select array_agg(e.text_en order by e.id) from cases.events e where case_id = $1 and kind = 'taken_back' and published`, c.ID).Scan(&told); err != nil || len(told) != 5 {
		t.Errorf("the applicant is told of %v, %v: a suspension, a message, two extensions and a decision were taken back", told, err)
	}
}

// Only whoever did it takes an act back, only for a moment, and only while nobody has acted since.
func TestUndoIsRefused(t *testing.T) {
	r, s, c := working(t)
	at := fixture.Now
	s = s.At(func() time.Time { return at })
	admin, head := r.Users[access.Administrator], r.Users[access.CentreHead]
	version := doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Take}})
	refused := func(what string, who access.Actor, version int, kind fault.Kind) {
		t.Helper()
		before := stateOf(t, r, c.ID)
		if _, err := s.Undo(t.Context(), who, c.ID, version); !fault.Is(err, kind) {
			t.Errorf("%s: %v", what, err)
		}
		if stateOf(t, r, c.ID) != before {
			t.Errorf("%s: the case has changed", what)
		}
	}
	refused("a colleague", head, version, fault.Forbidden)
	refused("somebody elsewhere", r.OtherUsers[access.Administrator], version, fault.NotFound)
	refused("another version", admin, version-1, fault.Conflict)
	at = at.Add(cases.UndoFor + time.Second)
	refused("too late", admin, version, fault.Conflict)
	if _, err := s.LastUndo(t.Context(), admin); !fault.Is(err, fault.NotFound) {
		t.Errorf("still offered: %v", err)
	}
	at = at.Add(-time.Second)
	doStep(t, s, c.ID, step{head, cases.Command{Act: cases.Note, Text: "бачив"}})
	refused("a colleague has acted since", admin, version, fault.Conflict)
	if _, err := s.LastUndo(t.Context(), admin); !fault.Is(err, fault.NotFound) {
		t.Errorf("still offered: %v", err)
	}
}
