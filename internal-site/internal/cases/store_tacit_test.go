package cases_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/notices"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// silent says on the region's cards that silence counts as consent.
func silent(t *testing.T, r *fixture.Region) {
	t.Helper()
	err := pg.InTx(t.Context(), r.DB.Pool, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(`alter table catalogue.cards disable trigger user`) // published versions do not change otherwise
		batch.Queue(`update catalogue.cards set content = jsonb_set(content, '{term,tacit}', 'true')`)
		return tx.SendBatch(t.Context(), batch).Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A case whose term passed on Monday 30 November is flagged for a person on Tuesday 15 December, after ten working days: once, in the
// history and the trail, in a list of its own and under the bell of those who have the turn. Nothing is decided, the applicant is told
// nothing, and whoever acts is refused nothing.
func TestSilenceIsFlaggedForAPerson(t *testing.T) {
	r, s, c := working(t)
	silent(t, r)
	at := fixture.Now
	s = s.At(func() time.Time { return at })
	clerk := r.Users[access.Administrator]
	if err := s.Do(t.Context(), clerk, c.ID, 1, cases.Command{Act: cases.Take}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		on      string
		flagged int
	}{{"2026-12-01", 0}, {"2026-12-14", 0}, {"2026-12-15", 1}, {"2026-12-16", 0}} {
		at = day(t, tt.on).Add(9 * time.Hour)
		if n, err := s.FlagTacit(t.Context()); err != nil || n != tt.flagged {
			t.Fatalf("on %s %d flagged, %v", tt.on, n, err)
		}
	}
	w, err := s.Work(t.Context(), clerk, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := w.Events[len(w.Events)-1]
	if !w.Tacit() || last.Kind != cases.EventTacit || last.Published || w.Case.State != cases.InProgress || w.Case.Outcome != "" || w.Case.Version != 2 {
		t.Errorf("%+v, %s, %q, version %d", last, w.Case.State, w.Case.Outcome, w.Case.Version)
	}
	list, n, err := s.List(t.Context(), clerk, cases.Filter{View: cases.ViewTacit, Size: 5})
	if err != nil || n != 1 || len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("listed %d, %v", n, err)
	}
	if _, n, err := s.List(t.Context(), r.OtherUsers[access.Administrator], cases.Filter{View: cases.ViewTacit, Size: 5}); err != nil || n != 0 {
		t.Errorf("elsewhere %d are listed, %v", n, err)
	}
	if list, n, err := s.List(t.Context(), r.Users[access.RegionalManager], cases.Filter{View: cases.ViewTacit, Size: 5}); err != nil || n != 1 || len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("for the regional manager %d are listed, %v", n, err)
	}
	heard := 0
	news, err := notices.NewDesk(r.DB.PoolAs("internal_site")).At(func() time.Time { return at }).News(t.Context(), clerk)
	for _, line := range news {
		if line.Kind == notices.Silence && line.CaseID == c.ID {
			heard++
		}
	}
	if err != nil || heard != 1 {
		t.Errorf("it rings %d times, %v", heard, err)
	}
	if err := s.Do(t.Context(), clerk, c.ID, 2, cases.Command{Act: cases.FinishStage}); err != nil {
		t.Errorf("the next act: %v", err)
	}
	officer, written := r.Users[access.Officer], cases.Command{Act: cases.RecordSilence, Text: "Частина шоста статті 4-1 Закону."}
	if err := s.Do(t.Context(), clerk, c.ID, 3, written); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the centre records it: %v", err)
	}
	if err := s.Do(t.Context(), officer, c.ID, 3, cases.Command{Act: cases.RecordSilence}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a word: %v", err)
	}
	if err := s.Do(t.Context(), officer, c.ID, 3, written); err != nil {
		t.Fatal(err)
	}
	if w, err = s.Work(t.Context(), officer, c.ID); err != nil {
		t.Fatal(err)
	}
	last = w.Events[len(w.Events)-1]
	if last.Kind != cases.EventSilence || !last.Published || last.Typed != written.Text || w.Tacit() || w.Case.State != cases.InProgress || w.Case.Outcome != "" {
		t.Errorf("recorded: %+v, %s, %q", last, w.Case.State, w.Case.Outcome)
	}
	if on := w.Consented(); on == nil || !on.Equal(at) {
		t.Errorf("recorded on %v", on)
	}
	if err := s.Do(t.Context(), officer, c.ID, w.Case.Version, written); !fault.Is(err, fault.Conflict) {
		t.Errorf("recorded twice: %v", err)
	}
	at = at.AddDate(0, 0, 1)
	if n, err := s.FlagTacit(t.Context()); err != nil || n != 0 {
		t.Errorf("flagged again: %d, %v", n, err)
	}
	if _, n, err := s.List(t.Context(), r.Users[access.RegionalManager], cases.Filter{View: cases.ViewTacit, Size: 5}); err != nil || n != 0 {
		t.Errorf("%d are listed after it was recorded, %v", n, err)
	}
}

// Neither a card that says nothing of it, nor a case that stands still, nor one that is decided is flagged.
func TestOnlySilenceIsFlagged(t *testing.T) {
	r, s, c := working(t)
	late := func() time.Time { return fixture.Now.AddDate(1, 0, 0) }
	none := func(what string) {
		t.Helper()
		if n, err := s.At(late).FlagTacit(t.Context()); err != nil || n != 0 {
			t.Errorf("%s: %d flagged, %v", what, n, err)
		}
	}
	none("a card that says nothing of it")
	silent(t, r)
	clerk := r.Users[access.Administrator]
	for i, cmd := range []cases.Command{{Act: cases.Take}, {Act: cases.Suspend, Text: "немає довідки"}} {
		if err := s.Do(t.Context(), clerk, c.ID, i+1, cmd); err != nil {
			t.Fatal(err)
		}
	}
	none("a case that stands still")
	r.DB.Exec(`update cases.cases set state = 'decided', outcome = 'granted', decided_at = now() where id = $1`, c.ID)
	none("a case that is decided")
}
