package audit

import (
	"context"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Change is who changed an object last, and when; the zero value when the trail knows of nothing.
type Change struct {
	Name string // full name, or the name of the process
	At   time.Time
}

// LastChange looks in the trail for the last change of the object whose action begins with the prefix.
func LastChange(ctx context.Context, db pg.Queryer, objectType, objectID, prefix string) (Change, error) {
	var c Change
	err := pg.Fault("last change", db.QueryRow(ctx, `
		select coalesce(u.full_name, e.actor), e.at
		from audit.events e left join access.users u on u.id = e.actor_id
		where e.object_type = $1 and e.object_id = $2 and starts_with(e.action, $3)
		order by e.at desc, e.id desc limit 1`, objectType, objectID, prefix).Scan(&c.Name, &c.At))
	if fault.Is(err, fault.NotFound) {
		return Change{}, nil
	}
	return c, err
}
