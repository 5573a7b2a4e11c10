// Package audit writes the trail: who changed what, when and why, in the same transaction as the change.
// The trail is append-only; the database offers one function to write it and none to change it. It may
// import pgx types through shared/pg and nothing of the sites.
package audit

import "github.com/google/uuid"

// Actor is who did it, as the trail remembers them.
type Actor struct {
	ID   *uuid.UUID // nil: the system itself
	Name string     // login, or name of the process
}

// System is the actor for a process that acts by itself, e.g. "intake".
func System(process string) Actor { return Actor{Name: process} }

// Entry is one line of the trail. It names objects by id and holds nobody's data.
type Entry struct {
	Action      string // e.g. catalogue.card.publish
	ObjectType  string
	ObjectID    string
	CentreID    *uuid.UUID
	AuthorityID *uuid.UUID
	Reason      string
	Detail      any // small, becomes JSON; nil is {}
}
