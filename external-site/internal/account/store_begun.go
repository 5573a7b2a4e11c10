package account

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Claim remembers a draft for the account of the session that the token finds, so that it is found on another device. It needs no
// key: the draft is sealed to the account. Unsigned when there is no session.
func (s *Store) Claim(ctx context.Context, t Token, b Begun) error {
	w, err := s.Writer(ctx, t)
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.remember(ctx, tx, w, b); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			delete from account.begun where id in (select id from account.begun where account_id = $1 order by expires_at desc, id offset $2)`,
			w.ID, maxBegun)
		return pg.Fault("forget oldest draft", err)
	})
}

// Take does what Claim does for a draft that was begun while no account was open. None of the account's gives way to it: Conflict
// when there are as many as it keeps. One that the account has already stays one.
func (s *Store) Take(ctx context.Context, t Token, b Begun) error {
	w, err := s.Writer(ctx, t)
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.remember(ctx, tx, w, b); err != nil {
			return err
		}
		var n int
		err := tx.QueryRow(ctx, `select count(*) from account.begun where account_id = $1 and expires_at > $2`, w.ID, s.now()).Scan(&n)
		if err == nil && n > maxBegun {
			return fault.New(fault.Conflict, "account.begun_full", maxBegun)
		}
		return pg.Fault("count drafts", err)
	})
}

// remember keeps the draft for the account, in place of what is kept of it already.
func (s *Store) remember(ctx context.Context, tx pgx.Tx, w Writer, b Begun) error {
	// The account's row keeps two windows from filling the same place.
	if _, err := tx.Exec(ctx, `select from account.accounts where id = $1 for update`, w.ID); err != nil {
		return pg.Fault("lock account", err)
	}
	id := s.hasher.key.begunID(w.ID, b.Base, b.Name)
	sealed, err := sealJSON(w.public, sealedBegun, id, b)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into account.begun (id, account_id, sealed, expires_at) values ($1, $2, $3, $4)
		on conflict (id) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`, id, w.ID, sealed, s.now().Add(begunLife))
	return pg.Fault("remember draft", err)
}

// Has says which of the drafts under base the account of the session remembers. Unsigned when there is no session.
func (s *Store) Has(ctx context.Context, t Token, base string, names []string) (map[string]bool, error) {
	w, err := s.Writer(ctx, t)
	if err != nil {
		return nil, err
	}
	ids, named := make([]uuid.UUID, len(names)), map[uuid.UUID]string{}
	for i, name := range names {
		ids[i] = s.hasher.key.begunID(w.ID, base, name)
		named[ids[i]] = name
	}
	rows, _ := s.pool.Query(ctx, `select id from account.begun where account_id = $1 and id = any($2) and expires_at > $3`, w.ID, ids, s.now())
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	has := map[string]bool{}
	for _, id := range found {
		has[named[id]] = true
	}
	return has, pg.Fault("look for drafts", err)
}

// Release forgets a draft that was sent or discarded.
func (s *Store) Release(ctx context.Context, t Token, base, name string) error {
	w, err := s.Writer(ctx, t)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `delete from account.begun where id = $1 and account_id = $2`, s.hasher.key.begunID(w.ID, base, name), w.ID)
	return pg.Fault("forget draft", err)
}

// Begun lists the drafts of the account, the one begun last first. Whether each is still there only its draft tells.
func (s *Store) Begun(ctx context.Context, h Holder) ([]Begun, error) {
	rows, _ := s.pool.Query(ctx, `select id, sealed from account.begun where account_id = $1 and expires_at > $2 order by expires_at desc, id`, h.ID, s.now())
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Begun, error) {
		var b Begun
		var id uuid.UUID
		var sealed []byte
		if err := row.Scan(&id, &sealed); err != nil {
			return b, err
		}
		err := openJSON(h, sealedBegun, id, sealed, &b)
		b.ID = id
		return b, err
	})
	return list, pg.Fault("list drafts", err)
}

// Forget drops a draft from the account's list; the draft itself stays where it is.
func (s *Store) Forget(ctx context.Context, h Holder, id uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `delete from account.begun where id = $1 and account_id = $2`, id, h.ID)
	return pg.Fault("forget draft", err)
}
