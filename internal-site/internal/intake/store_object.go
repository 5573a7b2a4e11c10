package intake

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// Object returns where an entry belongs, for access.Can: its centre or authority, or the region while neither is known.
func (q *Queue) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var centre, authority *uuid.UUID
	err := q.pool.QueryRow(ctx, `select centre_id, authority_id from intake.refusals where id = $1`, id).Scan(&centre, &authority)
	var o access.Object
	if centre != nil {
		o.Own = append(o.Own, access.InCentre(*centre))
	}
	if authority != nil {
		o.Own = append(o.Own, access.InAuthority(*authority))
	}
	return o, pg.Fault("object of an entry", err)
}
