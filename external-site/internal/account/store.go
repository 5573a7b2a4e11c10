package account

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// Store keeps accounts, sealed. It needs the role external_site.
type Store struct {
	pool   *pgxpool.Pool
	hasher hasher
	now    func() time.Time

	passkeys *Passkeys // nil: the site's address has none
}

// Options is what a store is made of.
type Options struct {
	Pool *pgxpool.Pool
	Key  Key
	// Costs are those of passwords: the first of new ones, then those of earlier releases; UsualCost alone when empty.
	Costs []Cost
	// Passkeys are those of the site's address; none when nil.
	Passkeys *Passkeys
	Now      func() time.Time
}

// NewStore makes a store.
func NewStore(o Options) *Store {
	if len(o.Costs) == 0 {
		o.Costs = []Cost{UsualCost}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{pool: o.Pool, hasher: newHasher(o.Key, o.Costs), now: o.Now, passkeys: o.Passkeys}
}

// today is the date in Kyiv: the days of an account are those that its owner counts.
func (s *Store) today() time.Time { return workdays.DateOf(s.now()) }

// Counted names the login for counting tries: a hash that leads back to nothing.
func (s *Store) Counted(l Login) string {
	return string(s.hasher.key.derive("counted login", []byte(l.s)))
}

// Register makes an account that the login and the password open, and opens it on the device. Conflict when the pair opens one
// already; nothing else is said of who has an account, whatever the login.
func (s *Store) Register(ctx context.Context, l Login, shown, password, on string) (Entry, error) {
	if err := CheckPassword(l, password); err != nil {
		return Entry{}, err
	}
	var own way
	for _, cost := range s.hasher.costs {
		w, err := s.hasher.ofPassword(ctx, l, password, cost)
		if err != nil {
			return Entry{}, err
		}
		if own.id == nil {
			own = w
		}
		_, err = s.find(ctx, s.pool, w)
		switch {
		case err == nil:
			return Entry{}, errTaken()
		case !fault.Is(err, fault.NotFound):
			return Entry{}, err
		}
	}
	key, err := seal.NewAccountKey()
	if err != nil {
		return Entry{}, err
	}
	code, err := newRecovery()
	if err != nil {
		return Entry{}, err
	}
	held := Holder{ID: uuid.New(), key: key} // a random id: one with a time in it would tell when
	entry := Entry{Recovery: code}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		about, err := sealJSON(key.Public(), sealedAbout, held.ID, About{Login: shown})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into account.accounts (id, public_key, about, created_on, seen_on) values ($1, $2, $3, $4, $4)`,
			held.ID, key.Public().Bytes(), about, s.today())
		if err != nil {
			return pg.Fault("make account", err)
		}
		for _, w := range []way{own, s.hasher.ofRecovery(code)} {
			if err := s.addWay(ctx, tx, held, w); err != nil {
				return err
			}
		}
		entry.Token, err = s.begin(ctx, tx, held, on)
		return err
	})
	return entry, err
}

// Account is what the holder sees of it.
func (s *Store) Account(ctx context.Context, h Holder) (Account, error) {
	var a Account
	var about []byte
	err := s.pool.QueryRow(ctx, `
		select a.about, a.created_on,
		       coalesce((select max(made_on) from account.ways where account_id = a.id and kind = 'password'), a.created_on),
		       coalesce((select max(made_on) from account.ways where account_id = a.id and kind = 'recovery'), a.created_on)
		from account.accounts a where a.id = $1`, h.ID).Scan(&about, &a.CreatedOn, &a.PasswordOn, &a.RecoveryOn)
	if err != nil {
		return a, pg.Fault("load account", err)
	}
	err = openJSON(h, sealedAbout, h.ID, about, &a.About)
	return a, err
}

// Erase removes the account with everything that is kept of it. The sessions of all devices end with it.
func (s *Store) Erase(ctx context.Context, h Holder) error {
	_, err := s.pool.Exec(ctx, `delete from account.accounts where id = $1`, h.ID)
	return pg.Fault("erase account", err)
}

// Clean removes sessions that ended, and accounts that nobody has opened for UnusedLife.
func (s *Store) Clean(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, `delete from account.sessions where expires_at <= $1`, s.now()); err != nil {
		return pg.Fault("remove ended sessions", err)
	}
	if _, err := s.pool.Exec(ctx, `delete from account.waiting where expires_at <= $1`, s.now()); err != nil {
		return pg.Fault("remove ended waiting", err)
	}
	if _, err := s.pool.Exec(ctx, `delete from account.challenges where expires_at <= $1`, s.now()); err != nil {
		return pg.Fault("remove old ceremonies", err)
	}
	if _, err := s.pool.Exec(ctx, `delete from account.begun where expires_at <= $1`, s.now()); err != nil {
		return pg.Fault("remove ended drafts", err)
	}
	_, err := s.pool.Exec(ctx, `delete from account.accounts where seen_on < $1`, workdays.DateOf(s.now().Add(-UnusedLife)))
	return pg.Fault("remove unused accounts", err)
}

// sealJSON seals v to the account as the row with the id.
func sealJSON(to seal.AccountPublic, kind string, id uuid.UUID, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plain)
	return to.Seal(bound(kind, id), plain)
}

// openJSON opens what sealJSON sealed.
func openJSON(h Holder, kind string, id uuid.UUID, sealed []byte, v any) error {
	plain, err := h.key.Open(bound(kind, id), sealed)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plain)
	if err := json.Unmarshal(plain, v); err != nil {
		return fault.Wrap(fault.Internal, err, "")
	}
	return nil
}
