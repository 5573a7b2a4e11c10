package reception

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

// Plan is how a hall offers appointments. With Ahead zero it offers none.
type Plan struct {
	Ahead      int // for how many days after today times are offered
	Notice     int // minutes before its time, until which one can be booked
	Cancel     int // minutes before its time, until which whoever booked can give it back or move it
	Share      int // of a hundred times of a window, how many are kept for people without an appointment
	PerContact int // how many appointments to come one contact may have
	New        int // of a hundred times of a day, how many may be booked online by people who have never come before
	Between    int // minutes between two matters of one appointment: a pause, or below zero what each further one saves
	Absences   []Absence
}

// Absence are days on which a window, or with a nil WindowID the whole hall, receives nobody by appointment.
type Absence struct {
	ID       uuid.UUID
	WindowID *uuid.UUID
	First    time.Time // dates, midnight UTC
	Last     time.Time
	Reason   string // for staff
}

// Opening is when a centre is open: its hours, and the dates (midnight UTC) that the calendar of the region says nobody works on, or
// everybody does although it is a weekend.
type Opening struct {
	Schedule hours.Schedule
	Off      map[time.Time]bool
	Works    map[time.Time]bool
}

// Matter is one of the things that somebody comes for: a service of a group, or with a nil service whatever of the group.
type Matter = contract.Matter

// Slot is a time at a window that is offered.
type Slot struct {
	WindowID uuid.UUID
	GroupID  uuid.UUID
	BeginsAt time.Time
	Minutes  int
}

// EndsAt is when the next one may begin.
func (s Slot) EndsAt() time.Time { return s.BeginsAt.Add(time.Duration(s.Minutes) * time.Minute) }

// BookingState is where an appointment stands.
type BookingState string

// The states of an appointment.
const (
	Booked    BookingState = "booked"
	Arrived   BookingState = "arrived" // the person has a ticket
	Cancelled BookingState = "cancelled"
	Refused   BookingState = "refused" // it was asked for online and could not be had
)

// Booking is an appointment of somebody.
type Booking struct {
	Slot

	ID        uuid.UUID
	Number    string // "1234-5678", unique everywhere
	CentreID  uuid.UUID
	ServiceID *uuid.UUID // nil: not known
	Further   []Matter   // what else it is for, in order
	State     BookingState
	Name      string // how to address the person; nobody has to prove who they are
	Email     string
	Phone     string
	Language  locale.Lang
	MadeAt    time.Time
	Online    bool
	TicketID  *uuid.UUID
	Stands    bool // the offer had a place for it when that was last looked at
}

// Appointment is what somebody wants to book.
type Appointment struct {
	// Press is made with the page whose button is pressed: the same appointment under the same one again is the same; zero: none.
	Press    uuid.UUID
	Group    uuid.UUID
	Service  *uuid.UUID // nil: not said
	Further  []Matter   // what else, in order
	At       time.Time
	Name     string
	Email    string
	Phone    string
	Language locale.Lang
}
