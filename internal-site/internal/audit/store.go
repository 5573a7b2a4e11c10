package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"portal.example/shared/pg"
)

// Record writes e within the caller's transaction.
func Record(ctx context.Context, tx pg.Execer, by Actor, e Entry) error {
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit %s: %w", e.Action, err)
		}
	}
	_, err := tx.Exec(ctx, `select audit.record($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		by.ID, by.Name, e.Action, e.ObjectType, e.ObjectID, e.CentreID, e.AuthorityID, e.Reason, detail)
	return pg.Fault("audit "+e.Action, err)
}
