package replica

import (
	"strings"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/relation"
)

// unlogged returns the quoted names of the table and its partitions that a crash of the server would empty.
func unlogged(info *relation.Table) []string {
	if !info.Persistent {
		return []string{info.SQL()}
	}
	return info.UnloggedPartitions
}

// logged returns the SQL that makes the tables survive a crash.
func logged(names []string) []string {
	sql := make([]string, len(names))
	for i, name := range names {
		sql[i] = "ALTER TABLE " + name + " SET LOGGED;"
	}
	return sql
}

// MustPersist refuses tables that a crash of the target would empty while the recorded position stays.
func MustPersist(info *relation.Table, name string) error {
	names := unlogged(info)
	if len(names) == 0 {
		return nil
	}
	return fault.Unsafef("target: %s is unlogged in whole or in part (%s), so a crash of the target silently empties it; mend it with: %s Then start again, and run `syncer table resync %s` if the target has crashed meanwhile",
		name, strings.Join(names, ", "), strings.Join(logged(names), " "), name)
}
