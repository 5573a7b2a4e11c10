// Package opendata makes the data set «services provided» of resolution 835 from cases that have ended, as files that leave: a row for each
// case, with nothing of a person in it. rules.go says what a row shows and which rows are left out, write.go writes files, store.go reads
// the cases and publishes. It may import shared, internal/access, internal/audit and internal/documents; store*.go hold the SQL.
package opendata

import (
	"embed"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/opendata"
)

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

var said = locale.MustLoad(Words)

// Publish is the action of deciding whether the set is public, and of having it made now.
const Publish access.Action = "opendata.publish"

// Rights is what the domain declares. The set is the region's.
var Rights = access.Domain{Name: "opendata", Words: Words, Rights: []access.Right{
	{Action: Publish, Default: access.Defaults{access.PortalAdministrator: access.Anywhere, access.RegionalManager: access.Anywhere}},
}}

// Ended is a case that has ended, as the cases have it.
type Ended struct {
	UID          uuid.UUID
	RegisteredAt time.Time
	Service      uuid.UUID
	Code, Title  string // of the service
	Public       bool   // the service is published
	Authority    uuid.UUID
	EDRPOU, Name string // of the authority
	Applicant    string // the applicant's kind
	Entity       string // name and code of an entity, as they were typed
	EntityCode   string
	Outcome      string
	CompletedOn  time.Time // a date
	IssuedOn     *time.Time
	Amount       string // of the fee in hryvnias; "" when the card does not state it
}

// group is whose people are counted together to say whether one of them could be recognised.
type group struct{ service, authority uuid.UUID }

// Left is how many cases are left out of an edition.
type Left struct {
	Few    int `json:"few"`     // people who could be recognised
	Hidden int `json:"hidden"`  // of services that are not published
	NoCode int `json:"no_code"` // of authorities without a code of ЄДРПОУ, which the schema demands
}

// State is how the set stands.
type State struct {
	Public    bool
	Asked     bool       // it is about to be made
	MadeAt    *time.Time // when it was looked at last
	FailedAt  *time.Time // when making it failed; nil after it has succeeded
	Edition   *opendata.Edition
	OutAt     *time.Time // since when the edition is published
	Left      Left
	Version   int
	ChangedAt time.Time
}

// TriedAgain is when the set is made again after it has failed.
func (s State) TriedAgain() time.Time { return s.FailedAt.Add(pause) }

// RenewableFrom is when an edition may follow the present one; zero when one may at any time.
func (s State) RenewableFrom() time.Time {
	if s.Edition == nil || s.OutAt == nil {
		return time.Time{}
	}
	return s.OutAt.Add(settling)
}

// Settled says whether an edition may follow now.
func (s State) Settled(now time.Time) bool { return !now.Before(s.RenewableFrom()) }

// Decision is to publish the set or to stop that.
type Decision struct {
	Public bool
	Reason string
	Seen   int // the version that the decision is about
}
