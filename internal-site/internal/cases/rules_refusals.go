package cases

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// What became of a decision that refused.
const (
	overturnedCorrected = "corrected" // its grounds or its reasoning; it refuses still
	overturnedReopened  = "reopened"  // the case was taken out of the archive with a reason
	overturnedWithdrawn = "withdrawn"
)

// refusal is a decision that refused, with its corrections.
type refusal struct {
	event        uuid.UUID
	on           time.Time     // a date, midnight UTC
	grounds      []locale.Text // as it stands; a zero one is not of the card
	outside      bool          // it rests, or rested once, on a ground that the card does not name
	overturned   string        // "": it stands as it was made
	overturnedOn *time.Time
}

// refusals are the decisions that refused, the earliest first, whatever the case has come to since. One that was taken back within a minute is none.
func (w *Work) refusals() (list []refusal) {
	decided, stands := false, -1 // whether a decision is in force, and which of the list it is
	for _, e := range w.Events {
		switch e.Kind {
		case EventDecided:
			switch {
			case !decided && e.Grounds != nil:
				list, stands = append(list, refusal{event: e.ID, on: workdays.DateOf(e.At)}), len(list)
			case stands >= 0:
				list[stands].overturn(overturnedCorrected, e.At)
			}
			if decided = true; stands >= 0 {
				list[stands].rest(w, e.Grounds)
			}
		case EventReopened:
			if stands >= 0 {
				list[stands].overturn(overturnedReopened, e.At)
			}
		case EventDecisionWithdrawn:
			if stands >= 0 {
				list[stands].overturn(overturnedWithdrawn, e.At)
			}
			decided, stands = false, -1
		}
	}
	return list
}

// rest writes down on which grounds the refusal rests.
func (r *refusal) rest(w *Work, ids []string) {
	r.grounds = nil
	for _, id := range ids {
		var text locale.Text
		if g := w.ground(id); g != nil {
			text = g.Text
		}
		r.outside = r.outside || text.UK == ""
		r.grounds = append(r.grounds, text)
	}
}

// overturn writes down what became of the refusal: of several things the one that says most, as it happened last.
func (r *refusal) overturn(how string, at time.Time) {
	weight := []string{"", overturnedCorrected, overturnedReopened, overturnedWithdrawn}
	if slices.Index(weight, how) < slices.Index(weight, r.overturned) {
		return
	}
	on := workdays.DateOf(at)
	r.overturned, r.overturnedOn = how, &on
}
