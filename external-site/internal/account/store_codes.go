package account

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/totp"
)

// CodesSince says since when the account asks for codes of an app beside the password; zero when it does not.
func (s *Store) CodesSince(ctx context.Context, h Holder) (time.Time, error) {
	k, err := s.codes(ctx, s.pool, h, "")
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	return k.Since, err
}

// codes opens what is kept of the app; NotFound when there is none.
func (s *Store) codes(ctx context.Context, db pg.Queryer, h Holder, lock string) (k codes, err error) {
	var sealed []byte
	err = db.QueryRow(ctx, `select sealed from account.codes where account_id = $1 `+lock, h.ID).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return k, errNotThere()
	}
	if err != nil {
		return k, pg.Fault("load codes", err)
	}
	return k, openJSON(h, sealedCodes, h.ID, sealed, &k)
}

func (s *Store) keepCodes(ctx context.Context, tx pgx.Tx, h Holder, k codes) error {
	sealed, err := sealJSON(h.key.Public(), sealedCodes, h.ID, k)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into account.codes (account_id, sealed) values ($1, $2)
		on conflict (account_id) do update set sealed = excluded.sealed`, h.ID, sealed)
	return pg.Fault("keep codes", err)
}

// PrepareApp makes a secret for the holder's app; issuer is what the app calls the site. Nothing is kept of it before ConfirmApp.
func (s *Store) PrepareApp(ctx context.Context, h Holder, issuer string) (App, error) {
	prepared := preparedApp{Secret: totp.NewSecret(), MadeAt: s.now()}
	sealed, err := sealJSON(h.key.Public(), sealedApp, h.ID, prepared)
	if err != nil {
		return App{}, err
	}
	return s.shownApp(ctx, h, prepared, base64.RawURLEncoding.EncodeToString(sealed), issuer)
}

// ShownApp is the secret that a form carries, for the page that shows the form again. Invalid when it is another account's, or too old.
func (s *Store) ShownApp(ctx context.Context, h Holder, sealed, issuer string) (App, error) {
	prepared, err := s.preparedApp(h, sealed)
	if err != nil {
		return App{}, err
	}
	return s.shownApp(ctx, h, prepared, sealed, issuer)
}

func (s *Store) shownApp(ctx context.Context, h Holder, prepared preparedApp, sealed, issuer string) (App, error) {
	a, err := s.Account(ctx, h)
	if err != nil {
		return App{}, err
	}
	return App{Shown: totp.Show(prepared.Secret, a.Login, issuer), Sealed: sealed}, nil
}

func (s *Store) preparedApp(h Holder, sealed string) (prepared preparedApp, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err == nil {
		err = openJSON(h, sealedApp, h.ID, raw, &prepared)
	}
	if err != nil || s.now().Sub(prepared.MadeAt) > setUpLife {
		return preparedApp{}, errAppStale()
	}
	return prepared, nil
}

// ConfirmApp lets the account ask for codes of the app from now on, once it shows a right one, in place of the app that it has. present has to be
// the password; NotFound when it is not, Invalid for a wrong code. All other sessions end.
func (s *Store) ConfirmApp(ctx context.Context, h Holder, sealed, code, present string) error {
	prepared, err := s.preparedApp(h, sealed)
	if err != nil {
		return err
	}
	step, right := totp.Step(prepared.Secret, totp.Tidy(code), s.now(), 0)
	if !right {
		return fault.New(fault.Invalid, "account.code_wrong")
	}
	if err := s.confirm(ctx, h, present); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.keepCodes(ctx, tx, h, codes{Secret: prepared.Secret, Last: step, Since: s.now()}); err != nil {
			return err
		}
		return s.endOthers(ctx, tx, h)
	})
}

// DropApp lets the password alone open the account again, for whoever gives it.
func (s *Store) DropApp(ctx context.Context, h Holder, present string) error {
	if err := s.confirm(ctx, h, present); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.dropCodes(ctx, tx, h) })
}

func (s *Store) dropCodes(ctx context.Context, tx pgx.Tx, h Holder) error {
	if _, err := tx.Exec(ctx, `delete from account.codes where account_id = $1`, h.ID); err != nil {
		return pg.Fault("drop codes", err)
	}
	return s.stopWaiting(ctx, tx, h)
}

// stopWaiting ends what has given the password and no code yet.
func (s *Store) stopWaiting(ctx context.Context, tx pgx.Tx, h Holder) error {
	_, err := tx.Exec(ctx, `delete from account.waiting where account_id = $1`, h.ID)
	return pg.Fault("end waiting", err)
}

// wait remembers that the right password was given, until the code comes.
func (s *Store) wait(ctx context.Context, tx pgx.Tx, h Holder) (Token, error) {
	t := newToken()
	wrapped, err := wrap(t.lock(), h.ID, h.key)
	if err != nil {
		return t, err
	}
	_, err = tx.Exec(ctx, `insert into account.waiting (id, account_id, wrapped, expires_at) values ($1, $2, $3, $4)`, t.id(), h.ID, wrapped, s.now().Add(waitingLife))
	if err != nil {
		return t, pg.Fault("wait for code", err)
	}
	_, err = tx.Exec(ctx, `
		delete from account.waiting where id in (select id from account.waiting where account_id = $1 order by expires_at desc, id offset $2)`, h.ID, maxWaiting)
	return t, pg.Fault("end oldest waiting", err)
}

// Waits says whether the token is one that waits for a code; Unsigned when it is not, or not any more.
func (s *Store) Waits(ctx context.Context, t Token) error {
	_, err := s.waiting(ctx, s.pool, t)
	return err
}

func (s *Store) waiting(ctx context.Context, db pg.Queryer, t Token) (h Holder, err error) {
	var wrapped []byte
	err = db.QueryRow(ctx, `select account_id, wrapped from account.waiting where id = $1 and expires_at > $2`, t.id(), s.now()).Scan(&h.ID, &wrapped)
	if errors.Is(err, pgx.ErrNoRows) {
		return Holder{}, errNoSession()
	}
	if err != nil {
		return Holder{}, pg.Fault("find waiting", err)
	}
	if h.key, err = unwrap(t.lock(), h.ID, wrapped); err != nil {
		return Holder{}, errNoSession()
	}
	return h, nil
}

// GiveCode opens the account on a device, for whoever has given its password and gives the code of its app. NotFound for a wrong code, Conflict
// after too many of them, Unsigned when nothing waits.
func (s *Store) GiveCode(ctx context.Context, waiting Token, code, on string) (t Token, err error) {
	right := false
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		h, err := s.waiting(ctx, tx, waiting)
		if err != nil {
			return err
		}
		k, err := s.codes(ctx, tx, h, "for update")
		if fault.Is(err, fault.NotFound) {
			return errNoSession() // switched off meanwhile
		}
		if err == nil {
			right, err = k.take(waiting.id(), code, s.now())
		}
		if err != nil {
			return err
		}
		if err := s.keepCodes(ctx, tx, h, k); err != nil || !right {
			return err
		}
		tag, err := tx.Exec(ctx, `delete from account.waiting where id = $1`, waiting.id())
		if err != nil {
			return pg.Fault("end waiting", err)
		}
		if tag.RowsAffected() == 0 {
			return errNoSession() // ended on another device meanwhile
		}
		t, err = s.begin(ctx, tx, h, on)
		return err
	})
	if err == nil && !right {
		err = fault.New(fault.NotFound, "account.code_wrong")
	}
	return t, err
}

// Tried says what wrong codes were given since the owner was told last, and counts them as told. Zero where no app is asked for.
func (s *Store) Tried(ctx context.Context, h Holder) (t Tried, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		k, err := s.codes(ctx, tx, h, "for update")
		if fault.Is(err, fault.NotFound) || err == nil && len(k.Tries) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		t = k.told()
		return s.keepCodes(ctx, tx, h, k)
	})
	return t, err
}
