package counter

import "portal.example/internal-site/internal/access"

// Receive is the action of this domain: to receive visitors, register their applications or refuse their documents.
const Receive access.Action = "counter.receive"

// Rights is what the domain declares. A visit belongs to its centre.
var Rights = access.Domain{Name: "counter", Words: Words, Rights: []access.Right{
	{Action: Receive, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
}}

// ScopeSQL holds for the visits v that a scope covers.
const ScopeSQL = `(@scope_all or v.centre_id = any(@scope_own_centre))`
