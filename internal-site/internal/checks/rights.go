package checks

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View     access.Action = "checks.view"
	AnswerTo access.Action = "checks.answer" // say of papers whether they will do, or close without
)

// Rights is what the domain declares. A package belongs to the centre to which it was sent.
var Rights = access.Domain{Name: "checks", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: AnswerTo, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
}}

// ScopeSQL holds for the packages p that a scope covers.
const ScopeSQL = `(@scope_all or p.centre_id = any(@scope_own_centre))`
