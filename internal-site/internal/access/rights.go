package access

// The actions of this domain.
const (
	ViewUsers    Action = "users.view"
	ManageUsers  Action = "users.manage"  // add, block, new password; let into groups and take out of them
	ManageGroups Action = "groups.manage" // add groups, choose their rights
)

// DomainRights is what access declares about accounts and groups. An account belongs to the places in which it is in a
// group.
var DomainRights = Domain{Name: "access", Words: Words, Rights: []Right{
	{Action: ViewUsers, Own: Places(Centre, Authority), Default: Defaults{
		CentreHead: Own, AuthorityHead: Own, PortalAdministrator: Anywhere,
	}},
	{Action: ManageUsers, Sensitive: true, Own: Places(Centre, Authority), Default: Defaults{
		CentreHead: Own, AuthorityHead: Own, PortalAdministrator: Anywhere,
	}},
	{Action: ManageGroups, Sensitive: true, Default: Defaults{PortalAdministrator: Anywhere}},
}}

// UserSQL holds for the accounts u that a scope covers.
const UserSQL = `(@scope_all or exists (
	select from access.roles r where r.user_id = u.id and (r.centre_id = any(@scope_own_centre) or r.authority_id = any(@scope_own_authority))))`
