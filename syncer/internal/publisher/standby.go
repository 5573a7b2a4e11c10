package publisher

import (
	"context"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// RefuseStandby returns an error if the server is in recovery, where the slot does not exist. It may be promoted, or source.dsn may
// lead to the primary again, so the error is one to try again after. A slot that is missing here must not be taken for a lost
// one.
func RefuseStandby(ctx context.Context, db relation.Queryer) error {
	var standby bool
	if err := db.QueryRow(ctx, `SELECT pg_catalog.pg_is_in_recovery()`).Scan(&standby); err != nil {
		return link.Fail("source: is it a standby", err)
	}
	if !standby {
		return nil
	}
	return &link.Error{Line: "source: the server is a standby (in recovery), and the replication slot lives on its primary; " +
		"let source.dsn lead to the primary. Nothing is lost: the stream goes on by itself as soon as it does"}
}
