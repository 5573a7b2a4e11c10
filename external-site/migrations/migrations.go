// Package migrations embeds the numbered SQL files of the external database: schema, grants and, where rows
// leave, replica identity. It imports nothing but the standard library.
package migrations

import "embed"

// Files holds 001_name.sql and so on, in tern's format.
//
//go:embed *.sql
var Files embed.FS

// VersionTable is where the applied version is kept.
const VersionTable = "public.schema_version"
