package work

import "embed"

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS
