package retention

import (
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/kept"
	"portal.example/shared/fault"
)

const maxReason = 1000

// Standing is the rule of a kind while nobody has set one.
func Standing(k kept.Kind) Rule { return Rule{Kind: k.Name, Days: k.Default} }

// Before is the moment from before which a rule keeps nothing; ok is false when it keeps everything. A pause does not change it.
func (r Rule) Before(now time.Time) (before time.Time, ok bool) {
	return now.AddDate(0, 0, -r.Days), r.Days > 0
}

// Sooner says whether a term of days removes what the rule would have kept.
func (r Rule) Sooner(days int) bool { return days > 0 && (r.Days == 0 || days < r.Days) }

// Judge refuses a change beyond the bounds of its kind. A kind that the program keeps without a term may be left without one.
func (c Change) Judge(k kept.Kind) error {
	var wrong []fault.FieldError
	if (c.Days != 0 || k.Default != 0) && (c.Days < k.Least || c.Days > k.Most) {
		wrong = append(wrong, fault.FieldError{Field: "days", Key: "retention.days_bounds", Args: []any{k.Least, k.Most}})
	}
	switch {
	case len([]rune(c.Reason)) > maxReason:
		wrong = append(wrong, fault.FieldError{Field: "reason", Key: "form.too_long", Args: []any{maxReason}})
	case c.Reason == "":
		wrong = append(wrong, fault.FieldError{Field: "reason", Key: "retention.reason_required"})
	}
	if len(wrong) > 0 {
		return fault.InvalidFields(wrong...)
	}
	return nil
}

func permit(actor access.Actor) error { return access.Require(actor, Manage, access.Object{}) }
