package intake

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// Object returns where an entry belongs, for access.Can: its centre, or the region while no centre is known of it.
func (q *Queue) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var centre *uuid.UUID
	err := q.pool.QueryRow(ctx, `select centre_id from intake.refusals where id = $1`, id).Scan(&centre)
	if err != nil || centre == nil {
		return access.Object{}, pg.Fault("object of an entry", err)
	}
	return access.Object{Own: []access.Place{access.InCentre(*centre)}}, nil
}
