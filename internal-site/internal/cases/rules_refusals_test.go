package cases

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// A decision that refuses is one refusal with its corrections, on the grounds that it has come to; it is kept when it is withdrawn, and is none when
// it was taken back at once.
func TestRefusalsAndWhatBecameOfThem(t *testing.T) {
	for history, want := range map[string]string{
		"": "", "granted": "", "granted corrected:late": "", "late": "late  ", "other": " outside ", "late,other": "late,  outside ",
		"other corrected:late":                     "late outside corrected",
		"late corrected:late":                      "late  corrected",
		"late withdrawn granted":                   "late  withdrawn",
		"late corrected:late withdrawn":            "late  withdrawn",
		"other withdrawn late":                     " outside withdrawn; late  ",
		"late reopened corrected:late":             "late  reopened",
		"late reopened withdrawn granted reopened": "late  withdrawn",
		"undone late":                              "late  ",
		"withdrawn-by-applicant reopened late":     "late  ",
	} {
		w := &Work{Card: contract.Card{Refusal: []contract.Ground{{ID: "late", Text: locale.Text{UK: "late"}}}}}
		for i, what := range strings.Fields(history) {
			e := Event{At: time.Date(2026, 11, 1+i, 10, 0, 0, 0, time.UTC), Kind: EventDecided}
			switch head, grounds, corrects := strings.Cut(what, ":"); {
			case corrects:
				e.Grounds = strings.Split(grounds, ",")
			case head == "granted":
			case head == "undone":
				e.Kind, e.Was, e.Grounds = EventUndone, EventDecided, []string{"other"}
			case head == "withdrawn":
				e.Kind = EventDecisionWithdrawn
			case head == "reopened":
				e.Kind = EventReopened
			case head == "withdrawn-by-applicant":
				e.Kind = EventWithdrawn
			default:
				e.Grounds = strings.Split(head, ",")
			}
			w.Events = append(w.Events, e)
		}
		var got []string
		for _, r := range w.refusals() {
			outside, words := "", []string{}
			for _, g := range r.grounds {
				words = append(words, g.UK)
			}
			if r.outside {
				outside = "outside"
			}
			got = append(got, fmt.Sprintf("%s %s %s", strings.Join(words, ", "), outside, r.overturned))
			if (r.overturned == "") != (r.overturnedOn == nil) {
				t.Errorf("%s: %q on %v", history, r.overturned, r.overturnedOn)
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", history, strings.Join(got, "; "), want)
		}
	}
}
