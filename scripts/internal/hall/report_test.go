package hall

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// What became of people is counted once each, and a goal that is missed is said to be.
func TestReport(t *testing.T) {
	at := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	asks := func(wait time.Duration, booked bool, why string) *person {
		return &person{sent: at, given: at.Add(10 * time.Millisecond), told: at.Add(wait), booked: booked, why: why}
	}
	r := &Report{People: 4, Offered: 2, InSQL: 1, Left: 1}
	r.storm([]*person{asks(500*time.Millisecond, true, ""), asks(time.Second, false, "taken"), asks(2*time.Second, false, "taken"), asks(3*time.Second, false, "limit")})
	r.Reckon()
	if r.Booked != 1 || r.Taken != 2 || r.Otherwise != 1 || len(r.Waits) != 2 || r.Waits[1].P50 != 1000 || r.Waits[1].P99 != 3000 || r.Waits[0].Most != 10 {
		t.Errorf("%+v", r)
	}
	var out bytes.Buffer
	r.Print(&out)
	for _, want := range []string{"booked 1 (in the database 1), left free 1, given twice 0", "taken: 2; refused otherwise: 1", "50.0 could not be had", "1000 ms: reached", "missed, 3.0 times"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}
