package cases

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Extend gives a case more time than its term has.
const Extend Act = "extend"

// EventExtended is what it leaves in the history.
const EventExtended EventKind = "extended"

// usualExtension is by how many calendar days a term may be extended where the installation has not said it.
const usualExtension = 15

// Extension is by how much the term of a case was extended.
type Extension struct {
	Days int
	In   workdays.Unit
	At   time.Time
	// Stages were under way then: their terms are as much longer.
	Stages []uuid.UUID
}

// The term is extended while it runs or stands still, with a reason that the applicant reads, and all extensions of a case together
// by no more calendar days than the installation allows.
var extend = rule{
	act: Extend, from: []State{InProgress, Suspended}, right: ExtendTerm, undo: undoOpenly, textMissing: "cases.extend_required",
	hinders: (*Work).hindersExtension, check: (*Work).checkExtension, perform: (*Work).extend,
	detail: func(cmd Command) map[string]string {
		return map[string]string{"days": strconv.Itoa(cmd.Extension.Days), "days_in": string(cmd.Extension.In)}
	},
}

func (w *Work) hindersExtension() error {
	switch due := w.Deadline().Due; {
	case w.MostExtension <= 0:
		return fault.New(fault.Conflict, "cases.extend_never")
	case w.Case.State.Running() && due.Before(workdays.DateOf(w.now)):
		return fault.New(fault.Conflict, "cases.extend_late")
	case !due.Before(w.LastExtended()):
		return fault.New(fault.Conflict, "cases.extend_used")
	}
	return nil
}

// checkExtension: the days are working or calendar ones, and the term ends within what is allowed.
func (w *Work) checkExtension(cmd Command) []fault.FieldError {
	by := cmd.Extension
	if !slices.Contains([]workdays.Unit{workdays.InWorking, workdays.InCalendar}, by.In) {
		return []fault.FieldError{{Field: "extend_in", Key: "cases.extend_in_required"}}
	}
	if by.Days < 1 || by.Days > w.MostExtension {
		return []fault.FieldError{{Field: "extend_days", Key: "cases.extend_days_range", Args: []any{w.MostExtension}}}
	}
	if last := w.LastExtended(); w.extended(append(w.extensions(), by)).Due.After(last) {
		return []fault.FieldError{{Field: "extend_days", Key: "cases.extend_over", Args: []any{last}}}
	}
	return nil
}

// LastExtended is the day after which the term cannot end, however it is extended.
func (w *Work) LastExtended() time.Time {
	return w.extended([]workdays.Span{{Days: w.MostExtension, In: workdays.InCalendar}}).Due
}

func (w *Work) extend(cmd Command) error {
	e := Extension{Days: cmd.Extension.Days, In: cmd.Extension.In, At: w.now}
	for _, s := range w.Stages {
		if s.State == StageActive {
			e.Stages = append(e.Stages, s.ID)
		}
	}
	w.Case.Extensions = append(slices.Clone(w.Case.Extensions), e)
	w.reckonTerms()
	return w.addTyped(EventExtended, w.saysExtended(cmd.Extension), cmd.Text, true)
}

// saysExtended tells the applicant by how much, and until when unless the work stands still.
func (w *Work) saysExtended(by workdays.Span) locale.Text {
	key := "cases.says.extended." + string(by.In)
	if w.Case.State == Suspended {
		key = "cases.says.extended_standing." + string(by.In)
	}
	return sayDays(key, func(p *locale.Printer) []any { return []any{by.Days, p.Date(w.Case.DueOn)} })
}

// extensions are those of the case as they are counted.
func (w *Work) extensions() (list []workdays.Span) {
	for _, e := range w.Case.Extensions {
		list = append(list, workdays.Span{Days: e.Days, In: e.In})
	}
	return list
}

// extensionsOf are those that were given while the stage was under way, since it has begun the last time.
func (w *Work) extensionsOf(s Stage) (list []workdays.Span) {
	for _, e := range w.Case.Extensions {
		if slices.Contains(e.Stages, s.ID) && !e.At.Before(*s.StartedAt) {
			list = append(list, workdays.Span{Days: e.Days, In: e.In})
		}
	}
	return list
}

// extended is the deadline of the case with extensions.
func (w *Work) extended(by []workdays.Span) workdays.Deadline {
	return w.calendar.Extended(w.Case.FiledAt, w.Term, by, w.now, PausesOf(w.Events)...)
}
