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

// Of returns what happened to one object, newest first, at most limit lines.
func Of(ctx context.Context, db pg.Queryer, objectType, objectID string, limit int) ([]Line, error) {
	rows, err := db.Query(ctx, `
		select at, actor, action, reason from audit.events
		where object_type = $1 and object_id = $2 order by at desc, id desc limit $3`, objectType, objectID, limit)
	if err != nil {
		return nil, pg.Fault("read audit", err)
	}
	defer rows.Close()
	var lines []Line
	for rows.Next() {
		var l Line
		if err := rows.Scan(&l.At, &l.Actor, &l.Action, &l.Reason); err != nil {
			return nil, pg.Fault("read audit", err)
		}
		lines = append(lines, l)
	}
	return lines, pg.Fault("read audit", rows.Err())
}
