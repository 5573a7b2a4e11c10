package replica

import (
	"context"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// IsClaimed reports whether some writer holds the slot's replica at this moment; see Claim.
func IsClaimed(ctx context.Context, db relation.Queryer, slot string) (bool, error) {
	return isLocked(ctx, db, []string{"portal syncer"}, slot)
}

// isLocked reports whether some session holds one of the advisory locks of the slot's replica.
func isLocked(ctx context.Context, db relation.Queryer, locks []string, slot string) (is bool, err error) {
	err = db.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
		                WHERE locktype = 'advisory' AND granted AND objsubid = 2
		                  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		                  AND classid::bigint = ANY (ARRAY(SELECT pg_catalog.hashtext(l)::bigint & 4294967295 FROM unnest($1::text[]) l))
		                  AND objid::bigint = pg_catalog.hashtext($2)::bigint & 4294967295)`, locks, slot).Scan(&is)
	if err != nil {
		return false, link.Fail("target: look for a writer", err)
	}
	return is, nil
}
