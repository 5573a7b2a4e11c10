package cases

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// returned is one time that the application was returned to its applicant for correction.
type returned struct {
	event     uuid.UUID        // of the suspension
	on        time.Time        // a date, midnight UTC
	endedOn   *time.Time       // the same; nil while the work stands still
	stood     workdays.Elapsed // zero while it does
	answers   bool             // answers of the form were asked for as well
	documents []locale.Text    // that were asked for, as the card names them
}

// returns are the times that the application was returned to its applicant, the earliest first. Each lasts until the work goes on, or the
// application is taken back.
func (w *Work) returns() (list []returned) {
	var since *time.Time // when the last of the list began; nil when it has ended
	for _, e := range w.Events {
		switch e.Kind {
		case EventSuspended:
			if since == nil {
				list, since = append(list, w.returnedBy(e)), &e.At
			}
		case EventResumed, EventWithdrawn:
			if since == nil {
				continue
			}
			last, on := &list[len(list)-1], workdays.DateOf(e.At)
			last.stood, _ = w.elapsed(*since, e.At, nil)
			last.endedOn, since = &on, nil
		default:
		}
	}
	return list
}

// wasReturned says whether the application was ever returned to its applicant, also by an act that was taken back.
func (w *Work) wasReturned() bool {
	return slices.ContainsFunc(w.Events, func(e Event) bool { return e.Kind == EventSuspended || e.Was == EventSuspended })
}

// returnedBy is the return that a suspension began, with what it asks for by name.
func (w *Work) returnedBy(e Event) returned {
	r := returned{event: e.ID, on: workdays.DateOf(e.At)}
	i := slices.IndexFunc(w.Asked, func(c Correction) bool { return c.ID == e.ID })
	if i < 0 {
		return r
	}
	r.answers = len(w.Asked[i].Fields) > 0
	for _, id := range w.Asked[i].Documents {
		if d, known := documentNamed(w.Card, id); known {
			r.documents = append(r.documents, d.Name)
		}
	}
	return r
}
