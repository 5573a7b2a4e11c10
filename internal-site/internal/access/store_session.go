package access

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// How long a session lasts: without a request, and at most.
const (
	SessionIdle = 2 * time.Hour
	SessionMax  = 12 * time.Hour
	// halfSession is how long the second factor may take.
	halfSession = 15 * time.Minute
	// SessionKnown is how long after its beginning the browser's token says whose session it was: what was typed until it
	// ended is kept for that person.
	SessionKnown = SessionMax + 12*time.Hour
)

// How many sign-ins may fail within failureWindow before more are refused. What is refused is not counted, so that a
// lock opens by itself however often somebody knocks.
//
// The first limit is the one that guards an account against guessing, and it counts for one network only: whoever
// guesses elsewhere keeps the owner of the account out of nothing. The other two hold against guesses spread over
// logins or over networks; a network from which the login has signed in lately is exempt from both.
const (
	failureWindow    = 15 * time.Minute
	failuresTogether = 8  // of one login from one network
	failuresNetwork  = 40 // from one network, whatever the login
	failuresLogin    = 60 // of one login, wherever from
)

// Attempt is one try to sign in.
type Attempt struct {
	Login, Password string
	Address         netip.Addr
	Agent           string
	TokenHash       []byte // SHA-256 of the token that the browser will get
	Earlier         []byte // SHA-256 of the token that the browser has, if any: that session ends

	byProvider, providerFactor bool // see User
}

// SignIn begins a session. A wrong password, an unknown login and a blocked account get the same answer,
// access.sign_in_failed, after the same work; too many failures get TooMany. The session of somebody who has a second
// factor waits for it: see User.Step and GiveCode.
func (s *Store) SignIn(ctx context.Context, a Attempt) (User, error) {
	login := NormalLogin(a.Login)
	var hash string
	user, err := s.scanUser(s.pool.QueryRow(ctx, `select `+userColumns+`, u.password_hash from access.users u where u.login = $1`, login), &hash)
	if err != nil && !fault.Is(pg.Fault("", err), fault.NotFound) {
		return User{}, pg.Fault("sign in", err)
	}
	exists := err == nil
	attempt, err := s.countAttempt(ctx, countedLogin(login, exists), a.Address)
	if err != nil {
		return User{}, err
	}
	known := exists && !user.Blocked
	if !known {
		hash = nobody()
	}
	fits := false
	if len(a.Password) <= MaxPassword*utf8.UTFMax {
		if fits, err = VerifyPassword(ctx, hash, a.Password); err != nil {
			return User{}, errors.Join(err, s.forget(ctx, attempt))
		}
	}
	if !fits || !known {
		slog.InfoContext(ctx, "sign-in refused", "who", countedLogin(login, exists))
		return User{}, fault.New(fault.Invalid, "access.sign_in_failed")
	}
	if user.MustChange && user.PasswordExpires != nil && !s.now().Before(*user.PasswordExpires) {
		return User{}, errors.Join(fault.New(fault.Invalid, "access.password_over"), s.forget(ctx, attempt))
	}
	if user.Factors > 0 {
		user.FactorDue = true
		return user, s.beginHalf(ctx, user, a, attempt)
	}
	return user, s.begin(ctx, user, a, attempt)
}

// unknownLogins is the key under which this process counts logins that nobody has. What was typed there may be a
// password in the wrong field; without the key, which is nowhere written, the count tells nothing of it.
var unknownLogins = maphash.MakeSeed()

// countedLogin is the login as attempts are counted: one that nobody has stands there as a number.
func countedLogin(login string, exists bool) string {
	if exists {
		return login
	}
	return fmt.Sprintf("?%016x", maphash.String(unknownLogins, login))
}

// networkOf is the network of an address: an IPv6 customer has a /64, an IPv4 address counts by itself.
func networkOf(address netip.Addr) netip.Prefix {
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(address, bits).Masked()
}

// countAttempt notes the attempt as a failure, which it stays unless it succeeds, and refuses it when there
// were too many; then it is not counted. Noting it first leaves no gap for attempts that run at once.
func (s *Store) countAttempt(ctx context.Context, login string, address netip.Addr) (int64, error) {
	var id int64
	now := s.now()
	err := s.pool.QueryRow(ctx, `
		insert into access.sign_in_attempts (login, address, at, successful) values ($1, $2, $3, false) returning id`,
		login, address, now).Scan(&id)
	if err != nil {
		return 0, pg.Fault("count sign-in", err)
	}
	var together, network, all int
	var trusted bool
	var oldest *time.Time
	err = s.pool.QueryRow(ctx, `
		select (select count(*) from access.sign_in_attempts where login = $1 and address <<= $2 and at > $3 and not successful),
		       (select count(*) from access.sign_in_attempts where address <<= $2 and at > $3 and not successful),
		       (select count(*) from access.sign_in_attempts where login = $1 and at > $3 and not successful),
		       exists (select from access.sign_in_attempts where login = $1 and address <<= $2 and successful),
		       (select min(at) from access.sign_in_attempts where login = $1 and address <<= $2 and at > $3 and not successful and id <> $4)`,
		login, networkOf(address), now.Add(-failureWindow), id).Scan(&together, &network, &all, &trusted, &oldest)
	if err != nil {
		return 0, pg.Fault("count sign-ins", err)
	}
	if together <= failuresTogether && (trusted || network <= failuresNetwork && all <= failuresLogin) {
		return id, nil
	}
	wait := failureWindow
	if together > failuresTogether && oldest != nil {
		wait = oldest.Add(failureWindow).Sub(now)
	}
	refused := &fault.Error{Kind: fault.TooMany, Key: "access.sign_in_too_many", Wait: wait}
	if err := s.forget(ctx, id); err != nil {
		return 0, err
	}
	return 0, refused
}

// forget takes an attempt out of the count: nobody looked at its password.
func (s *Store) forget(ctx context.Context, attempt int64) error {
	_, err := s.pool.Exec(context.WithoutCancel(ctx), `delete from access.sign_in_attempts where id = $1`, attempt)
	return pg.Fault("forget sign-in", err)
}

// begin opens the session. What has expired goes by its term; see KeptKinds.
func (s *Store) begin(ctx context.Context, u User, a Attempt, attempt int64) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.open(ctx, tx, u, a, attempt) })
}

func (s *Store) open(ctx context.Context, tx pgx.Tx, u User, a Attempt, attempt int64) error {
	now := s.now()
	batch := &pgx.Batch{}
	batch.Queue(`insert into access.sessions (token_hash, user_id, created_at, seen_at, expires_at, address, agent, by_provider, provider_factor)
		values ($1, $2, $3, $3, $4, $5, $6, $7, $8)`, a.TokenHash, u.ID, now, now.Add(SessionMax), a.Address, cut(a.Agent, 200), a.byProvider, a.providerFactor)
	batch.Queue(`delete from access.sessions where token_hash = $1`, a.Earlier)
	batch.Queue(`update access.sign_in_attempts set successful = true where id = $1`, attempt)
	batch.Queue(`update access.users set last_sign_in_at = $2 where id = $1`, u.ID, now)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return pg.Fault("begin session", err)
	}
	return recordUser(ctx, tx, u.Actor(), u.ID, "sign_in", nil)
}

func cut(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), n)])
}

// Session returns the account behind a token and keeps its session alive; Unsigned when there is none. Somebody whose
// session waits for a step has no rights yet.
func (s *Store) Session(ctx context.Context, tokenHash []byte) (User, error) {
	now := s.now()
	var seen time.Time
	var due, byProvider, providerFactor bool
	u, err := s.scanUser(s.pool.QueryRow(ctx, `
		select `+userColumns+`, se.seen_at, se.factor_due, se.by_provider, se.provider_factor from access.sessions se join access.users u on u.id = se.user_id
		where se.token_hash = $1 and se.expires_at > $2 and se.seen_at > $3 and u.state = 'active'`,
		tokenHash, now, now.Add(-SessionIdle)), &seen, &due, &byProvider, &providerFactor)
	if err = pg.Fault("session", err); fault.Is(err, fault.NotFound) {
		return User{}, fault.New(fault.Unsigned, "")
	}
	if err != nil {
		return User{}, err
	}
	u.FactorDue, u.ByProvider, u.ProviderFactor = due, byProvider, providerFactor
	if u.Step() != NoStep {
		u.Rights = nil
	}
	if now.Sub(seen) > time.Minute { // a write at most once a minute
		_, err = s.pool.Exec(ctx, `update access.sessions set seen_at = $2 where token_hash = $1`, tokenHash, now)
	}
	return u, pg.Fault("keep session", err)
}

// ends is what ends sessions. Their rows stay for a while and open nothing: they say whose they were, so that a form
// that was on its way is kept for that person.
const ends = `update access.sessions set expires_at = $1 where expires_at > $1 and `

// SessionOwner says whose session the token is or, until SessionKnown is over, was, however it ended.
func (s *Store) SessionOwner(ctx context.Context, tokenHash []byte) (id uuid.UUID, err error) {
	err = s.pool.QueryRow(ctx, `select user_id from access.sessions where token_hash = $1 and expires_at > $2`,
		tokenHash, s.now().Add(SessionMax-SessionKnown)).Scan(&id)
	return id, pg.Fault("owner of a session", err)
}

// SignOut ends the session of a token.
func (s *Store) SignOut(ctx context.Context, tokenHash []byte) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, ends+`token_hash = $2`, s.now(), tokenHash)
		return pg.Fault("sign out", err)
	})
}

// SignOutElsewhere ends every session of the account but the one of the token.
func (s *Store) SignOutElsewhere(ctx context.Context, actor Actor, tokenHash []byte) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, ends+`user_id = $2 and token_hash <> $3`, s.now(), actor.UserID, tokenHash)
		if err != nil {
			return pg.Fault("sign out elsewhere", err)
		}
		return recordUser(ctx, tx, actor, actor.UserID, "sign_out_elsewhere", nil)
	})
}

// SignOutOne ends one session of the account, known by the hash of its token; NotFound when it has no such session.
func (s *Store) SignOutOne(ctx context.Context, actor Actor, tokenHash []byte) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		err := exec(ctx, tx, "sign out", ends+`user_id = $2 and token_hash = $3`, s.now(), actor.UserID, tokenHash)
		if err != nil {
			return err
		}
		return recordUser(ctx, tx, actor, actor.UserID, "sign_out_one", nil)
	})
}

// OpenSession is one place where an account is signed in.
type OpenSession struct {
	CreatedAt, SeenAt time.Time
	Address           string
	Agent             string
	Current           bool
	TokenHash         []byte // names the session to its owner; the token cannot be told from it
}

// Sessions lists where the account is signed in, the latest first; one that waits for the second factor is not.
func (s *Store) Sessions(ctx context.Context, id uuid.UUID, current []byte) ([]OpenSession, error) {
	now := s.now()
	rows, _ := s.pool.Query(ctx, `select created_at, seen_at, coalesce(host(address), ''), agent, token_hash = $2, token_hash
		from access.sessions where user_id = $1 and expires_at > $3 and seen_at > $4 and not factor_due
		order by seen_at desc limit 100`, id, current, now, now.Add(-SessionIdle))
	sessions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[OpenSession])
	return sessions, pg.Fault("list sessions", err)
}

// ChangeOwnPassword sets the password that its owner chose and ends the other sessions.
func (s *Store) ChangeOwnPassword(ctx context.Context, actor Actor, present, password string, tokenHash []byte) error {
	if err := s.confirmOwner(ctx, actor, Confirmation{Password: present, Session: tokenHash}); err != nil {
		return err
	}
	if present == password {
		return fault.InvalidFields(fault.FieldError{Field: "password", Key: "access.password_same"})
	}
	if err := CheckPassword(actor.Login, password); err != nil {
		return asField("password", err)
	}
	fresh, err := HashPassword(ctx, password)
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		err := exec(ctx, tx, "change password", `update access.users set password_hash = $2, must_change = false, password_expires_at = null,
			version = version + 1 where id = $1`, actor.UserID, fresh)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, ends+`user_id = $2 and token_hash <> $3`, s.now(), actor.UserID, tokenHash)
		if err != nil {
			return pg.Fault("end sessions", err)
		}
		return recordUser(ctx, tx, actor, actor.UserID, "change_password", nil)
	})
}

// SetLanguage remembers the language of the interface that a person chose.
func (s *Store) SetLanguage(ctx context.Context, id uuid.UUID, language string) error {
	_, err := s.pool.Exec(ctx, `update access.users set language = $2 where id = $1`, id, language)
	return pg.Fault("set language", err)
}
