// Package reception is the hall of a service centre: what people come for, the windows, and the one order in which everybody is called.
// Tickets carry no names. Decision 0055 says the rule in words, 0057 what an appointment is.
//
// types*.go, rules*.go and rights.go are pure; store*.go hold the SQL. It may import shared, internal/access, internal/audit, internal/notices/outbox,
// internal/intake and internal/org.
package reception

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Hall is what a centre's hall is made of, as its head arranged it. What was retired is left out unless a ticket may name it.
type Hall struct {
	CentreID uuid.UUID
	Centre   locale.Text
	// Last is for how many minutes before closing no tickets are given any more.
	Last int
	// InRow is how many people who go before others may be called one after another while somebody else waits; at least 1.
	InRow      int
	Groups     []Group
	Windows    []Window
	Priorities []Priority
	Plan       Plan
	Version    int
}

// Group is something that people come for: some services under one letter.
type Group struct {
	ID      uuid.UUID
	Letter  string // one Ukrainian capital
	Name    locale.Text
	Minutes int // how long one person usually takes
	// Pace is how long people took from the call to the end in the weeks before, shortest first, at even shares of them; nil: too few came.
	Pace     []time.Duration
	Services []uuid.UUID
	Retired  bool
}

// Window is a place where a clerk serves people.
type Window struct {
	ID     uuid.UUID
	Number int
	Groups []uuid.UUID // whom it can serve
	// Appoints is the one of them whose appointments it receives; nil: it receives none.
	Appoints *uuid.UUID
	Retired  bool
}

// Priority is a reason to be called before others, in the words of the law or of the centre.
type Priority struct {
	ID      uuid.UUID
	Name    locale.Text
	Retired bool
}

// State is where a ticket stands.
type State string

// The states.
const (
	Waiting State = "waiting"
	Called  State = "called" // on the way to a window
	Serving State = "serving"
	Parked  State = "parked" // put off by the clerk, who calls them again
	Missed  State = "missed" // was called and did not come; the place is kept
	Done    State = "done"
	Left    State = "left" // went away without being served
)

// States lists every state.
var States = []State{Waiting, Called, Serving, Parked, Missed, Done, Left}

// Ticket is one person in the hall on one day.
type Ticket struct {
	ID         uuid.UUID
	CentreID   uuid.UUID
	Day        time.Time // the date in Kyiv, midnight UTC
	Letter     string
	Number     int
	GroupID    uuid.UUID
	ServiceID  *uuid.UUID // nil: not known
	Further    []Matter   // what else the person came for, one after another
	Together   bool       // only a window that serves all of that calls it, while a clerk is at one: see Apart
	Apart      bool       // nobody who can do all of it is at a window now, and who can do some of it calls; it is seen anew whenever the hall is read
	Earlier    int        // matters that other windows have done for the person before
	PriorityID *uuid.UUID // nil: nobody goes first
	BookedFor  *time.Time // nil: walked in
	StandsAt   time.Time  // since when the person stands in the order; never changed
	ForWindow  *uuid.UUID // only this window may call them
	State      State
	Since      time.Time  // of the state
	WindowID   *uuid.UUID // where they are, or were last
	Calls      int
	IssuedAt   time.Time
	Spent      Spent
	Note       string     // for whoever takes over, from the clerk who sent the person on last
	NoteFrom   *uuid.UUID // the window of that clerk; nil: none
}

// Spent is the time of a ticket by what it was spent on, up to the beginning of its present state.
type Spent struct {
	Waiting time.Duration
	Walking time.Duration // from the call until the person stood at the window
	Serving time.Duration
	Aside   time.Duration // not come, put off, or ended and brought back
}

// Total is all of it.
func (s Spent) Total() time.Duration { return s.Waiting + s.Walking + s.Serving + s.Aside }

// Label is the ticket as boards and paper show it.
func (t Ticket) Label() string { return fmt.Sprintf("%s\u00a0%03d", t.Letter, t.Number) }

// Ended says whether nothing is left to do for the person.
func (t Ticket) Ended() bool { return t.State == Done || t.State == Left }

// AtWindow says whether the person is at a window or on the way to it.
func (t Ticket) AtWindow() bool { return t.State == Called || t.State == Serving }

// Day is a hall on one date.
type Day struct {
	CentreID uuid.UUID
	Date     time.Time // midnight UTC
	// ClosedWord is what people are told who want a ticket while none are given; ClosedAt nil: they are given.
	ClosedAt   *time.Time
	ClosedWord locale.Text
	Row        int // people who went before others and were called one after another until now
	Version    int // counts every act
	Tickets    []Ticket
	Seats      []Seat
}

// Seat is a clerk at a window.
type Seat struct {
	WindowID uuid.UUID
	UserID   uuid.UUID
	Name     string
	Since    time.Time
}

// Now is a hall as it is at a moment.
type Now struct {
	Hall    Hall
	Day     Day
	Opening Opening // of the days that come soon
	At      time.Time
}
