package retention

import "portal.example/internal-site/internal/access"

// Manage is the action of seeing and setting for how long data is kept.
const Manage access.Action = "retention.manage"

// Rights is what the domain declares. Terms are of the whole installation.
var Rights = access.Domain{Name: "retention", Words: Words, Rights: []access.Right{
	{Action: Manage, Sensitive: true, Default: access.Defaults{access.PortalAdministrator: access.Anywhere}},
}}
