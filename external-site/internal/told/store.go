package told

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// Store reads what became of messages, with the role external_site.
type Store struct{ pool *pgxpool.Pool }

// NewStore makes a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool} }

// State says what became of a message. An answer counts only with the hash that the message bore.
func (s *Store) State(ctx context.Context, message uuid.UUID) (State, error) {
	var outcome, said *string
	err := s.pool.QueryRow(ctx, `
		select a.outcome, a.subject_number
		from account.receipts r left join submission.answers a on a.message_id = r.message_id and (a.code_hash = r.code_hash or a.code_hash is null)
		where r.message_id = $1 and r.kind = $2`, message, contract.KindFollow).Scan(&outcome, &said)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Unsent, nil
	case err != nil:
		return "", pg.Fault("state of a message", err)
	case outcome == nil:
		return Waiting, nil
	case *outcome != "registered" || said == nil:
		return Held, nil
	}
	return State(*said), nil
}
