package cases

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// Object returns where a case belongs, for access.Can.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var c Case
	var authorities []uuid.UUID
	err := s.pool.QueryRow(ctx, `
		select c.centre_id, c.authority_id,
		       array(select authority_id from cases.stages where case_id = c.id and authority_id is not null)
		from cases.cases c where c.id = $1`, id).Scan(&c.CentreID, &c.AuthorityID, &authorities)
	stages := make([]Stage, len(authorities))
	for i := range authorities {
		stages[i].AuthorityID = &authorities[i]
	}
	return c.Object(stages), pg.Fault("object of a case", err)
}
