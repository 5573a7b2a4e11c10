package account

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// errTaken says that a login and a password belong together already.
func errTaken() error { return fault.New(fault.Conflict, "account.taken") }

func newRecovery() (seal.Code, error) { return seal.NewCode(rand.Reader) }

// find opens the account that the way leads to; NotFound when it leads nowhere.
func (s *Store) find(ctx context.Context, db pg.Queryer, w way) (Holder, error) {
	var h Holder
	var wrapped []byte
	err := db.QueryRow(ctx, `select account_id, wrapped from account.ways where id = $1 and kind = $2`, w.id, w.kind).Scan(&h.ID, &wrapped)
	if errors.Is(err, pgx.ErrNoRows) {
		return Holder{}, errNoMatch()
	}
	if err != nil {
		return Holder{}, pg.Fault("find way", err)
	}
	h.key, err = unwrap(w.lock, h.ID, wrapped)
	return h, err
}

// addWay wraps the holder's key for one more way.
func (s *Store) addWay(ctx context.Context, tx pgx.Tx, h Holder, w way) error {
	wrapped, err := wrap(w.lock, h.ID, h.key)
	if err != nil {
		return err
	}
	var memory, passes *uint32
	if w.cost != nil {
		memory, passes = &w.cost.Memory, &w.cost.Passes
	}
	_, err = tx.Exec(ctx, `
		insert into account.ways (id, account_id, kind, wrapped, memory, passes, made_on) values ($1, $2, $3, $4, $5, $6, $7)`,
		w.id, h.ID, w.kind, wrapped, memory, passes, s.today())
	if pg.Code(err) == pg.CodeUniqueViolation {
		return errTaken()
	}
	return pg.Fault("add way", err)
}

// replaceWay leaves the way as the only one of its kind.
func (s *Store) replaceWay(ctx context.Context, tx pgx.Tx, h Holder, w way) error {
	if _, err := tx.Exec(ctx, `delete from account.ways where account_id = $1 and kind = $2`, h.ID, w.kind); err != nil {
		return pg.Fault("remove way", err)
	}
	return s.addWay(ctx, tx, h, w)
}

// ofPassword opens the account of a login and a password. Every cost that any password may have is tried, the present one
// first; a password of an earlier cost is wrapped anew.
func (s *Store) ofPassword(ctx context.Context, l Login, password string) (Holder, error) {
	for i, cost := range s.hasher.costs {
		w, err := s.hasher.ofPassword(ctx, l, password, cost)
		if err != nil {
			return Holder{}, err
		}
		h, err := s.find(ctx, s.pool, w)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err == nil && i > 0 {
			err = s.setPassword(ctx, h, l, password)
		}
		return h, err
	}
	return Holder{}, errNoMatch()
}

func (s *Store) setPassword(ctx context.Context, h Holder, l Login, password string) error {
	w, err := s.hasher.ofPassword(ctx, l, password, s.hasher.costs[0])
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.replaceWay(ctx, tx, h, w) })
}

// Opened is what a browser gets for the right password: the token of a session, or of the wait for the code of an app.
type Opened struct {
	Token Token
	Waits bool // the token is for GiveCode and opens nothing
}

// SignIn opens the account of the login and the password on a device, or says that it asks for a code as well. A login that nobody has and a wrong
// password are the same NotFound, after the same work.
func (s *Store) SignIn(ctx context.Context, l Login, password, on string) (o Opened, err error) {
	h, err := s.ofPassword(ctx, l, password)
	if err != nil {
		return Opened{}, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select exists (select from account.codes where account_id = $1)`, h.ID).Scan(&o.Waits)
		if err != nil {
			return pg.Fault("look for codes", err)
		}
		if o.Waits {
			o.Token, err = s.wait(ctx, tx, h)
		} else {
			o.Token, err = s.begin(ctx, tx, h, on)
		}
		return err
	})
	return o, err
}

// Change is a new login and password.
type Change struct {
	Login    Login
	Shown    string // the login as it was typed
	Password string
}

// Recover opens an account with its recovery code and sets login and password anew. The code counts once: there is a new
// one. All sessions end, and codes of an app are not asked for any more: it may be the telephone that is lost. NotFound when no account has the code.
func (s *Store) Recover(ctx context.Context, code seal.Code, to Change, on string) (Entry, error) {
	if err := CheckPassword(to.Login, to.Password); err != nil {
		return Entry{}, err
	}
	used := s.hasher.ofRecovery(code)
	h, err := s.find(ctx, s.pool, used)
	if err != nil {
		return Entry{}, err
	}
	return s.renew(ctx, h, to, on, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from account.ways where id = $1`, used.id)
		if err == nil && tag.RowsAffected() == 0 {
			return errNoMatch() // used in another window at the same moment
		}
		return pg.Fault("use recovery code", err)
	})
}

// renew sets login, password and recovery code anew, ends all sessions and begins one.
func (s *Store) renew(ctx context.Context, h Holder, to Change, on string, first func(pgx.Tx) error) (Entry, error) {
	fresh, err := s.hasher.ofPassword(ctx, to.Login, to.Password, s.hasher.costs[0])
	if err != nil {
		return Entry{}, err
	}
	entry := Entry{}
	if entry.Recovery, err = newRecovery(); err != nil {
		return Entry{}, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		for _, w := range []way{fresh, s.hasher.ofRecovery(entry.Recovery)} {
			if err := s.replaceWay(ctx, tx, h, w); err != nil {
				return err
			}
		}
		k, err := s.codes(ctx, tx, h, "for update")
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		entry.Tried = k.told()
		if err := s.dropCodes(ctx, tx, h); err != nil {
			return err
		}
		if err := s.describe(ctx, tx, h, to.Shown); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from account.sessions where account_id = $1`, h.ID); err != nil {
			return pg.Fault("end sessions", err)
		}
		entry.Token, err = s.begin(ctx, tx, h, on)
		return err
	})
	return entry, err
}

// describe keeps how the owner signs in.
func (s *Store) describe(ctx context.Context, tx pgx.Tx, h Holder, shown string) error {
	about, err := sealJSON(h.key.Public(), sealedAbout, h.ID, About{Login: shown})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update account.accounts set about = $2 where id = $1`, h.ID, about)
	return pg.Fault("describe account", err)
}

// ChangePassword wraps the holder's key for a new login and password, and ends all other sessions. present has to be the
// password of today, with the login of today; NotFound otherwise.
func (s *Store) ChangePassword(ctx context.Context, h Holder, present string, to Change) error {
	if err := s.confirm(ctx, h, present); err != nil {
		return err
	}
	if err := CheckPassword(to.Login, to.Password); err != nil {
		return err
	}
	fresh, err := s.hasher.ofPassword(ctx, to.Login, to.Password, s.hasher.costs[0])
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.replaceWay(ctx, tx, h, fresh); err != nil {
			return err
		}
		if err := s.describe(ctx, tx, h, to.Shown); err != nil {
			return err
		}
		return s.endOthers(ctx, tx, h)
	})
}

// NewRecovery replaces the recovery code, for whoever gives the password as well.
func (s *Store) NewRecovery(ctx context.Context, h Holder, present string) (seal.Code, error) {
	if err := s.confirm(ctx, h, present); err != nil {
		return seal.Code{}, err
	}
	code, err := newRecovery()
	if err != nil {
		return seal.Code{}, err
	}
	return code, pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.replaceWay(ctx, tx, h, s.hasher.ofRecovery(code)) })
}

// confirm says whether the password is the holder's; NotFound when it is not.
func (s *Store) confirm(ctx context.Context, h Holder, password string) error {
	a, err := s.Account(ctx, h)
	if err != nil {
		return err
	}
	l, err := ParseLogin(a.Login)
	if err != nil {
		return err
	}
	found, err := s.ofPassword(ctx, l, password)
	if err == nil && found.ID != h.ID {
		err = errNoMatch()
	}
	return err
}
