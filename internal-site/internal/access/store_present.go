package access

import (
	"context"

	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// Present returns somebody with the rights that they have now, for what they asked for earlier and what is done without them. Of a blocked
// account it is Forbidden.
func (s *Store) Present(ctx context.Context, id uuid.UUID) (Actor, error) {
	u, err := s.userByID(ctx, s.pool, id)
	if err == nil && u.Blocked {
		err = fault.New(fault.Forbidden, "")
	}
	if err != nil {
		return Actor{}, err
	}
	return u.Actor(), nil
}
