// Package questions is consultation: people ask a centre or an authority something online, and its staff answer. What
// is written stays inside; an answer leaves only sealed to the secret code of whoever asked.
//
// types.go, rules.go and rights.go are pure; store*.go hold the SQL; intake.go takes what arrives. It may import
// shared, internal/access, internal/audit, internal/documents, internal/intake,
// internal/modules and internal/org.
package questions

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/locale"
)

// State is where a thread stands.
type State string

// The states.
const (
	Open     State = "open"     // waits for its answer
	Answered State = "answered" // staff may still add to it
	Closed   State = "closed"
)

// States lists every state.
var States = []State{Open, Answered, Closed}

// Kind says what a message of a thread is.
type Kind string

// The kinds of messages.
const (
	Question Kind = "question" // what the person wrote
	Answer   Kind = "answer"   // for the person
	Closing  Kind = "closing"  // for the person: why it was closed without an answer
	Note     Kind = "note"     // for colleagues
)

// Addressee is who has to answer: a centre or an authority.
type Addressee struct {
	CentreID    *uuid.UUID
	AuthorityID *uuid.UUID
	Name        locale.Text
}

// ID is the id of the centre or authority.
func (a Addressee) ID() uuid.UUID {
	switch {
	case a.CentreID != nil:
		return *a.CentreID
	case a.AuthorityID != nil:
		return *a.AuthorityID
	}
	return uuid.Nil
}

// Thread is one question with what was written about it.
type Thread struct {
	ID            uuid.UUID
	Number        string
	MessageID     uuid.UUID
	ReceiptNumber string
	Addressee     Addressee
	Official      string // a letter: to whom of the addressee's officials it is written; "" to nobody in particular
	ServiceID     *uuid.UUID
	Service       locale.Text
	Topic         string
	Name          string
	Email         string
	Phone         string
	Language      locale.Lang
	State         State
	AskedAt       time.Time
	RegisteredAt  time.Time
	DueOn         time.Time  // a date, midnight UTC
	DueWas        *time.Time // before a change of the calendar moved it
	AnsweredAt    *time.Time
	ClosedAt      *time.Time
	Version       int

	Messages []Message
	Files    []documents.File

	recipient string
}

// Object is where the thread belongs, for access.Can.
func (t Thread) Object() access.Object {
	if t.Addressee.CentreID != nil {
		return access.Object{Own: []access.Place{{Kind: access.Centre, ID: *t.Addressee.CentreID}}}
	}
	return access.Object{Own: []access.Place{{Kind: access.Authority, ID: t.Addressee.ID()}}}
}

// Late says whether the question should have been answered before the date today.
func (t Thread) Late(today time.Time) bool { return t.State == Open && t.DueOn.Before(today) }

// Message is one entry of a thread.
type Message struct {
	ID     uuid.UUID
	At     time.Time
	Kind   Kind
	Text   string
	Author string // of staff; "" for the person who asks
}

// Filter says which threads a list shows. Zero fields filter nothing.
type Filter struct {
	State  State // "": those that are not closed, or all when something is searched for
	Q      string
	Late   bool
	Untold bool // whoever asked does not know that there is an answer
	Mine   bool // letters that are written to the actor
	Page   int  // from 1
}

// PageSize is the number of threads on a page.
const PageSize = 30

// List is one page of threads.
type List struct {
	Threads []Thread
	Total   int
	Page    int
}
