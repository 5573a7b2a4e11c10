package intake

import (
	"embed"

	"portal.example/internal-site/internal/access"
)

// The actions of this domain.
const (
	View   access.Action = "intake.view"   // see what the intake worker could not take, and who sent it
	Handle access.Action = "intake.handle" // decide about it
)

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

// Rights is what the domain declares. An entry belongs to the centre or authority it was sent to; what neither is known
// of is the region's.
var Rights = access.Domain{Name: "intake", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Own, access.AuthorityHead: access.Own,
		access.RegionalManager: access.Anywhere,
	}},
	{Action: Handle, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
}}

// ScopeSQL holds for the entries r of the queue that a scope covers.
const ScopeSQL = `(@scope_all or r.centre_id = any(@scope_own_centre) or r.authority_id = any(@scope_own_authority))`
