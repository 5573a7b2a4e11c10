package statistics

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View   access.Action = "statistics.view"   // read figures of cases, and the lists behind them
	People access.Action = "statistics.people" // read figures of the people who work in a place
	Mine   access.Action = "statistics.mine"   // read one's own
)

// Rights is what the domain declares. A figure is of the centre that took the application and of the authority that decides; their heads see
// their own, and the region's manager all. What people do is for the heads of their place, and for themselves.
var Rights = access.Domain{Name: "statistics", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: People, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: Mine, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
}}

// ScopeSQL holds for the measured cases m that a scope covers.
const ScopeSQL = `(@scope_all or m.centre_id = any(@scope_own_centre) or m.authority_id = any(@scope_own_authority))`

// StageScopeSQL holds for the measured stages m that a scope covers: those of such cases, and those that its authorities did in the cases of others.
const StageScopeSQL = `(` + ScopeSQL + ` or m.party = any(@scope_own_authority))`

// turnScopeSQL holds for the turns t of open cases m that a scope covers, as StageScopeSQL does for stages. The second condition follows from the
// first, and is what an index is found by.
const turnScopeSQL = `(` + ScopeSQL + ` or t.place = any(@scope_own_authority))
	and (@scope_all or t.case_id in (select o.case_id from cases.turns o where o.standing <> 'over' and o.place = any(@scope_own_centre::uuid[] || @scope_own_authority::uuid[])))`
