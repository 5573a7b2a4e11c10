package intake_test

import (
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/pg"
)

// Whoever rules the outside can send any number of messages. What waits inside is bounded: the rest waits outside, what
// is inside already is known again, and room comes back when staff decide.
func TestWhatWaitsInsideIsBounded(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	fetcher := p.db.PoolAs("fetcher")
	e := p.refused(t, q)
	first := anyMessage("R-0000-0000-0001")
	offer := func(h handed) string {
		said, err := receive(t.Context(), fetcher, h)
		if pg.Code(err) == "53400" {
			return "no room"
		}
		must(t, err)
		return said
	}
	for _, bound := range []string{"messages = 2", "bytes = (select bytes from intake.filled()) + 6000, messages = 1000"} {
		p.db.Exec(`delete from intake.messages where receipt_number = $1`, first.receipt)
		p.db.Exec(`update intake.room set ` + bound)
		steps := []struct{ name, got, want string }{
			{"the last that has room", offer(first), "new"},
			{"one more", offer(anyMessage("R-0000-0000-0002")), "no room"},
			{"the same again", offer(first), "seen"},
			{"with other content", offer(first.with(7)), "no room"},
		}
		for _, s := range steps {
			if s.got != s.want {
				t.Errorf("%s, %s: %q, want %q", bound, s.name, s.got, s.want)
			}
		}
	}
	if load, err := q.Measure(t.Context()); err != nil || load.Full != 1 {
		t.Errorf("full: %v, %v", load.Full, err)
	}
	must(t, q.Decide(t.Context(), p.Users[access.CentreHead], e.ID, e.Version, intake.Verdict{Decision: intake.Close, Note: "опрацьовано"}))
	if got := offer(first.with(7)); got != "conflict" {
		t.Errorf("after a decision: %q", got)
	}
	if got := offer(first.with(7)); got != "conflict" {
		t.Errorf("the conflict again: %q", got)
	}
	if got := offer(first.with(8)); got != "no room" {
		t.Errorf("another conflict: %q", got)
	}
	if load, err := q.Measure(t.Context()); err != nil || load.Conflicts != 1 {
		t.Errorf("conflicts: %+v, %v", load, err)
	}
	list, err := q.List(t.Context(), p.Users[access.RegionalManager], intake.Filter{Reason: intake.ReasonConflict})
	must(t, err)
	conflict := list.Entries[0]
	must(t, q.Decide(t.Context(), p.Users[access.RegionalManager], conflict.ID, conflict.Version, intake.Verdict{Decision: intake.Close, Note: "підробка"}))
	if got := offer(first.with(8)); got != "conflict" {
		t.Errorf("after the conflict was closed: %q", got)
	}
}
