package catalogue

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// Object returns where a service belongs, for access.Can.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var v Service
	err := s.pool.QueryRow(ctx, `
		select s.authority_id, array(select centre_id from catalogue.service_centres where service_id = s.id)
		from catalogue.services s where s.id = $1`, id).Scan(&v.AuthorityID, &v.Centres)
	return v.Object(), pg.Fault("object of a service", err)
}
