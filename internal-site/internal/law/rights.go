package law

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View access.Action = "acts.view"
	Edit access.Action = "acts.edit" // acts and their editions, publish and take back: of the whole region
)

// Rights is what the domain declares. An act is nobody's own.
var Rights = access.Domain{Name: "law", Words: Words, Rights: []access.Right{
	{Action: View, Default: access.Everybody()},
	{Action: Edit, Default: access.Defaults{access.RegionalManager: access.Anywhere}},
}}
