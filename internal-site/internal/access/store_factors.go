package access

import (
	"context"
	"encoding/base64"
	"errors"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/totp"
)

// maxFactors is how many second factors somebody may have.
const maxFactors = 10

// OffersCodes says whether this process can keep the secrets of apps.
func (s *Store) OffersCodes() bool { return s.keys.any() }

// Factors lists the second factors of an account, the oldest first, and how many recovery codes are left. It is for their
// owner and for whoever keeps accounts.
func (s *Store) Factors(ctx context.Context, actor Actor, id uuid.UUID) (factors []Factor, recovery int, err error) {
	if id != actor.UserID {
		if _, err := s.visible(ctx, s.pool, actor, id); err != nil {
			return nil, 0, err
		}
	}
	rows, _ := s.pool.Query(ctx, `select id, kind, name, created_at, last_used_at from access.factors where user_id = $1 order by created_at, id`, id)
	if factors, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Factor]); err != nil {
		return nil, 0, pg.Fault("list factors", err)
	}
	err = s.pool.QueryRow(ctx, `select count(*) from access.recovery_codes where user_id = $1 and used_at is null`, id).Scan(&recovery)
	return factors, recovery, pg.Fault("count recovery codes", err)
}

// PrepareCode makes a secret for the actor's app. Nothing is kept of it before ConfirmCode.
func (s *Store) PrepareCode(actor Actor, issuer string) (Enrolment, error) {
	if !s.keys.any() {
		return Enrolment{}, fault.New(fault.Unavailable, "")
	}
	secret := totp.NewSecret()
	return enrolmentOf(secret, base64.RawURLEncoding.EncodeToString(s.keys.Seal(actor.UserID, secret)), actor.Login, issuer), nil
}

// ShownCode is the secret that a form carries, for the page that shows the form again.
func (s *Store) ShownCode(actor Actor, sealed, issuer string) (Enrolment, error) {
	secret, err := s.openSecret(actor, sealed)
	if err != nil {
		return Enrolment{}, err
	}
	return enrolmentOf(secret, sealed, actor.Login, issuer), nil
}

func (s *Store) openSecret(actor Actor, sealed string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return nil, asField("code", fault.Wrap(fault.Invalid, err, "access.factor_stale"))
	}
	secret, err := s.keys.Open(actor.UserID, raw)
	if err != nil { // it was sealed for somebody else, or with a key that this process has no more: there is a new one to scan
		return nil, asField("code", fault.Wrap(fault.Invalid, err, "access.factor_stale"))
	}
	return secret, nil
}

// NewCode is an app that somebody sets up.
type NewCode struct {
	Name   string
	Sealed string // of the Enrolment
	Code   string // that the app shows
}

// ConfirmCode adds the app to the actor's second factors when it shows the right code, and ends their other sessions. With
// the first factor they get recovery codes, which nobody can see again.
func (s *Store) ConfirmCode(ctx context.Context, actor Actor, n NewCode, by Confirmation) (recovery []string, err error) {
	secret, err := s.openSecret(actor, n.Sealed)
	if err != nil {
		return nil, err
	}
	step, right := totp.Step(secret, totp.Tidy(n.Code), s.now(), 0)
	if !right {
		return nil, fault.InvalidFields(fault.FieldError{Field: "code", Key: "access.code_wrong"})
	}
	if err := s.confirmOwner(ctx, actor, by); err != nil {
		return nil, err
	}
	err = s.addFactor(ctx, actor, by, n.Name, &recovery, func(ctx context.Context, tx pgx.Tx, id uuid.UUID, name string) error {
		_, err := tx.Exec(ctx, `insert into access.factors (id, user_id, kind, name, secret, last_step, created_at) values ($1, $2, 'code', $3, $4, $5, $6)`,
			id, actor.UserID, name, s.keys.Seal(actor.UserID, secret), step, s.now())
		return pg.Fault("add code factor", err)
	})
	return recovery, err
}

// addFactor writes a factor by insert, with what goes with every one of them.
func (s *Store) addFactor(ctx context.Context, actor Actor, by Confirmation, name string, recovery *[]string,
	insert func(ctx context.Context, tx pgx.Tx, id uuid.UUID, name string) error,
) error {
	name = factorName(name)
	if name == "" {
		return errNameless()
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := lockedFactors(ctx, tx, actor.UserID)
		switch {
		case err != nil:
			return err
		case n >= maxFactors:
			return errTooManyFactors()
		}
		id := uuid.Must(uuid.NewV7())
		if err := insert(ctx, tx, id, name); err != nil {
			return err
		}
		if n == 0 {
			if *recovery, err = s.replaceRecovery(ctx, tx, actor.UserID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, ends+`user_id = $2 and token_hash <> $3`, s.now(), actor.UserID, by.Session); err != nil {
			return pg.Fault("end sessions", err)
		}
		return recordUser(ctx, tx, actor, actor.UserID, "add_factor", map[string]string{"factor": id.String(), "name": name})
	})
}

// factorName is the name that somebody gave a factor, in its form; "" when there is none.
func factorName(name string) string { return cut(oneLine(name), 60) }

func errNameless() error {
	return fault.InvalidFields(fault.FieldError{Field: "name", Key: "access.factor_name_required"})
}

func errTooManyFactors() error {
	return fault.InvalidFields(fault.FieldError{Field: "name", Key: "access.factors_many", Args: []any{maxFactors}})
}

// lockedFactors locks the account and counts its factors: those who add, remove and use them come one after another.
func lockedFactors(ctx context.Context, tx pgx.Tx, id uuid.UUID) (n int, err error) {
	if _, err := tx.Exec(ctx, `select from access.users where id = $1 for update`, id); err != nil {
		return 0, pg.Fault("lock user", err)
	}
	err = tx.QueryRow(ctx, `select count(*) from access.factors where user_id = $1`, id).Scan(&n)
	return n, pg.Fault("count factors", err)
}

// replaceRecovery makes recovery codes in place of all that there were.
func (s *Store) replaceRecovery(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]string, error) {
	codes := newRecoveryCodes()
	batch := &pgx.Batch{}
	batch.Queue(`delete from access.recovery_codes where user_id = $1`, id)
	for _, code := range codes {
		batch.Queue(`insert into access.recovery_codes (user_id, code_hash) values ($1, $2)`, id, hashRecoveryCode(id, code))
	}
	return codes, pg.Fault("make recovery codes", tx.SendBatch(ctx, batch).Close())
}

// RenewRecovery gives the actor new recovery codes; the old ones open nothing any more.
func (s *Store) RenewRecovery(ctx context.Context, actor Actor, by Confirmation) (codes []string, err error) {
	if err := s.confirmOwner(ctx, actor, by); err != nil {
		return nil, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := lockedFactors(ctx, tx, actor.UserID)
		switch {
		case err != nil:
			return err
		case n == 0:
			return fault.New(fault.NotFound, "")
		}
		if codes, err = s.replaceRecovery(ctx, tx, actor.UserID); err != nil {
			return err
		}
		return recordUser(ctx, tx, actor, actor.UserID, "renew_recovery", nil)
	})
	return codes, err
}

// RemoveFactor takes one of their own factors off the actor. The last one stays while a group of theirs needs one.
func (s *Store) RemoveFactor(ctx context.Context, actor Actor, factor uuid.UUID, by Confirmation) error {
	if err := s.confirmOwner(ctx, actor, by); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := lockedFactors(ctx, tx, actor.UserID)
		if err != nil {
			return err
		}
		u, err := s.userByID(ctx, tx, actor.UserID)
		if err != nil {
			return err
		}
		if u.NeedsFactor && n == 1 {
			return fault.InvalidFields(fault.FieldError{Field: "present", Key: "access.factor_last"})
		}
		if err := exec(ctx, tx, "remove factor", `delete from access.factors where id = $1 and user_id = $2`, factor, actor.UserID); err != nil {
			return err
		}
		if n == 1 {
			if _, err := tx.Exec(ctx, `delete from access.recovery_codes where user_id = $1`, actor.UserID); err != nil {
				return pg.Fault("remove recovery codes", err)
			}
		}
		return recordUser(ctx, tx, actor, actor.UserID, "remove_factor", map[string]string{"factor": factor.String()})
	})
}

// ResetFactors takes every second factor off somebody who has lost them, and ends their sessions. When the account opens
// more than the actor may see, a second person has to confirm it, as for a password: whoever could do both alone would be in.
func (s *Store) ResetFactors(ctx context.Context, actor Actor, id uuid.UUID) (outcome Outcome, err error) {
	err = s.manage(ctx, actor, id, func(tx pgx.Tx, actor Actor, u User) error {
		if !actor.operator && s.declared.opensMore(actor.Rights, u.Rights) {
			outcome = Proposed
			return s.propose(ctx, tx, actor, Proposal{Kind: Factors, UserID: u.ID})
		}
		return s.resetFactors(ctx, tx, actor, u.ID)
	})
	return outcome, err
}

func (s *Store) resetFactors(ctx context.Context, tx pgx.Tx, by Actor, id uuid.UUID) error {
	batch := &pgx.Batch{}
	batch.Queue(`delete from access.factors where user_id = $1`, id)
	batch.Queue(`delete from access.recovery_codes where user_id = $1`, id)
	batch.Queue(`update access.users set wrong_codes = 0 where id = $1`, id)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return pg.Fault("reset factors", err)
	}
	return s.endSessions(ctx, tx, by, id, "reset_factors")
}

// confirmOwner checks the password of the actor for a change of how they sign in. Wrong ones count like those of signing in:
// whoever sits down at an unlocked screen does not guess it.
func (s *Store) confirmOwner(ctx context.Context, actor Actor, by Confirmation) error {
	var hash string
	var address netip.Addr
	err := s.pool.QueryRow(ctx, `select u.password_hash, coalesce(se.address, '0.0.0.0')
		from access.users u left join access.sessions se on se.user_id = u.id and se.token_hash = $2
		where u.id = $1`, actor.UserID, by.Session).Scan(&hash, &address)
	if err != nil {
		return pg.Fault("confirm owner", err)
	}
	attempt, err := s.countAttempt(ctx, NormalLogin(actor.Login), address)
	if err != nil {
		return err
	}
	fits, err := VerifyPassword(ctx, hash, by.Password)
	switch {
	case err != nil:
		return errors.Join(err, s.forget(ctx, attempt))
	case !fits:
		return fault.InvalidFields(fault.FieldError{Field: "present", Key: "access.password_wrong"})
	}
	return s.forget(ctx, attempt)
}
