package trail

import (
	"embed"

	"portal.example/internal-site/internal/access"
)

// Words are what this domain's right is called, in both languages.
//
//go:embed words
var Words embed.FS

// View is to read the audit trail of the whole region: who did and who looked at what, by ids.
const View access.Action = "trail.view"

// Rights is what the domain declares.
var Rights = access.Domain{Name: "trail", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Default: access.Defaults{access.PortalAdministrator: access.Anywhere}},
}}
