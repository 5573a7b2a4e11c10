package access

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// OneTime is a password that the portal made for an account. It is shown once, to the person who hands it over, and has
// to be changed at the first sign-in.
//
// Where an account opens more than that person may see, they are the second person who confirmed it: whoever asked for the
// account or the password never learns it, and could do nothing with an account that others watch them get.
type OneTime struct {
	UserID          uuid.UUID
	FullName, Login string
	Password        string // "" while a second person has to confirm
}

// oneTimeDays is how long a password that somebody else gave counts.
const oneTimeDays = 7

// oneTimeLetters cannot be taken for each other when they are read out or copied by hand.
const oneTimeLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// newOneTime makes a password of 79 bits, in groups that are easy to type.
func newOneTime() string {
	const groups, size = 4, 4
	var b strings.Builder
	for i := 0; i < groups*size; {
		var one [1]byte
		_, _ = rand.Read(one[:]) // never fails (crypto/rand)
		if int(one[0]) >= 256-256%len(oneTimeLetters) {
			continue // every letter is as likely
		}
		if i > 0 && i%size == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(oneTimeLetters[int(one[0])%len(oneTimeLetters)])
		i++
	}
	return b.String()
}

// Enrol adds an account with a password that the portal makes, and lets it into a group at once unless grant is nil. Whose
// right to manage accounts reaches only their own place has to say the group.
func (s *Store) Enrol(ctx context.Context, actor Actor, u User, grant *Grant) (OneTime, Outcome, error) {
	if err := RequireEver(actor, ManageUsers); err != nil {
		return OneTime{}, "", err
	}
	password := newOneTime()
	u, outcome, err := s.add(ctx, actor, u, password, grant)
	made := OneTime{UserID: u.ID, FullName: u.FullName, Login: u.Login}
	if err == nil && outcome == Done {
		made.Password = password
	}
	return made, outcome, err
}

// MakePassword gives an account of somebody else a new password, which ends every session and every lock. When it opens
// more than the actor may see, it is made only when a second person confirms it, and shown to them.
func (s *Store) MakePassword(ctx context.Context, actor Actor, id uuid.UUID) (made OneTime, outcome Outcome, err error) {
	err = s.manage(ctx, actor, id, func(tx pgx.Tx, actor Actor, u User) error {
		if s.declared.opensMore(actor.Rights, u.Rights) {
			outcome, made = Proposed, OneTime{UserID: id}
			return s.propose(ctx, tx, actor, Proposal{Kind: Password, UserID: u.ID})
		}
		made, err = s.makePassword(ctx, tx, actor, u)
		return err
	})
	return made, outcome, err
}

// makePassword writes a password that nobody has seen yet.
func (s *Store) makePassword(ctx context.Context, tx pgx.Tx, by Actor, u User) (OneTime, error) {
	made := OneTime{UserID: u.ID, FullName: u.FullName, Login: u.Login, Password: newOneTime()}
	hash, err := HashPassword(ctx, made.Password)
	if err != nil {
		return OneTime{}, err
	}
	return made, s.setPassword(ctx, tx, by, u, hash)
}

// SetPassword gives an account a password that was chosen on the command line: it ends every session and has to be changed
// at the next sign-in. People have one made; see MakePassword.
func (s *Store) SetPassword(ctx context.Context, operator Actor, u User, password string) error {
	if !operator.operator {
		return fault.New(fault.Forbidden, "")
	}
	if err := CheckPassword(u.Login, password); err != nil {
		return asField("password", err)
	}
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return err
	}
	return s.manage(ctx, operator, u.ID, func(tx pgx.Tx, actor Actor, u User) error {
		return s.setPassword(ctx, tx, actor, u, hash)
	})
}

// setPassword writes a password that its owner did not choose, and lifts the locks of the account: whoever was locked out
// asked for it.
func (s *Store) setPassword(ctx context.Context, tx pgx.Tx, by Actor, u User, hash string) error {
	err := exec(ctx, tx, "set password", `update access.users set password_hash = $2, must_change = true, password_expires_at = $3,
		version = version + 1 where id = $1`, u.ID, hash, s.now().AddDate(0, 0, oneTimeDays))
	if err != nil {
		return err
	}
	if err := forgetFailures(ctx, tx, u.Login); err != nil {
		return err
	}
	return s.endSessions(ctx, tx, by, u.ID, "reset_password")
}

// expireOneTime ends the passwords that members of a group have been handed and not changed yet: whoever made them knew
// them, and the group has just got rights that take a second person.
func (s *Store) expireOneTime(ctx context.Context, tx pgx.Tx, group GroupCode) error {
	_, err := tx.Exec(ctx, `update access.users set password_expires_at = $2
		where must_change and id in (select user_id from access.roles where role = $1)`, group, s.now())
	return pg.Fault("expire passwords", err)
}

// Lock says where an account cannot sign in for a while, after too many wrong passwords.
type Lock struct {
	Networks []string  // from these addresses or networks
	All      bool      // from wherever the account has not signed in lately
	Until    time.Time // when the last of them opens by itself
	Codes    bool      // after too many wrong codes of the second factor, until somebody opens it
}

// IsZero says whether the account is locked nowhere.
func (l Lock) IsZero() bool { return len(l.Networks) == 0 && !l.All && !l.Codes }

// LockOf says where an account that the actor sees is locked.
func (s *Store) LockOf(ctx context.Context, actor Actor, id uuid.UUID) (l Lock, err error) {
	u, err := s.visible(ctx, s.pool, actor, id)
	if err != nil {
		return l, err
	}
	rows, err := s.pool.Query(ctx, `select address, at from access.sign_in_attempts
		where login = $1 and at > $2 and not successful order by at limit 1000`, u.Login, s.now().Add(-failureWindow))
	if err != nil {
		return l, pg.Fault("lock of an account", err)
	}
	var failures []failure
	var one failure
	_, err = pgx.ForEachRow(rows, []any{&one.address, &one.at}, func() error {
		failures = append(failures, one)
		return nil
	})
	l = lockOf(failures)
	l.Codes = u.WrongCodes >= maxWrongCodes
	return l, pg.Fault("lock of an account", err)
}

// failure is one wrong password.
type failure struct {
	address netip.Addr
	at      time.Time
}

// lockOf adds up the failures of one login within the window, the oldest first.
func lockOf(failures []failure) (l Lock) {
	first, counts := map[netip.Prefix]time.Time{}, map[netip.Prefix]int{}
	for _, f := range failures {
		network := networkOf(f.address)
		if counts[network]++; counts[network] == 1 {
			first[network] = f.at
		}
		if counts[network] != failuresTogether {
			continue
		}
		l.Networks = append(l.Networks, nameOf(network))
		if until := first[network].Add(failureWindow); until.After(l.Until) {
			l.Until = until
		}
	}
	if len(failures) >= failuresLogin {
		l.All, l.Until = true, failures[len(failures)-failuresLogin].at.Add(failureWindow)
	}
	return l
}

// nameOf is a network as people read it: an address by itself without the length of its prefix.
func nameOf(network netip.Prefix) string {
	if network.IsSingleIP() {
		return network.Addr().String()
	}
	return network.String()
}

// Unlock forgets the wrong passwords and codes of an account, so that its owner can sign in at once.
func (s *Store) Unlock(ctx context.Context, actor Actor, id uuid.UUID) error {
	return s.manage(ctx, actor, id, func(tx pgx.Tx, actor Actor, u User) error {
		if err := forgetFailures(ctx, tx, u.Login); err != nil {
			return err
		}
		return recordUser(ctx, tx, actor, id, "unlock", nil)
	})
}

func forgetFailures(ctx context.Context, tx pgx.Tx, login string) error {
	batch := &pgx.Batch{}
	batch.Queue(`delete from access.sign_in_attempts where login = $1 and not successful`, login)
	batch.Queue(`update access.users set wrong_codes = 0 where login = $1`, login)
	return pg.Fault("forget failures", tx.SendBatch(ctx, batch).Close())
}
