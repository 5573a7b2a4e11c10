package signatures

import (
	"embed"

	"portal.example/internal-site/internal/access"
)

// Words are what this domain's rights are called, in both languages.
//
//go:embed words
var Words embed.FS

// SeeTrust is to see whom the installation believes, and how old its revocation lists are. They are files, so nobody changes them here.
const SeeTrust access.Action = "signatures.trust"

// Rights is what the domain declares. An installation trusts the same authorities everywhere.
var Rights = access.Domain{Name: "signatures", Words: Words, Rights: []access.Right{
	{Action: SeeTrust, Default: access.Defaults{access.PortalAdministrator: access.Anywhere}},
}}
