package catalogue

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View        access.Action = "services.view"
	EditService access.Action = "services.edit" // new service, its own fields, publish and withdraw it
	EditCard    access.Action = "cards.edit"    // drafts of information and technological cards
	ApproveCard access.Action = "cards.approve"
	PublishCard access.Action = "cards.publish" // and withdraw

	EditElsewhere  access.Action = "elsewhere.edit"  // what others give: of the whole region
	EditSituations access.Action = "situations.edit" // life situations and their paths: of the whole region
)

// Rights is what the domain declares. A service belongs to the centres that give it and to the authority that
// decides.
var Rights = access.Domain{Name: "catalogue", Words: Words, Rights: []access.Right{
	{Action: View, Own: access.Places(access.Centre, access.Authority), Default: access.Everybody()},
	{Action: EditService, Own: access.Places(access.Authority), Default: access.Defaults{
		access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: EditCard, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Own,
		access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: ApproveCard, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: PublishCard, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: EditElsewhere, Default: access.Defaults{access.RegionalManager: access.Anywhere}},
	{Action: EditSituations, Default: access.Defaults{access.RegionalManager: access.Anywhere}},
}}

// ScopeSQL holds for the services s that a scope covers.
const ScopeSQL = `(@scope_all or s.authority_id = any(@scope_own_authority) or exists (
	select from catalogue.service_centres sc where sc.service_id = s.id and sc.centre_id = any(@scope_own_centre)))`
