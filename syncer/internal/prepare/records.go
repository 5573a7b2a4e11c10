package prepare

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// recordsProbe examines what the target records of the replica's tables.
type recordsProbe struct {
	*Report

	db   *pgx.Conn
	slot string
}

// markReleased marks the tables that are released and that this command does not bring back. Nothing else is said of them, as their
// application may be changing them just now.
func (x *recordsProbe) markReleased(ctx context.Context, comesBack func(name string) bool) error {
	names, err := x.readRecorded(ctx, "state = 'released'")
	if err != nil {
		return err
	}
	for i := range x.Tables {
		t := &x.Tables[i]
		if slices.Contains(names, t.FullName()) && !comesBack(t.FullName()) {
			t.Released, t.Joining = true, true
			x.addFinding(relation.Warning, "source", t.FullName(), "is released for a migration of its application: nothing of it is replicated until `syncer table resync "+t.FullName()+"` brings it back")
		}
	}
	return nil
}

// examineUnrecorded finds row filters that a `table` command has published but not recorded because it was killed in between.
func (x *recordsProbe) examineUnrecorded(ctx context.Context) error {
	names, err := x.readRecorded(ctx, "filter = '' AND condition <> ''")
	if err != nil {
		return err
	}
	for _, name := range names {
		x.addFinding(relation.Warning, "target", name, "its row filter is not recorded, so that nobody would notice if the source's publication had another one: "+
			"a `syncer table` command was interrupted, unless one is at work right now; run `syncer table apply`, which ends what it began")
	}
	return nil
}

// readRecorded reads the names of the recorded tables that satisfy the SQL condition; none if `init` was not run yet.
func (x *recordsProbe) readRecorded(ctx context.Context, condition string) ([]string, error) {
	rows, err := x.db.Query(ctx, `SELECT name FROM sync.tables WHERE slot = $1 AND (`+condition+`) ORDER BY name`, x.slot)
	var names []string
	if err == nil {
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	switch {
	case isUnrecorded(err):
		return nil, nil
	case err != nil:
		return nil, targetError("read tables", err)
	}
	return names, nil
}

// isUnrecorded reports whether err means that the target keeps no records yet, or none that this role may read: `init` was not run.
func isUnrecorded(err error) bool {
	switch link.Code(err) {
	case "42P01", "3F000", "42501":
		return true
	}
	return false
}
