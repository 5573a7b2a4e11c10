package notices

import (
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
)

// The actions of this domain.
const (
	View        access.Action = "notices.view"
	Tell        access.Action = "notices.tell"     // record that the applicant was told another way
	SeeChannels access.Action = "notices.channels" // how e-mail and SMS do
	// Escalate is to be told of terms that end in one's places, and to say who is told of them and when.
	Escalate access.Action = "notices.escalate"
)

// Rights is what the domain declares. A notice belongs to the centre of its case, which talks to the applicant.
var Rights = access.Domain{Name: "notices", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: Tell, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
	{Action: SeeChannels, Default: access.Defaults{access.RegionalManager: access.Anywhere, access.PortalAdministrator: access.Anywhere}},
	{Action: Escalate, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
}}

// ScopeSQL holds for the cases c whose notices a scope covers.
const ScopeSQL = `(@scope_all or c.centre_id = any(@scope_own_centre))`

// Object is where the notices of a centre's cases belong, for access.Can.
func Object(centre uuid.UUID) access.Object {
	return access.Object{Own: []access.Place{access.InCentre(centre)}}
}
