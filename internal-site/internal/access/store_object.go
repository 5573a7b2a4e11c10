package access

import (
	"context"

	"github.com/google/uuid"

	"portal.example/shared/pg"
)

// Object returns where an account belongs, for Can: to every place in which it is in a group.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (Object, error) {
	var centres, authorities []uuid.UUID
	err := s.pool.QueryRow(ctx, `
		select array(select centre_id from access.roles where user_id = u.id and centre_id is not null),
		       array(select authority_id from access.roles where user_id = u.id and authority_id is not null)
		from access.users u where u.id = $1`, id).Scan(&centres, &authorities)
	var o Object
	for _, centre := range centres {
		o.Own = append(o.Own, InCentre(centre))
	}
	for _, authority := range authorities {
		o.Own = append(o.Own, InAuthority(authority))
	}
	return o, pg.Fault("object of a user", err)
}
