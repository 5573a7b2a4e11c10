package cases

import (
	"context"
	"maps"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
)

// Queries are what a list asks for its length and for a page, with what it led to.
func (s *Store) Queries(ctx context.Context, tx pgx.Tx, actor access.Actor, f Filter) (list []string, args pgx.NamedArgs, err error) {
	q, _, err := s.find(ctx, tx, actor, f)
	if !q.gathered {
		return []string{q.counting(), q.page()}, maps.Clone(q.args), err
	}
	for i, sources := range q.stages() {
		if i == 0 || len(q.args["ids"].([]uuid.UUID)) < q.most {
			list = append(list, q.ordered(sources, q.most+1))
		}
	}
	return append(list, q.page()), maps.Clone(q.args), err
}
