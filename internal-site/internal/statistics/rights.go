package statistics

import "portal.example/internal-site/internal/access"

// View is the action of this domain: read figures of cases, and the lists behind them.
const View access.Action = "statistics.view"

// Rights is what the domain declares. A figure is of the centre that took the application and of the authority that decides; their heads see
// their own, and the region's manager all.
var Rights = access.Domain{Name: "statistics", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
}}

// ScopeSQL holds for the measured cases m that a scope covers.
const ScopeSQL = `(@scope_all or m.centre_id = any(@scope_own_centre) or m.authority_id = any(@scope_own_authority))`
