package cases

import (
	"context"
	"maps"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
)

// Queries are what a list asks for its length and for a page, with what it led to.
func (s *Store) Queries(ctx context.Context, tx pgx.Tx, actor access.Actor, f Filter) (list []string, args pgx.NamedArgs, err error) {
	q, _, err := s.find(ctx, tx, actor, f)
	return []string{q.counting(), q.page()}, maps.Clone(q.args), err
}
