package replica

import (
	"context"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// IsClaimed reports whether some writer holds the slot's replica at this moment; see Claim.
func IsClaimed(ctx context.Context, db relation.Queryer, slot string) (bool, error) {
	var claimed bool
	err := db.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
		                WHERE locktype = 'advisory' AND granted AND objsubid = 2
		                  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		                  AND classid::bigint = pg_catalog.hashtext('portal syncer')::bigint & 4294967295
		                  AND objid::bigint = pg_catalog.hashtext($1)::bigint & 4294967295)`, slot).Scan(&claimed)
	if err != nil {
		return false, link.Fail("target: look for a writer", err)
	}
	return claimed, nil
}
