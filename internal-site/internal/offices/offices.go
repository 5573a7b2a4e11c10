// Package offices knows who holds which office of an authority or a centre, who is absent, and who substitutes for whom. An
// office is what a technological card names in words: «Начальник управління». offices.go and rules.go are pure; store.go
// holds the SQL. It may import internal/access, internal/audit and shared.
package offices

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
)

// Manage is the action of giving offices to people and of entering who is absent, which heads do for their own place.
const Manage access.Action = "offices.manage"

// Rights is what the domain declares. Offices and absences belong to a centre or an authority.
var Rights = access.Domain{Name: "offices", Words: Words, Rights: []access.Right{
	{Action: Manage, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own,
	}},
}}

// Office is an office of one place. Key is its name as names are compared.
type Office struct {
	Place uuid.UUID
	Key   string
}

var plainly = strings.NewReplacer("’", "'", "ʼ", "'", "`", "'")

// Key returns the name of an office as names are compared: in small letters, with single spaces and plain apostrophes.
func Key(title string) string {
	return strings.Join(strings.Fields(plainly.Replace(strings.ToLower(title))), " ")
}

// Holder is somebody who holds an office.
type Holder struct {
	Office
	Title string
	Kind  access.PlaceKind
	User  uuid.UUID
	Name  string
	Gone  bool // the account is blocked, so that the office counts as vacant
	Since time.Time
	// Absence is the one that the holder has on the day that was asked for; nil: they are there.
	Absence *Absence
}

// Absence is when somebody is away, and who acts for them.
type Absence struct {
	ID         uuid.UUID
	User       uuid.UUID
	Name       string
	Substitute *uuid.UUID
	For        string // name of the substitute
	First      time.Time
	Last       time.Time
	Reason     string
}

// On says whether somebody is away on the date.
func (a Absence) On(date time.Time) bool { return !date.Before(a.First) && !date.After(a.Last) }

// ScopeSQL holds for the offices h that a scope covers.
const ScopeSQL = `(@scope_all or h.place = any(@scope_own_centre) or h.place = any(@scope_own_authority))`
