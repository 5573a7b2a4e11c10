package surveys

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View access.Action = "surveys.view" // results
	Make access.Action = "surveys.make" // make, publish and close
)

// Rights is what the domain declares. Answers belong to the centre whose work they are about; surveys are the region's.
var Rights = access.Domain{Name: "surveys", Words: Words, Rights: []access.Right{
	{Action: View, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: Make, Default: access.Defaults{access.RegionalManager: access.Anywhere}},
}}

// ScopeSQL holds for the answers a that a scope covers.
const ScopeSQL = `(@scope_all or a.centre_id = any(@scope_own_centre))`
