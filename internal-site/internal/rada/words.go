package rada

import "embed"

// Words say in both languages what was wrong with an answer, and what to do.
//
//go:embed words
var Words embed.FS
