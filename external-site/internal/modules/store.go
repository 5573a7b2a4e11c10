package modules

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// Store reads the switches in the replica.
type Store struct{ db pg.Queryer }

// NewStore reads through db.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

// Switches returns every decision of the inside.
func (s *Store) Switches(ctx context.Context) (contract.Switches, error) {
	rows, err := s.db.Query(ctx, `select module, coalesce(centre_id, '00000000-0000-0000-0000-000000000000'), enabled from modules.switches`)
	if err != nil {
		return contract.Switches{}, pg.Fault("read switches of modules", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[contract.Switch])
	return contract.NewSwitches(all), pg.Fault("read switches of modules", err)
}
