// Package migrations embeds the SQL files of the external database: schema, grants and, where rows leave, replica identity.
// It imports nothing but the standard library.
//
// The files beside the folders are the base series, which is closed. A new migration is the next file of its domain's series,
// DOMAIN/001_name.sql; what it needs of another domain's series stands in a line "-- after: cases/002" at its top.
package migrations

import "embed"

// Files holds every series.
//
//go:embed *
var Files embed.FS

// VersionTable is where it is kept how far the base series was applied; VersionTable_DOMAIN is a domain's.
const VersionTable = "public.schema_version"
