package intake

import (
	"embed"

	"portal.example/internal-site/internal/access"
)

// Handle is the right to decide about submissions that the intake worker refused.
const Handle access.Action = "intake.handle"

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

// Rights is what the domain declares. What no centre is known of is the region's.
var Rights = access.Domain{Name: "intake", Words: Words, Rights: []access.Right{
	{Action: Handle, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.CentreHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
}}

// ScopeSQL holds for the entries r of the queue that a scope covers.
const ScopeSQL = `(@scope_all or r.centre_id = any(@scope_own_centre))`
