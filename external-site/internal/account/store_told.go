package account

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// Told is what the account wants to be told of; zero when nothing.
func (s *Store) Told(ctx context.Context, h Holder) (t Told, err error) {
	var sealed []byte
	err = s.pool.QueryRow(ctx, `select sealed from account.told where account_id = $1`, h.ID).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, nil
	}
	if err != nil {
		return t, pg.Fault("load notices", err)
	}
	return t, openJSON(h, sealedTold, h.ID, sealed, &t)
}

// KeepTold keeps it.
func (s *Store) KeepTold(ctx context.Context, h Holder, t Told) error {
	sealed, err := sealJSON(h.key.Public(), sealedTold, h.ID, t)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `insert into account.told (account_id, sealed) values ($1, $2)
		on conflict (account_id) do update set sealed = excluded.sealed`, h.ID, sealed)
	return pg.Fault("keep notices", err)
}

// DropTold forgets it.
func (s *Store) DropTold(ctx context.Context, h Holder) error {
	_, err := s.pool.Exec(ctx, `delete from account.told where account_id = $1`, h.ID)
	return pg.Fault("drop notices", err)
}
