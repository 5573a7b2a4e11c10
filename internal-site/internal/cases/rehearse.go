package cases

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/workdays"
)

// Rehearse begins the work on a case that is not in the database yet, by the same rules as Register: its due
// date, its stages and first events. Content that is worked out ahead, like the demo region, goes on with Do.
func Rehearse(c Case, card contract.Card, tech contract.TechCard, cal workdays.Calendar, by access.Actor, newID func() uuid.UUID) *Work {
	o := offered{Card: card, TechCard: tech}
	w := &Work{Case: c, Card: card, Term: o.term(), MostExtension: usualExtension, StorageDays: usualStorage, calendar: cal, now: c.RegisteredAt, by: by, newID: newID}
	w.Case.State, w.Case.DueOn = Registered, cal.Deadline(c.FiledAt, w.Term, w.now).Due
	w.add(EventRegistered, saysRegistered(c.Number), true)
	w.Stages, w.facts = stagesOf(c.ID, tech, newID), factsOf(c.Channel, "", false)
	w.moveOn()
	return w
}

// Do does one act as actor at a moment, with every rule and right of the real work.
func (w *Work) Do(cmd Command, actor access.Actor, at time.Time) error {
	w.by, w.now = actor, at
	return w.apply(cmd)
}

// Elapse lets time go by until a moment at which nobody acts, and says whether the portal wrote something into the case by itself: that
// silence counts as consent, that the applicant is reminded of a result, or that nobody has collected it in its storage term.
func (w *Work) Elapse(at time.Time) bool {
	w.by, w.now = access.System("terms"), at
	tacit, stored := w.flagTacit(), w.followStorage()
	return tacit || stored
}
