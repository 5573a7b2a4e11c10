package swap

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Middle is the value at which two sessions share a large table.
func (s *Shadow) Middle(ctx context.Context, conn *pgx.Conn) (string, error) {
	return s.readMiddle(ctx, conn)
}
