package signature

import "embed"

// Words are what both sites say of signatures, in both languages.
//
//go:embed words
var Words embed.FS
