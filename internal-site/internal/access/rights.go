package access

// The actions of this domain.
const (
	ViewUsers   Action = "users.view"
	ManageUsers Action = "users.manage"
)

// DomainRights is what access declares about accounts.
var DomainRights = Domain{Name: "access", Rights: []Right{
	{Action: ViewUsers, Own: Places(Centre, Authority), Default: Defaults{CentreHead: Own, PortalAdministrator: Anywhere}},
	{Action: ManageUsers, Sensitive: true, Own: Places(Centre, Authority), Default: Defaults{PortalAdministrator: Anywhere}},
}}

// UserSQL holds for the accounts u that a scope covers.
const UserSQL = `(@scope_all or exists (
	select from access.roles r where r.user_id = u.id and (r.centre_id = any(@scope_own_centre) or r.authority_id = any(@scope_own_authority))))`
