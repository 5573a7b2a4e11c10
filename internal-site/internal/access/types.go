// Package access knows the staff: accounts, roles by centre and authority, sessions, sign-in, and, in one
// place, who may do what. Rules are in types.go, rules.go and password.go and know neither HTTP nor SQL;
// store*.go hold the SQL. It may import shared and internal/audit, and no other domain.
package access

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
)

// Role is what a person is in a centre, in an authority or in the region.
type Role string

// The roles.
const (
	Administrator       Role = "administrator"        // of a centre: takes applications in, follows cases
	CentreHead          Role = "centre_head"          // of a centre: also approves cards
	Officer             Role = "officer"              // of an authority: works on cases and decides
	AuthorityHead       Role = "authority_head"       // of an authority: also approves and publishes its cards
	RegionalManager     Role = "regional_manager"     // of the region: sees everything, keeps the catalogue
	PortalAdministrator Role = "portal_administrator" // keeps accounts; sees no cases
)

// Roles lists every role in the order pages show them.
var Roles = []Role{Administrator, CentreHead, Officer, AuthorityHead, RegionalManager, PortalAdministrator}

// Place says where a role is given.
type Place string

// Where a role counts.
const (
	InCentre    Place = "centre"
	InAuthority Place = "authority"
	InRegion    Place = "region"
)

// Place returns where the role counts, "" for a role that does not exist.
func (r Role) Place() Place {
	switch r {
	case Administrator, CentreHead:
		return InCentre
	case Officer, AuthorityHead:
		return InAuthority
	case RegionalManager, PortalAdministrator:
		return InRegion
	}
	return ""
}

// Grant is one role that somebody was given, and where.
type Grant struct {
	Role        Role
	CentreID    uuid.UUID // set for roles in a centre
	AuthorityID uuid.UUID // set for roles in an authority
}

// Actor is the person behind a request. The zero value may do nothing.
type Actor struct {
	UserID      uuid.UUID
	Login, Name string
	Roles       []Grant
	process     string
}

// System returns the actor for a process of the portal. It holds no role: domain functions that processes
// call take what they may do from the caller, not from here.
func System(process string) Actor { return Actor{process: process} }

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
	Position   string
	Email      string
	Phone      string
	Language   string
	MustChange bool // the password was set by somebody else
	Blocked    bool
	CreatedAt  time.Time
	Version    int
	Roles      []Grant
}

// Actor returns the account as the one who acts.
func (u User) Actor() Actor {
	return Actor{UserID: u.ID, Login: u.Login, Name: u.FullName, Roles: u.Roles}
}
