package own

import "embed"

// Words is what this package says.
//
//go:embed words
var Words embed.FS
