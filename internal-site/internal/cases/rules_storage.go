package cases

import (
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// What the history says of a result that nobody collects.
const (
	EventResultWaits EventKind = "result_waits" // its applicant is reminded of it
	EventUncollected EventKind = "uncollected"  // its storage term is over
)

// usualStorage is for how many calendar days a result is stored in a region that says nothing of it.
const usualStorage = 30

// reminderLead is how many days before the end of its storage term the applicant is reminded of a result, at most.
const reminderLead = 7

// Uncollected says since when the result has been stored for longer than its storage term; nil while it has not. It stays so in the
// archive, until the result is handed over.
func (w *Work) Uncollected() *time.Time { return w.Case.UncollectedAt }

// leadOf is how many days before the end of a storage term the applicant is reminded: less in a term that is short itself.
func leadOf(days int) int { return min(reminderLead, days/2) }

// storedSince is since when the result has waited in the centre to be collected: since the decision, its correction or the file that
// took the place of another. False while there is none there.
func (w *Work) storedSince() (since time.Time, stored bool) {
	if w.Case.State != Decided || w.Case.DecidedAt == nil || w.issues() != nil {
		return time.Time{}, false
	}
	since = w.lastOf(EventDecided, EventResultReady)
	if out := w.lastEvent(EventResultWithdrawn); out != nil && out.At.After(since) && !w.HasResult() {
		return time.Time{}, false
	}
	if since.Before(*w.Case.DecidedAt) {
		since = *w.Case.DecidedAt
	}
	if s := w.first(); s != nil && s.StartedAt != nil && s.StartedAt.After(since) {
		since = *s.StartedAt
	}
	return since, true
}

// followStorage writes into the history that the applicant is reminded of a result, some days before its storage term ends, and later
// that the term is over; it says whether it wrote anything. The day that the reminder names holds, whatever the region says later; and
// nobody is reminded too late to come, so that a result which has lain for long is stored for some days more.
func (w *Work) followStorage() bool {
	since, stored := w.storedSince()
	if !stored || w.StorageDays <= 0 || w.Case.UncollectedAt != nil {
		return false
	}
	today := workdays.DateOf(w.now)
	if w.Case.StoredUntil != nil {
		if !today.After(*w.Case.StoredUntil) {
			return false
		}
		w.Case.UncollectedAt = w.moment()
		w.add(EventUncollected, saysUncollected, true)
		return true
	}
	lead := leadOf(w.StorageDays)
	until := w.storedFor(since, w.StorageDays)
	if today.Before(until.AddDate(0, 0, -lead)) {
		return false
	}
	if least := w.storedFor(w.now, lead); until.Before(least) {
		until = least
	}
	w.Case.StoredUntil = &until
	w.add(EventResultWaits, sayDays("cases.says.result_waits", func(p *locale.Printer) []any { return []any{p.Date(until)} }), true)
	return true
}

// storedFor is the last of so many days of storage; one on which the centre works.
func (w *Work) storedFor(from time.Time, days int) time.Time {
	if days == 0 {
		return workdays.DateOf(from)
	}
	return w.calendar.Deadline(from, workdays.Span{Days: days, In: workdays.InCalendar}, w.now).Due
}

// keepStorage forgets what was said of storing a result that was handed over or withdrawn, or that another one has replaced: its
// storage begins anew.
func (w *Work) keepStorage() {
	since, stored := w.storedSince()
	if w.Case.State != Closed && (!stored || since.Equal(w.now)) {
		w.Case.StoredUntil, w.Case.UncollectedAt = nil, nil
	}
}
