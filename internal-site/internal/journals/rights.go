package journals

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View   access.Action = "journals.view"   // read, print and take away
	Remark access.Action = "journals.remark" // write a correction beside an entry
)

// Rights is what the domain declares. An entry belongs to the centre that keeps the journal, and to the authorities that it names; only the
// centre writes into its journal.
var Rights = access.Domain{Name: "journals", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: Remark, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
}}

// ScopeSQL holds for the entries e that a scope covers.
const ScopeSQL = `(@scope_all or e.centre_id = any(@scope_own_centre) or e.authority_id = any(@scope_own_authority) or e.asker_id = any(@scope_own_authority))`
