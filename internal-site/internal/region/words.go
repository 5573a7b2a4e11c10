package region

import "embed"

// Words are the messages of this domain.
//
//go:embed words
var Words embed.FS
