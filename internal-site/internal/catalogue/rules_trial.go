package catalogue

import (
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// trialDays is how many days an application is tried to be filed on: every day of a year.
const trialDays = 366

// TryTech lets the stages of a technological card run in their order, parallel ones at the same time, from every day of the year
// that begins today, and returns how that ends on the worst of them. Sums say too little: one row runs in working days and another in
// calendar ones. ok is false where there is nothing to hold the stages against, or their longest way is too much already.
func TryTech(c contract.TechCard, cal workdays.Calendar, today time.Time) (worst workdays.Trial, ok bool) {
	if c.StatutoryDays <= 0 || len(c.Stages) == 0 || c.OverTerm() {
		return worst, false
	}
	legs := make([]workdays.Leg, len(c.Stages))
	for i, s := range c.Stages {
		legs[i] = workdays.Leg{Span: workdays.Span{Days: max(s.Days, 0), In: s.DaysIn}, After: c.Waits(i)}
	}
	return cal.Try(today, trialDays, legs, c.Statutory()), true
}

// CheckTrial says that the stages of a card can end after the statutory term: when filed on which day, and by how much.
func CheckTrial(c contract.TechCard, cal workdays.Calendar, today time.Time) error {
	worst, ok := TryTech(c, cal, today)
	if !ok || !worst.Late() {
		return nil
	}
	return fault.InvalidFields(fault.FieldError{
		Field: "stages", Key: "catalogue.stages_late", Args: []any{worst.Over, worst.Start, worst.End, worst.Due},
	})
}
