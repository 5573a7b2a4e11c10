package cases

import (
	"errors"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

func calendarDays(n int) workdays.Span { return workdays.Span{Days: n, In: workdays.InCalendar} }

func workingDays(n int) workdays.Span { return workdays.Span{Days: n, In: workdays.InWorking} }

// begun is a case of ten calendar days, filed on Monday 2 November 2026 and due on Thursday the 12th, whose stage of a working day
// is under way until the 3rd.
func begun(t *testing.T) *Work {
	t.Helper()
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), ofCase)
	if err := w.apply(Command{Act: Take}); err != nil {
		t.Fatal(err)
	}
	return w
}

// An extension moves the last day of the case and of the stage that is under way, and the applicant reads by how much.
func TestExtensionMovesTheLastDays(t *testing.T) {
	for name, tt := range map[string]struct {
		by          workdays.Span
		due, stage  string
		uk, english string
	}{
		"calendar days": {calendarDays(4), "2026-11-16", "2026-11-09", "Строк розгляду продовжено на 4 календарні дні, до 16 листопада 2026 року.", "The term is extended by 4 calendar days, until 16 November 2026."},
		"working days":  {workingDays(4), "2026-11-18", "2026-11-09", "Строк розгляду продовжено на 4 робочі дні, до 18 листопада 2026 року.", "The term is extended by 4 working days, until 18 November 2026."},
	} {
		w := begun(t)
		if err := w.apply(Command{Act: Extend, Extension: tt.by, Text: "чекаємо відповіді"}); err != nil {
			t.Fatal(err)
		}
		e := w.Events[len(w.Events)-1]
		if w.Case.DueOn.Format(time.DateOnly) != tt.due || w.Stages[0].DueOn.Format(time.DateOnly) != tt.stage || w.Case.State != InProgress {
			t.Errorf("%s: case until %s, stage until %s", name, w.Case.DueOn, w.Stages[0].DueOn)
		}
		if e.Kind != EventExtended || !e.Published || e.Text.UK != tt.uk || e.Text.EN != tt.english || e.Typed != "чекаємо відповіді" {
			t.Errorf("%s: %+v", name, e)
		}
		if d := w.Deadline(); !d.Due.Equal(w.Case.DueOn) || len(d.Extended) != 1 {
			t.Errorf("%s: the page explains %+v", name, d)
		}
	}
}

// A stage that begins anew after an extension has its own days again; the case keeps the extension.
func TestAStageThatBeginsAnewHasItsOwnDays(t *testing.T) {
	w := begun(t)
	if err := w.apply(Command{Act: Extend, Extension: calendarDays(4), Text: "так"}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 1)
	w.Stages[0].start(w.now, w.calendar)
	w.reckonTerms()
	if w.Stages[0].DueOn.Format(time.DateOnly) != "2026-11-04" || w.Case.DueOn.Format(time.DateOnly) != "2026-11-16" {
		t.Errorf("stage until %s, case until %s", w.Stages[0].DueOn, w.Case.DueOn)
	}
}

// All extensions together stay within what the installation allows: fifteen calendar days after Thursday the 12th end on Friday
// the 27th, whatever days are named.
func TestExtensionsAreLimited(t *testing.T) {
	w := begun(t)
	for name, tt := range map[string]struct {
		by   workdays.Span
		text string
		key  string
	}{
		"no days":           {calendarDays(0), "так", "cases.extend_days_range"},
		"days of no kind":   {workdays.Days(5), "так", "cases.extend_in_required"},
		"more than allowed": {calendarDays(16), "так", "cases.extend_days_range"},
		"more working days": {workingDays(12), "так", "cases.extend_over"},
		"no reason":         {calendarDays(5), " ", "cases.extend_required"},
	} {
		if err := w.apply(Command{Act: Extend, Extension: tt.by, Text: tt.text}); fieldKey(err) != tt.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.apply(Command{Act: Extend, Extension: workingDays(11), Text: "так"}); err != nil || w.Case.DueOn.Format(time.DateOnly) != "2026-11-27" {
		t.Fatalf("until %s, %v", w.Case.DueOn, err)
	}
	if err := w.apply(Command{Act: Extend, Extension: calendarDays(1), Text: "так"}); fault.MessageKey(err) != "cases.extend_used" {
		t.Errorf("once more: %v", err)
	}
	w = begun(t)
	w.now = w.now.AddDate(0, 0, 11)
	if err := w.apply(Command{Act: Extend, Extension: calendarDays(1), Text: "так"}); fault.MessageKey(err) != "cases.extend_late" {
		t.Errorf("after the last day: %v", err)
	}
	w = begun(t)
	w.MostExtension = 0
	if err := w.apply(Command{Act: Extend, Extension: calendarDays(1), Text: "так"}); fault.MessageKey(err) != "cases.extend_never" {
		t.Errorf("where the installation extends nothing: %v", err)
	}
}

func fieldKey(err error) string {
	var e *fault.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return e.Fields[0].Key
	}
	return fault.MessageKey(err)
}

// A term that stands still is extended too: it has as many days more left, and no day is named.
func TestWhatStandsStillIsExtended(t *testing.T) {
	w := begun(t)
	w.now = w.now.AddDate(0, 0, 2)
	if err := w.apply(Command{Act: Suspend, Text: "немає довідки"}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 40)
	if err := w.apply(Command{Act: Extend, Extension: workingDays(3), Text: "так"}); err != nil {
		t.Fatal(err)
	}
	d := w.Deadline()
	if len(d.Left) != 2 || d.Left[0] != calendarDays(8) || d.Left[1] != workingDays(3) || d.Due.Before(workdays.DateOf(w.now)) {
		t.Errorf("left %+v, due %s", d.Left, d.Due)
	}
	if says := w.Events[len(w.Events)-1].Text.UK; says != "Строк розгляду продовжено на 3 робочі дні." {
		t.Error(says)
	}
	if err := w.apply(Command{Act: Resume}); err != nil || !w.Case.DueOn.Equal(d.Due) {
		t.Errorf("resumed it is due %s, and the page promised %s: %v", w.Case.DueOn, d.Due, err)
	}
}

// Only the authority that decides extends a term: not the centre, and not who takes part.
func TestWhoExtends(t *testing.T) {
	w := begun(t)
	for _, tt := range []struct {
		grant access.Grant
		may   bool
	}{
		{access.Grant{Group: access.Officer, Place: access.InAuthority(w.Case.AuthorityID)}, true},
		{access.Grant{Group: access.AuthorityHead, Place: access.InAuthority(w.Case.AuthorityID)}, true},
		{access.Grant{Group: access.Administrator, Place: access.InCentre(w.Case.CentreID)}, false},
		{access.Grant{Group: access.CentreHead, Place: access.InCentre(w.Case.CentreID)}, false},
		{access.Grant{Group: access.Officer, Place: access.InAuthority(*partner)}, false},
	} {
		actor := access.Actor{Rights: access.MustDeclare(Rights).Defaults().Resolve(tt.grant)}
		if w.May(actor, Extend) != tt.may {
			t.Errorf("%+v: %t", tt.grant, !tt.may)
		}
	}
}
