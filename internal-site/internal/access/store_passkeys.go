package access

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// WithPasskeys returns a copy of the store that takes passkeys; nil: it takes none.
func (s *Store) WithPasskeys(p *Passkeys) *Store {
	c := *s
	c.passkeys = p
	return &c
}

// OffersPasskeys says whether passkeys can be used on this site.
func (s *Store) OffersPasskeys() bool { return s.passkeys != nil }

// HasPasskeys says whether the account has a passkey that can be used on this site.
func (s *Store) HasPasskeys(ctx context.Context, id uuid.UUID) (has bool, err error) {
	if s.passkeys == nil {
		return false, nil
	}
	err = s.pool.QueryRow(ctx, `select exists (select from access.factors where user_id = $1 and kind = 'passkey')`, id).Scan(&has)
	return has, pg.Fault("look for passkeys", err)
}

// PreparePasskey asks the browser of the actor for a new key, once they have given their password.
func (s *Store) PreparePasskey(ctx context.Context, actor Actor, name string, address netip.Addr, by Confirmation) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, fault.New(fault.Unavailable, "")
	}
	name = factorName(name)
	if name == "" {
		return Ceremony{}, errNameless()
	}
	if err := s.confirmOwner(ctx, actor, by); err != nil {
		return Ceremony{}, err
	}
	owner, err := s.keyOwner(ctx, s.pool, actor.UserID)
	if err != nil {
		return Ceremony{}, err
	}
	if owner.Factors >= maxFactors {
		return Ceremony{}, errTooManyFactors()
	}
	options, kept, err := s.passkeys.askToAdd(owner, name)
	return s.keepCeremony(ctx, actor.UserID, address, options, kept, err)
}

// keepCeremony remembers what a ceremony asks for.
func (s *Store) keepCeremony(ctx context.Context, owner uuid.UUID, address netip.Addr, options string, kept asked, err error) (Ceremony, error) {
	if err != nil {
		return Ceremony{}, err
	}
	token, err := s.keepChallenge(ctx, owner, address, kept)
	return Ceremony{Token: token, Options: options}, err
}

// ConfirmPasskey adds the key that the answer brings to the actor's second factors, and ends their other sessions. With the
// first factor they get recovery codes, which nobody can see again.
func (s *Store) ConfirmPasskey(ctx context.Context, actor Actor, token, answer string, session []byte) (recovery []string, err error) {
	if s.passkeys == nil {
		return nil, fault.New(fault.Unavailable, "")
	}
	var kept asked
	whose, err := s.takeChallenge(ctx, token, &kept)
	if err != nil {
		return nil, err
	}
	if whose != actor.UserID || kept.For != toAddKey {
		return nil, fault.New(fault.Invalid, "access.challenge_stale")
	}
	owner, err := s.keyOwner(ctx, s.pool, actor.UserID)
	if err != nil {
		return nil, err
	}
	key, err := s.passkeys.newKey(owner, kept, answer)
	if err != nil {
		return nil, err
	}
	err = s.addFactor(ctx, actor, Confirmation{Session: session}, kept.Name, &recovery, func(ctx context.Context, tx pgx.Tx, id uuid.UUID, name string) error {
		_, err := tx.Exec(ctx, `insert into access.factors (id, user_id, kind, name, credential_id, credential, created_at) values ($1, $2, 'passkey', $3, $4, $5, $6)`,
			id, actor.UserID, name, key.ID, key, s.now())
		if pg.Code(err) == pg.CodeUniqueViolation {
			return fault.New(fault.Invalid, "access.passkey_known")
		}
		return pg.Fault("add passkey", err)
	})
	return recovery, err
}

// AskPasskey asks for a key of the person whose session waits for the second factor.
func (s *Store) AskPasskey(ctx context.Context, waiting []byte, address netip.Addr) (Ceremony, error) {
	user, err := s.waiting(ctx, waiting)
	if err != nil {
		return Ceremony{}, err
	}
	owner, err := s.keyOwner(ctx, s.pool, user.ID)
	switch {
	case err != nil:
		return Ceremony{}, err
	case s.passkeys == nil || len(owner.keys) == 0:
		return Ceremony{}, fault.New(fault.Conflict, "access.passkey_none")
	}
	options, kept, err := s.passkeys.askToConfirm(owner)
	return s.keepCeremony(ctx, user.ID, address, options, kept, err)
}

// AskAnyPasskey asks for a key of whoever wants to sign in with it alone.
func (s *Store) AskAnyPasskey(ctx context.Context, address netip.Addr) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, fault.New(fault.Unavailable, "")
	}
	options, kept, err := s.passkeys.askAnyone()
	return s.keepCeremony(ctx, uuid.Nil, address, options, kept, err)
}

// PasskeyStep is one try to sign in with a passkey.
type PasskeyStep struct {
	Token     string // of the ceremony
	Answer    string // of the browser, as JSON
	Address   netip.Addr
	Agent     string
	TokenHash []byte // SHA-256 of the token that the browser will get
	Earlier   []byte // SHA-256 of the token that the browser has, if any: that session ends
	Second    bool   // Earlier waits for the second factor; otherwise the key alone signs in
}

// GivePasskey begins a session for whoever has signed with their passkey. The key is something they have and shows that it
// knows them, by a PIN or a finger, so that it stands for both factors; after a password it is the second one. A signature cannot be
// guessed, which is why wrong ones count like wrong passwords and close no account.
func (s *Store) GivePasskey(ctx context.Context, step PasskeyStep) (User, error) {
	if s.passkeys == nil {
		return User{}, fault.New(fault.Unavailable, "")
	}
	var kept asked
	whose, err := s.takeChallenge(ctx, step.Token, &kept)
	if err != nil {
		return User{}, err
	}
	answer, err := parseSignature(step.Answer)
	if err != nil {
		return User{}, err
	}
	user, err := s.answering(ctx, step, kept, whose, answer)
	if err != nil {
		return User{}, err
	}
	attempt, err := s.countAttempt(ctx, user.Login, step.Address)
	if err != nil {
		return User{}, err
	}
	var refusal error // what the trail keeps of it stays
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		err := s.takeSignature(ctx, tx, user, kept, answer)
		if fault.Is(err, fault.Invalid) {
			refusal = err
			return nil
		}
		if err != nil {
			return err
		}
		return s.open(ctx, tx, user, Attempt{
			Address: step.Address, Agent: step.Agent, TokenHash: step.TokenHash, Earlier: step.Earlier, byProvider: user.ByProvider,
		}, attempt)
	})
	if err != nil {
		return User{}, errors.Join(err, s.forget(ctx, attempt))
	}
	if refusal != nil {
		slog.InfoContext(ctx, "passkey refused", "who", user.Login, "error", refusal)
		return User{}, refusal
	}
	return s.userByID(ctx, s.pool, user.ID)
}

// answering is the account whose key may have signed the answer.
func (s *Store) answering(ctx context.Context, step PasskeyStep, kept asked, whose uuid.UUID, answer signature) (User, error) {
	if step.Second {
		user, err := s.waiting(ctx, step.Earlier)
		if err == nil && (kept.For != toConfirm || whose != user.ID) {
			err = fault.New(fault.Invalid, "access.challenge_stale")
		}
		return user, err
	}
	if kept.For != toSignAlone {
		return User{}, fault.New(fault.Invalid, "access.challenge_stale")
	}
	user, err := s.userByID(ctx, s.pool, answer.owner)
	if fault.Is(err, fault.NotFound) || err == nil && user.Blocked {
		return User{}, fault.New(fault.Invalid, "access.passkey_unknown")
	}
	return user, err
}

// takeSignature checks the answer against the keys of the account, which are locked, and keeps the new count of the one that
// signed. A key whose count did not grow is refused, and the trail says so.
func (s *Store) takeSignature(ctx context.Context, tx pgx.Tx, user User, kept asked, answer signature) error {
	if _, err := lockedFactors(ctx, tx, user.ID); err != nil {
		return err
	}
	owner, err := s.keyOwner(ctx, tx, user.ID)
	if err != nil {
		return err
	}
	if owner.Blocked {
		return fault.New(fault.Invalid, "access.passkey_unknown")
	}
	key, copied, err := s.passkeys.check(owner, kept, answer)
	if err != nil {
		return err
	}
	if copied {
		if err := recordUser(ctx, tx, user.Actor(), user.ID, "passkey_copied", nil); err != nil {
			return err
		}
		return fault.New(fault.Invalid, "access.passkey_copied")
	}
	return exec(ctx, tx, "use passkey", `update access.factors set credential = $3, last_used_at = $4 where user_id = $1 and credential_id = $2`,
		user.ID, key.ID, key, s.now())
}

// keyOwner reads an account with its passkeys.
func (s *Store) keyOwner(ctx context.Context, db pg.Queryer, id uuid.UUID) (keyOwner, error) {
	user, err := s.userByID(ctx, db, id)
	if err != nil {
		return keyOwner{}, err
	}
	rows, _ := db.Query(ctx, `select credential from access.factors where user_id = $1 and kind = 'passkey' order by created_at, id`, id)
	texts, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return keyOwner{}, pg.Fault("passkeys", err)
	}
	owner := keyOwner{User: user}
	for _, text := range texts {
		var key webauthn.Credential
		if err := json.Unmarshal(text, &key); err != nil {
			return keyOwner{}, fault.Wrap(fault.Internal, err, "")
		}
		owner.keys = append(owner.keys, key)
	}
	return owner, nil
}
