package account

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Keep keeps a matter and returns its id. One that the account has already, by whichever of its numbers, gets the new name and
// no second place. Conflict when the account has MaxMatters.
func (s *Store) Keep(ctx context.Context, h Holder, m Matter) (uuid.UUID, error) {
	m.SavedAt = s.now().UTC()
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		// The account's row keeps two windows from saving the same matter twice.
		if _, err := tx.Exec(ctx, `select from account.accounts where id = $1 for update`, h.ID); err != nil {
			return pg.Fault("lock account", err)
		}
		all, err := s.matters(ctx, tx, h)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, m.same); i >= 0 {
			m.ID, m.SavedAt = all[i].ID, all[i].SavedAt
			return s.rewrite(ctx, tx, h, m)
		}
		if len(all) >= MaxMatters {
			return fault.New(fault.Conflict, "account.matters_full", MaxMatters)
		}
		m.ID = uuid.New() // a random id: one with a time in it would tell when
		sealed, err := sealJSON(h.key.Public(), sealedMatter, m.ID, m.sealed())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into account.matters (id, account_id, sealed) values ($1, $2, $3)`, m.ID, h.ID, sealed)
		return pg.Fault("keep matter", err)
	})
	return m.ID, err
}

func (s *Store) rewrite(ctx context.Context, tx pgx.Tx, h Holder, m Matter) error {
	sealed, err := sealJSON(h.key.Public(), sealedMatter, m.ID, m.sealed())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update account.matters set sealed = $3 where id = $1 and account_id = $2`, m.ID, h.ID, sealed)
	return pg.Fault("name matter", err)
}

// Matters lists what the account follows, opened.
func (s *Store) Matters(ctx context.Context, h Holder) ([]Matter, error) {
	return s.matters(ctx, s.pool, h)
}

func (s *Store) matters(ctx context.Context, db pg.Queryer, h Holder) ([]Matter, error) {
	rows, _ := db.Query(ctx, `select id, sealed from account.matters where account_id = $1`, h.ID)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Matter, error) {
		var id uuid.UUID
		var sealed []byte
		if err := row.Scan(&id, &sealed); err != nil {
			return Matter{}, err
		}
		var m matter
		if err := openJSON(h, sealedMatter, id, sealed, &m); err != nil {
			return Matter{}, err
		}
		return m.opened(id)
	})
	return list, pg.Fault("list matters", err)
}

// Matter is one of them; NotFound when the account does not have it.
func (s *Store) Matter(ctx context.Context, h Holder, id uuid.UUID) (Matter, error) {
	all, err := s.matters(ctx, s.pool, h)
	if err != nil {
		return Matter{}, err
	}
	if i := slices.IndexFunc(all, func(m Matter) bool { return m.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Matter{}, errNotThere()
}

// Remove forgets a matter; NotFound when the account does not have it.
func (s *Store) Remove(ctx context.Context, h Holder, id uuid.UUID) error {
	tag, err := s.pool.Exec(ctx, `delete from account.matters where id = $1 and account_id = $2`, id, h.ID)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("remove matter", err)
}
