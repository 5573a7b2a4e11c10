package notices

import (
	"strings"
	"time"

	"portal.example/shared/locale"
)

// What is told of an appointment.
const (
	BookingLost   Kind = "booking_lost"   // the centre cannot keep it
	BookingStands Kind = "booking_stands" // after that was told: it can be kept again
	BookingNear   Kind = "booking_near"   // it comes near
)

// AppointmentKinds lists every kind that tells of an appointment and not of a case.
var AppointmentKinds = []Kind{BookingLost, BookingStands, BookingNear}

// Appointment is what a notice of one depends on, as it stands at the moment of sending.
type Appointment struct {
	Number  string
	Receipt string // number of the receipt that its holder has; "" for one that staff booked
	Tracked bool   // its holder has a code for the public site
	Booked  bool   // and nobody has come, given it back or refused it
	Stands  bool   // it can be kept
	Begins  time.Time
	Group   locale.Text // what it is for, all of it
	Centre  locale.Text
	Address locale.Text // of the centre
	Phones  []string    // of the centre
	Way     locale.Text // how to get in there
	Bring   []locale.Text
	Said    Kind // what its holder was told last of this time, by a letter or by staff; "" for nothing
	Told    bool // staff have told them what this notice says
	On      bool // the modules are switched on for the centre
	Contact Contact
}

// night is when people are not told of appointments, unless it cannot wait.
var night = Quiet{From: 21, To: 8}

// cannotWait is how long before its time somebody learns at any hour that an appointment is lost.
const cannotWait = 3 * time.Hour

// tooLate is how long before its time nobody is reminded of an appointment any more.
const tooLate = time.Hour

// JudgeAppointment decides about a notice of an appointment from what is true now. Of a time that is over, or that the appointment no longer has,
// there is nothing to tell, and of what was told already neither.
func JudgeAppointment(n Notice, a Appointment, has map[ChannelName]bool, now time.Time) Judgement {
	switch {
	case !a.On:
		return Judgement{State: Dropped, Reason: ReasonOff}
	case !a.Booked || n.About == nil || !a.Begins.Equal(*n.About) || !now.Before(a.Begins):
		return Judgement{State: Dropped, Reason: ReasonPast}
	case n.Kind == BookingLost && (a.Stands || a.Said == BookingLost), n.Kind == BookingStands && (!a.Stands || a.Said != BookingLost):
		return Judgement{State: Dropped, Reason: ReasonPast}
	case n.Kind == BookingNear && !a.Stands:
		return Judgement{State: Dropped, Reason: ReasonPast}
	case a.Told:
		return Judgement{State: Dropped, Reason: ReasonUnwanted}
	}
	return a.judge(n, has, now)
}

// judge takes the channel for a notice that there is to tell, and the hour.
func (a Appointment) judge(n Notice, has map[ChannelName]bool, now time.Time) Judgement {
	until, wait := night.Until(now), cannotWait
	if n.Kind == BookingNear {
		if wait = tooLate; until.After(a.Begins.Add(-wait)) {
			return Judgement{State: Dropped, Reason: ReasonLate}
		}
	}
	channel, to, reason := a.Contact.choose(has)
	if reason != "" {
		return Judgement{State: Failed, Reason: reason}
	}
	j := Judgement{State: Waiting, Channel: channel, To: to}
	if until.After(now) && !until.After(a.Begins.Add(-wait)) {
		j.Until = until
	}
	return j
}

// WriteAppointment words a notice of an appointment in its holder's language. It names nobody.
func (w Writer) WriteAppointment(n Notice, a Appointment, channel ChannelName, to string) Letter {
	p := w.Words.In(a.Contact.Language)
	when, kind := p.DateTimeShort(a.Begins), string(n.Kind)
	l := Letter{ID: n.EventID, To: to, Subject: p.T("notices.subject."+kind, when)}
	do, link := "notices.do."+kind+"_centre", ""
	if a.Tracked && a.Receipt != "" && w.PublicURL != "" {
		do, link = "notices.do."+kind, w.link(a.Receipt)
	}
	if channel == SMS {
		where := link
		if where == "" {
			where = in(p, a.Centre)
			if len(a.Phones) > 0 {
				where = a.Phones[0]
			}
		}
		say := func(centre string) string { return p.T("notices.short."+kind, when, a.Number, centre, where) }
		l.Text = say(shorten(in(p, a.Centre), maxShort-units(say(""))))
		return l
	}
	l.Text = strings.Join([]string{
		p.T("notices.hello"),
		p.T("notices.says."+kind, when, a.Number, in(p, a.Group)),
		a.visit(p, n.Kind) + p.T(do, link),
		p.T("notices.appointment_questions", in(p, a.Centre), in(p, a.Address), strings.Join(a.Phones, ", ")),
		p.T("notices.automatic"),
	}, "\n\n") + "\n"
	return l
}

// visit says in a reminder where to come, how to be received there and what to bring, a part each; "" in other notices.
func (a Appointment) visit(p *locale.Printer, kind Kind) string {
	if kind != BookingNear {
		return ""
	}
	parts := []string{p.T("notices.appointment_where", in(p, a.Centre), in(p, a.Address))}
	if way := in(p, a.Way); way != "" {
		parts = append(parts, way)
	}
	parts = append(parts, p.T("notices.appointment_arrive", a.Number))
	if len(a.Bring) == 0 {
		return strings.Join(append(parts, p.T("notices.appointment_bring_nothing"), ""), "\n\n")
	}
	list := []string{p.T("notices.appointment_bring")}
	for _, b := range a.Bring {
		list = append(list, "– "+in(p, b))
	}
	return strings.Join(append(parts, strings.Join(list, "\n"), ""), "\n\n")
}
