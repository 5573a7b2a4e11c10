package hall

import (
	"fmt"
	"io"
	"slices"
	"time"

	"portal.example/scripts/internal/stats"
)

// Report is what a run has measured.
type Report struct {
	People     int             `json:"people"`
	Offered    int             `json:"places_offered"`
	Booked     int             `json:"booked"`
	Taken      int             `json:"refused_as_taken"`
	Otherwise  int             `json:"refused_otherwise"`
	InSQL      int             `json:"booked_in_database"`
	Twice      int             `json:"places_given_twice"`
	Left       int             `json:"places_left_free"`
	Storm      time.Duration   `json:"storm_ns"` // from the first press until the last one is told
	Given      []time.Duration `json:"-"`        // from the press to the receipt, shortest first
	Told       []time.Duration `json:"-"`        // from the press until the page says what became of it, shortest first
	Displays   int             `json:"displays"`
	Phones     int             `json:"phones"`
	Boards     []time.Duration `json:"-"` // from an act to a display, of all acts
	Called     []time.Duration `json:"-"` // the same of calls alone
	Heard      []time.Duration `json:"-"` // from coming to the phone
	LoadBefore string          `json:"load_before"`
	LoadStorm  string          `json:"load_after_storm"`
	LoadCalls  string          `json:"load_before_calls"`
	LoadAfter  string          `json:"load_after_calls"`

	Waits []Wait `json:"waits"`
}

// Wait is how long people wait for something, in milliseconds.
type Wait struct {
	Name string  `json:"name"`
	N    int     `json:"n"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	Most float64 `json:"most_ms"`
	Goal float64 `json:"goal_ms"` // of P99; 0: none
}

// The goals: nobody wonders for longer than a second.
const goal = 1000

// storm counts what became of people.
func (r *Report) storm(people []*person) {
	for _, p := range people {
		switch {
		case p.booked:
			r.Booked++
		case p.why == "taken":
			r.Taken++
		default:
			r.Otherwise++
		}
		r.Given, r.Told = append(r.Given, p.given.Sub(p.sent)), append(r.Told, p.told.Sub(p.sent))
	}
}

// Reckon fills in the waits.
func (r *Report) Reckon() {
	r.Waits = nil
	for _, w := range []struct {
		name string
		list []time.Duration
		goal float64
	}{
		{"the receipt", r.Given, goal},
		{"what became of the wish", r.Told, goal},
		{"an act, on a display", r.Boards, goal},
		{"a call, on a display", r.Called, goal},
		{"having come, on the phone", r.Heard, goal},
	} {
		if len(w.list) == 0 {
			continue
		}
		slices.Sort(w.list)
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		r.Waits = append(r.Waits, Wait{w.name, len(w.list), ms(stats.Percentile(w.list, 50)), ms(stats.Percentile(w.list, 99)), ms(w.list[len(w.list)-1]), w.goal})
	}
}

// Print says it in words and figures.
func (r *Report) Print(w io.Writer) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	say("%d people book %d places of one morning at once:", r.People, r.Offered)
	say("  booked %d (in the database %d), left free %d, given twice %d", r.Booked, r.InSQL, r.Left, r.Twice)
	say("  told that their time was taken: %d; refused otherwise: %d", r.Taken, r.Otherwise)
	if r.Offered > 0 {
		say("  of 100 places that were offered, %.1f could not be had by anybody", 100*float64(r.Offered-r.InSQL)/float64(r.Offered))
	}
	if r.Storm > 0 {
		say("  all were told within %.1f s: %.0f people a second", r.Storm.Seconds(), float64(r.People)/r.Storm.Seconds())
	}
	say("With %d displays and %d phones open, people come, are called, served and go.", r.Displays, r.Phones)
	say("")
	say("%-28s %8s %12s %12s %12s   %s", "how long until", "n", "p50, ms", "p99, ms", "longest, ms", "goal for p99")
	for _, each := range r.Waits {
		reached := "reached"
		if each.P99 > each.Goal {
			reached = fmt.Sprintf("missed, %.1f times", each.P99/each.Goal)
		}
		say("%-28s %8d %12.1f %12.1f %12.1f   %.0f ms: %s", each.Name, each.N, each.P50, each.P99, each.Most, each.Goal, reached)
	}
	say("")
	say("Load average of the last minute: %s before, %s after everybody was told; %s before, %s after the calls.", r.LoadBefore, r.LoadStorm, r.LoadCalls, r.LoadAfter)
}
