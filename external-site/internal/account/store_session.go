package account

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// maxSessions is how many browsers have an account open; the one that was seen longest ago gives way.
const maxSessions = 20

// seenEvery is how often it is written down that a session is in use.
const seenEvery = 5 * time.Minute

// begin opens the account on a device.
func (s *Store) begin(ctx context.Context, tx pgx.Tx, h Holder, on string) (Token, error) {
	t := newToken()
	wrapped, err := wrap(t.lock(), h.ID, h.key)
	if err != nil {
		return t, err
	}
	about, err := sealJSON(h.key.Public(), sealedDevice, deviceID(t.id()), device{Name: on})
	if err != nil {
		return t, err
	}
	now := s.now()
	_, err = tx.Exec(ctx, `
		insert into account.sessions (id, account_id, wrapped, about, begun_at, seen_at, expires_at) values ($1, $2, $3, $4, $5, $5, $6)`,
		t.id(), h.ID, wrapped, about, now, now.Add(SessionIdle))
	if err != nil {
		return t, pg.Fault("begin session", err)
	}
	_, err = tx.Exec(ctx, `
		delete from account.sessions where id in (
			select id from account.sessions where account_id = $1 order by seen_at desc, begun_at desc offset $2)`, h.ID, maxSessions)
	if err != nil {
		return t, pg.Fault("end oldest sessions", err)
	}
	_, err = tx.Exec(ctx, `update account.accounts set seen_on = $2 where id = $1`, h.ID, s.today())
	return t, pg.Fault("open account", err)
}

// Holder opens the account of a session; Unsigned when it has ended, or the token is of none.
func (s *Store) Holder(ctx context.Context, t Token) (Holder, error) {
	h := Holder{session: t.id()}
	var wrapped []byte
	var seen time.Time
	err := s.pool.QueryRow(ctx, `select account_id, wrapped, seen_at from account.sessions where id = $1 and expires_at > $2`, h.session, s.now()).
		Scan(&h.ID, &wrapped, &seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return Holder{}, errNoSession()
	}
	if err != nil {
		return Holder{}, pg.Fault("find session", err)
	}
	if h.key, err = unwrap(t.lock(), h.ID, wrapped); err != nil {
		return Holder{}, errNoSession()
	}
	return h, s.seen(ctx, h, seen)
}

// seen puts off the end of a session that is in use.
func (s *Store) seen(ctx context.Context, h Holder, last time.Time) error {
	now := s.now()
	if now.Sub(last) < seenEvery {
		return nil
	}
	_, err := s.pool.Exec(ctx, `update account.sessions set seen_at = $2, expires_at = least($3, begun_at + $4::interval) where id = $1`,
		h.session, now, now.Add(SessionIdle), SessionLife)
	return pg.Fault("note session", err)
}

// Writer finds the account of a session for pages that only seal things for it.
func (s *Store) Writer(ctx context.Context, t Token) (Writer, error) {
	var w Writer
	var public []byte
	err := s.pool.QueryRow(ctx, `
		select a.id, a.public_key from account.sessions s join account.accounts a on a.id = s.account_id
		where s.id = $1 and s.expires_at > $2`, t.id(), s.now()).Scan(&w.ID, &public)
	if errors.Is(err, pgx.ErrNoRows) {
		return Writer{}, errNoSession()
	}
	if err != nil {
		return Writer{}, pg.Fault("find session", err)
	}
	w.public, err = seal.ParseAccountPublic(public)
	return w, err
}

// Sessions lists where the account is open, the one seen last first.
func (s *Store) Sessions(ctx context.Context, h Holder) ([]Session, error) {
	rows, _ := s.pool.Query(ctx, `
		select id, about, begun_at, seen_at from account.sessions where account_id = $1 and expires_at > $2 order by seen_at desc, begun_at desc`,
		h.ID, s.now())
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Session, error) {
		var one Session
		var id, about []byte
		if err := row.Scan(&id, &about, &one.BegunAt, &one.SeenAt); err != nil {
			return one, err
		}
		var d device
		err := openJSON(h, sealedDevice, deviceID(id), about, &d)
		one.ID, one.Device, one.Own = base64.RawURLEncoding.EncodeToString(id), d.Name, string(id) == string(h.session)
		return one, err
	})
	return list, pg.Fault("list sessions", err)
}

// SignOut ends the holder's own session.
func (s *Store) SignOut(ctx context.Context, h Holder) error {
	_, err := s.pool.Exec(ctx, `delete from account.sessions where id = $1`, h.session)
	return pg.Fault("end session", err)
}

// EndSession ends one session of the account; NotFound when it has none of that id.
func (s *Store) EndSession(ctx context.Context, h Holder, id string) error {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return errNotThere()
	}
	tag, err := s.pool.Exec(ctx, `delete from account.sessions where id = $1 and account_id = $2`, raw, h.ID)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("end session", err)
}

// EndOthers ends all sessions of the account but the holder's own.
func (s *Store) EndOthers(ctx context.Context, h Holder) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.endOthers(ctx, tx, h) })
}

func (s *Store) endOthers(ctx context.Context, tx pgx.Tx, h Holder) error {
	if err := s.stopWaiting(ctx, tx, h); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from account.sessions where account_id = $1 and id <> $2`, h.ID, h.session)
	return pg.Fault("end other sessions", err)
}
