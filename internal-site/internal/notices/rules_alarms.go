package notices

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Whom is who an alarm rings for.
type Whom string

// Those for whom alarms ring.
const (
	Executor Whom = "executor" // whoever has the case within the party
	Head     Whom = "head"     // of the party whose turn it is
	Manager  Whom = "manager"  // of the region
)

// Whoms lists them in the order pages show them.
var Whoms = []Whom{Executor, Head, Manager}

// Alarm says that somebody is told when a term ends.
type Alarm struct {
	Days int // working days; below nought before the last day, nought on it
	Whom Whom
}

// Alarms are those of a centre or an authority, or those of the region.
type Alarms struct {
	Place  access.Place // Region: for all that have none of their own
	Name   locale.Text
	Own    bool // set for the place itself; otherwise Alarms are the region's
	Alarms []Alarm
}

const (
	daysBefore = 30
	daysAfter  = 60
	// MostAlarms is how many a place may have.
	MostAlarms = 6
)

// checkAlarms says what is wrong with the alarms of a place; fields are named by their row.
func checkAlarms(list []Alarm) error {
	var wrong []fault.FieldError
	for i, a := range list {
		if a.Days < -daysBefore || a.Days > daysAfter {
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("alarms.%d.days", i), Key: "notices.alarm_days", Args: []any{daysBefore, daysAfter}})
		}
		if !slices.Contains(Whoms, a.Whom) {
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("alarms.%d.whom", i), Key: "notices.alarm_whom"})
		}
	}
	if len(list) > MostAlarms {
		wrong = append(wrong, fault.FieldError{Field: "alarms.0.days", Key: "notices.alarms_many", Args: []any{MostAlarms}})
	}
	return fault.InvalidFields(wrong...)
}

// tidyAlarms puts them in order, each once.
func tidyAlarms(list []Alarm) []Alarm {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Alarm) int { return cmp.Or(a.Days-b.Days, strings.Compare(string(a.Whom), string(b.Whom))) })
	return slices.Compact(list)
}

// Edition names a set of alarms as it was read, so that a save that came too late is noticed.
func (a Alarms) Edition() string {
	if !a.Own {
		return ""
	}
	parts := []string{}
	for _, one := range tidyAlarms(a.Alarms) {
		parts = append(parts, fmt.Sprintf("%d:%s", one.Days, one.Whom))
	}
	return strings.Join(parts, ",")
}

// rings are the moments at which alarms of so many days ring for last days around now, as three lists of equal length: the
// last day, the days of the alarm, and when it rings.
type rings struct {
	due  []time.Time
	days []int32
	at   []time.Time
}

// ringing computes which last days ring at a moment between oldest and now.
func ringing(cal workdays.Calendar, days []int32, oldest, now time.Time) rings {
	var r rings
	for _, n := range days {
		for due := workdays.DateOf(oldest).AddDate(0, 0, -2*daysAfter); !due.After(workdays.DateOf(now).AddDate(0, 0, 2*daysBefore+10)); due = due.AddDate(0, 0, 1) {
			if at := startOf(shifted(cal, due, int(n))); at.After(oldest) && !at.After(now) {
				r.due, r.days, r.at = append(r.due, due), append(r.days, n), append(r.at, at)
			}
		}
	}
	return r
}

// shifted is the date so many working days after another, or before it.
func shifted(cal workdays.Calendar, date time.Time, days int) time.Time {
	step := 1
	if days < 0 {
		step = -1
	}
	for left, guard := days*step, 0; left > 0 && guard < 400; guard++ {
		if date = date.AddDate(0, 0, step); cal.Working(date) {
			left--
		}
	}
	return date
}

// startOf is when a date begins in Kyiv.
func startOf(date time.Time) time.Time {
	return time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, locale.Kyiv())
}

// headed are the places whose head the actor is, and whether they are a manager of the region.
func headed(actor access.Actor) (places []uuid.UUID, manager bool) {
	scope := access.ScopeOf(actor, Escalate)
	places = []uuid.UUID{}
	for _, p := range scope.Own {
		places = append(places, p.ID)
	}
	return places, scope.All
}
