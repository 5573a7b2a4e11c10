package swap

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Behind returns how many bytes of the source's log each table that joins is behind the others, for those that are loaded
// and catch up. Whoever may not see the schema of shadows learns of none.
func Behind(ctx context.Context, db relation.Queryer, slot string) (map[string]int64, error) {
	rows, err := db.Query(ctx, `SELECT name FROM sync.tables WHERE slot = $1 AND state = 'joining'`, slot)
	var names []string
	if err == nil {
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	all := map[string]int64{}
	for _, name := range names {
		var bytes *int64
		if bytes, err = readBehind(ctx, db, slot, name); err != nil {
			break
		}
		if bytes != nil {
			all[name] = *bytes
		}
	}
	if err != nil {
		return nil, link.Fail("target: tables that join", err)
	}
	return all, nil
}

// readBehind is nil for a table whose rows are still coming.
func readBehind(ctx context.Context, db relation.Queryer, slot, name string) (bytes *int64, err error) {
	schema, table, _ := strings.Cut(name, ".")
	shadow := &Names{Slot: slot, Schema: schema, Name: table}
	var there bool
	err = db.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		                WHERE n.nspname = $1 AND c.relname = $2 AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
		                  AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))`, ShadowSchema, shadow.positionName()).Scan(&there)
	if err != nil || !there {
		return nil, err
	}
	err = db.QueryRow(ctx, `
		SELECT max(greatest(p.applied_lsn - a.lsn, 0))::bigint FROM `+shadow.PositionSQL()+` a JOIN sync.progress p ON p.slot = $1`, slot).Scan(&bytes)
	if code := link.Code(err); code == "42P01" { // it has joined this moment
		return nil, nil
	}
	return bytes, err
}
