package cases_test

import (
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
)

// What somebody types at a case waits for them until they send it, and nobody else reads it; colleagues see who looks at the
// case and who writes.
func TestWhatIsTypedAtACaseWaits(t *testing.T) {
	r, s, c := working(t)
	at := fixture.Now
	s = s.At(func() time.Time { return at })
	admin, head := r.Users[access.Administrator], r.Users[access.CentreHead]
	keep := func(who access.Actor, typed map[string]string) []cases.Presence {
		t.Helper()
		others, err := s.KeepDrafts(t.Context(), who, c.ID, typed)
		if err != nil {
			t.Fatal(err)
		}
		return others
	}
	if others := keep(admin, map[string]string{"say_text": "Заявник обіцяв", "suspend_text": "Добрий"}); len(others) != 0 {
		t.Errorf("somebody looks: %v", others)
	}
	if others := keep(head, nil); len(others) != 1 || others[0] != (cases.Presence{Name: admin.Name, Writing: true}) {
		t.Errorf("the head sees %+v", others)
	}
	if drafts, err := s.Drafts(t.Context(), head, c.ID); err != nil || len(drafts) != 0 {
		t.Errorf("the head reads %v, %v", drafts, err)
	}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Note, Text: "Заявник обіцяв довідку"}})
	keep(admin, map[string]string{"suspend_text": "Добрий день"})
	if drafts, err := s.Drafts(t.Context(), admin, c.ID); err != nil || len(drafts) != 1 || drafts["suspend_text"].Text != "Добрий день" {
		t.Errorf("what is left: %v, %v", drafts, err)
	}
	at = at.Add(cases.PresentFor - time.Second)
	keep(admin, map[string]string{"suspend_text": ""})
	if others := keep(head, nil); len(others) != 1 || others[0].Writing {
		t.Errorf("nothing is left to write: %+v", others)
	}
	at = at.Add(cases.PresentFor + time.Second)
	if others := keep(head, nil); len(others) != 0 {
		t.Errorf("gone for long: %+v", others)
	}
}

func TestDraftsAreRefused(t *testing.T) {
	r, s, c := working(t)
	for name, tt := range map[string]struct {
		who   access.Actor
		typed map[string]string
		kind  fault.Kind
	}{
		"somebody elsewhere": {r.OtherUsers[access.Administrator], map[string]string{"say_text": "а"}, fault.NotFound},
		"no field of an act": {r.Users[access.Administrator], map[string]string{"paper": "№ 1"}, fault.Invalid},
		"no act":             {r.Users[access.Administrator], map[string]string{"steal_text": "а"}, fault.Invalid},
		"too long":           {r.Users[access.Administrator], map[string]string{"say_text": strings.Repeat("ї", 4001)}, fault.Invalid},
	} {
		if _, err := s.KeepDrafts(t.Context(), tt.who, c.ID, tt.typed); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
