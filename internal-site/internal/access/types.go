// Package access knows the staff: accounts, groups and their rights, who is in which group and where,
// sessions and sign-in. Which actions there are is declared by the domains, each in its own rights.go; access
// decides who may do them and knows no table of another domain. Rules are in types.go, rules.go, groups.go,
// declare.go and password.go and know neither HTTP nor SQL; store*.go hold the SQL. It may import shared and
// internal/audit, and no other domain.
package access

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/locale"
)

// PlaceKind says what kind of place it is in which a group counts and to which objects belong.
type PlaceKind string

// The kinds of places.
const (
	Centre    PlaceKind = "centre"
	Authority PlaceKind = "authority"
	Region    PlaceKind = "region" // the whole installation; it has no id
)

// located are the kinds of places that objects may belong to.
var located = []PlaceKind{Centre, Authority}

// Place is one centre, one authority or the region.
type Place struct {
	Kind PlaceKind
	ID   uuid.UUID
}

// InCentre returns the place that a centre is.
func InCentre(id uuid.UUID) Place { return Place{Centre, id} }

// InAuthority returns the place that an authority is.
func InAuthority(id uuid.UUID) Place { return Place{Authority, id} }

// InRegion returns the place that the whole region is.
func InRegion() Place { return Place{Kind: Region} }

// In returns a place of the kind; the region ignores the id.
func In(kind PlaceKind, id uuid.UUID) Place {
	if kind == Region {
		return InRegion()
	}
	return Place{kind, id}
}

// Grant is one membership: a group, and the place in which its rights count for this person.
type Grant struct {
	Group GroupCode
	Place Place
	Name  locale.Text // of the group; read-only
}

// Same says whether both are the same membership.
func (g Grant) Same(other Grant) bool { return g.Group == other.Group && g.Place == other.Place }

// Actor is the person behind a request. The zero value may do nothing.
type Actor struct {
	UserID      uuid.UUID
	Login, Name string
	Grants      []Grant
	Rights      Rights // what the groups add up to
	process     string
	operator    bool
}

// System returns the actor for a process of the portal. It is in no group: domain functions that processes
// call take what they may do from the caller, not from here.
func System(process string) Actor { return Actor{process: process} }

// Operator returns the actor for somebody who may run commands on the server. The command line is the root of
// trust: it gives the first rights, and nobody has to confirm what it does.
func Operator(name string) Actor { return Actor{process: name, operator: true} }

// Audit returns the actor as the trail remembers it.
func (a Actor) Audit() audit.Actor {
	if a.process != "" {
		return audit.System(a.process)
	}
	id := a.UserID
	return audit.Actor{ID: &id, Name: a.Login}
}

// User is one account.
type User struct {
	ID         uuid.UUID
	Login      string
	FullName   string
	Position   locale.Text
	Email      string
	Phone      string
	Language   string // "" until they choose one: then the browser's
	MustChange bool   // the password was set by somebody else
	Blocked    bool
	CreatedAt  time.Time
	// LastSignIn is nil for whoever has never signed in.
	LastSignIn *time.Time
	// PasswordExpires is the end of a password that has to be changed; nil for one without.
	PasswordExpires *time.Time
	Settings        Settings
	Factors         int  // how many second factors it has
	NeedsFactor     bool // a group that it is in needs one
	WrongCodes      int  // of second factors, since the last right one
	FactorDue       bool // of a session: the second factor is still to come
	ByProvider      bool // of a session: it began at an OpenID Connect provider
	ProviderFactor  bool // and what the provider asked for there stands for the second factor
	Version         int
	Grants          []Grant
	Rights          Rights
}

// Object returns where the account belongs: to every place in which it is in a group.
func (u User) Object() Object {
	var o Object
	for _, g := range u.Grants {
		if g.Place.ID != uuid.Nil {
			o.Own = append(o.Own, g.Place)
		}
	}
	return o
}

// Actor returns the account as the one who acts.
func (u User) Actor() Actor {
	return Actor{UserID: u.ID, Login: u.Login, Name: u.FullName, Grants: u.Grants, Rights: u.Rights}
}
