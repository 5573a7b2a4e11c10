package region

import "portal.example/internal-site/internal/access"

// Edit is the one action of this domain: everybody may see the region.
const Edit access.Action = "region.edit"

// Rights is what the domain declares. There is one region, so a right reaches all of it or nothing.
var Rights = access.Domain{Name: "region", Words: Words, Rights: []access.Right{
	{Action: Edit, Default: access.Defaults{access.PortalAdministrator: access.Anywhere}},
}}
