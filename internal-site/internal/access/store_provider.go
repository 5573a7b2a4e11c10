package access

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Identity is what an OpenID Connect provider says of somebody who has signed in there.
type Identity struct {
	Issuer, Subject string
	// Login and Email may find the account of somebody who signs in for the first time; "" when the configuration does not want
	// that, or the provider has not checked the e-mail.
	Login, Email string
	// Second says that the provider has asked for a second factor which stands for the portal's own.
	Second bool
}

// KeepPass remembers what belongs to one browser while its reader is at the provider. owner is who links their account; Nil for
// signing in.
func (s *Store) KeepPass(ctx context.Context, owner uuid.UUID, address netip.Addr, pass any) (token string, err error) {
	return s.keepChallenge(ctx, owner, address, pass)
}

// TakePass reads that once.
func (s *Store) TakePass(ctx context.Context, token string, into any) (owner uuid.UUID, err error) {
	return s.takeChallenge(ctx, token, into)
}

// ProviderStep is one sign-in of somebody whom the provider knows.
type ProviderStep struct {
	Identity
	Address   netip.Addr
	Agent     string
	TokenHash []byte // SHA-256 of the token that the browser will get
	Earlier   []byte // SHA-256 of the token that the browser has, if any: that session ends
}

// SignInByProvider begins a session for whom the provider knows, in place of a password: there has to be an account that is linked
// to them and not blocked. The portal asks for its own second factor all the same, unless the provider's is to stand for it.
func (s *Store) SignInByProvider(ctx context.Context, step ProviderStep) (User, error) {
	user, err := s.known(ctx, step.Identity)
	if err != nil {
		return User{}, err
	}
	if user.Blocked {
		slog.InfoContext(ctx, "sign-in by provider refused", "who", user.Login)
		return User{}, fault.New(fault.Invalid, "access.provider_blocked")
	}
	attempt, err := s.countAttempt(ctx, user.Login, step.Address)
	if err != nil {
		return User{}, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update access.identities set last_used_at = $3 where issuer = $1 and subject = $2`, step.Issuer, step.Subject, s.now())
		return pg.Fault("use identity", err)
	})
	if err != nil {
		return User{}, errors.Join(err, s.forget(ctx, attempt))
	}
	a := Attempt{Address: step.Address, Agent: step.Agent, TokenHash: step.TokenHash, Earlier: step.Earlier, byProvider: true, providerFactor: step.Second}
	user.ByProvider, user.ProviderFactor = true, step.Second
	if user.Factors > 0 && !step.Second {
		user.FactorDue = true
		return user, s.beginHalf(ctx, user, a, attempt)
	}
	return user, s.begin(ctx, user, a, attempt)
}

// known is the account that is linked to the identity. At the first sign-in it is found by what the provider calls the person, if
// the configuration says so, and linked: from then on the provider can call them whatever it likes.
func (s *Store) known(ctx context.Context, is Identity) (user User, err error) {
	user, err = s.scanUser(s.pool.QueryRow(ctx, `select `+userColumns+` from access.identities i join access.users u on u.id = i.user_id
		where i.issuer = $1 and i.subject = $2`, is.Issuer, is.Subject))
	if err = pg.Fault("known identity", err); err == nil || !fault.Is(err, fault.NotFound) {
		return user, err
	}
	unknown := fault.New(fault.Invalid, "access.provider_unknown")
	login := NormalLogin(is.Login)
	if login == "" && is.Email == "" {
		return User{}, unknown
	}
	rows, err := s.pool.Query(ctx, `select `+userColumns+` from access.users u where (u.login = $1 or $2 <> '' and lower(u.email) = lower($2))
		and not exists (select from access.identities i where i.user_id = u.id and i.issuer = $3) limit 2`, login, is.Email, is.Issuer)
	if err != nil {
		return User{}, pg.Fault("find by identity", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (User, error) { return s.scanUser(row) })
	switch {
	case err != nil:
		return User{}, pg.Fault("find by identity", err)
	case len(found) != 1: // nobody, or several who share an e-mail
		return User{}, unknown
	case found[0].Blocked:
		return found[0], nil
	case keepsAccounts(found[0].Rights):
		// Whoever keeps the provider's accounts can call theirs what they like, and would give rights here by signing in.
		return User{}, fault.New(fault.Invalid, "access.provider_link_first")
	}
	return found[0], s.link(ctx, found[0].Actor(), is)
}

// Link ties the actor's account to the identity: it signs them in from now on.
func (s *Store) Link(ctx context.Context, actor Actor, is Identity) error {
	return s.link(ctx, actor, is)
}

func (s *Store) link(ctx context.Context, actor Actor, is Identity) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into access.identities (issuer, subject, user_id, linked_at) values ($1, $2, $3, $4)`,
			is.Issuer, is.Subject, actor.UserID, s.now())
		if pg.Code(err) == pg.CodeUniqueViolation {
			return fault.New(fault.Invalid, "access.provider_taken")
		}
		if err != nil {
			return pg.Fault("link identity", err)
		}
		return recordUser(ctx, tx, actor, actor.UserID, "link_provider", map[string]string{"issuer": is.Issuer, "subject": is.Subject})
	})
}

// ConfirmLink checks the password of the actor, who is about to link their account: an unlocked screen is not enough.
func (s *Store) ConfirmLink(ctx context.Context, actor Actor, by Confirmation) error {
	return s.confirmOwner(ctx, actor, by)
}

// Linked says whether the account is tied to somebody at the provider.
func (s *Store) Linked(ctx context.Context, id uuid.UUID, issuer string) (is bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from access.identities where user_id = $1 and issuer = $2)`, id, issuer).Scan(&is)
	return is, pg.Fault("linked identity", err)
}

// SignsInElsewhere says whether an account that the actor sees is tied to somebody at a provider.
func (s *Store) SignsInElsewhere(ctx context.Context, actor Actor, id uuid.UUID) (is bool, err error) {
	if _, err := s.visible(ctx, s.pool, actor, id); err != nil {
		return false, err
	}
	err = s.pool.QueryRow(ctx, `select exists (select from access.identities where user_id = $1)`, id).Scan(&is)
	return is, pg.Fault("identities of an account", err)
}

// Unlink unties an account: the actor's own, or one that they manage, whose sessions then end.
func (s *Store) Unlink(ctx context.Context, actor Actor, id uuid.UUID) error {
	if id == actor.UserID {
		return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := unlink(ctx, tx, id); err != nil {
				return err
			}
			return recordUser(ctx, tx, actor, id, "unlink_provider", nil)
		})
	}
	return s.manage(ctx, actor, id, func(tx pgx.Tx, actor Actor, _ User) error {
		if err := unlink(ctx, tx, id); err != nil {
			return err
		}
		return s.endSessions(ctx, tx, actor, id, "unlink_provider")
	})
}

func unlink(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	return exec(ctx, tx, "unlink identity", `delete from access.identities where user_id = $1`, id)
}
