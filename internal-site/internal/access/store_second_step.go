package access

import (
	"context"
	"errors"
	"log/slog"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/totp"
)

// beginHalf opens a session that waits for the second factor. The attempt is neither a failure nor a success yet: a right
// password alone makes no network one that is known.
func (s *Store) beginHalf(ctx context.Context, u User, a Attempt, attempt int64) error {
	now := s.now()
	batch := &pgx.Batch{}
	batch.Queue(`insert into access.sessions (token_hash, user_id, created_at, seen_at, expires_at, address, agent, factor_due, by_provider)
		values ($1, $2, $3, $3, $4, $5, $6, true, $7)`, a.TokenHash, u.ID, now, now.Add(halfSession), a.Address, cut(a.Agent, 200), a.byProvider)
	batch.Queue(`delete from access.sessions where token_hash = $1`, a.Earlier)
	batch.Queue(`delete from access.sign_in_attempts where id = $1`, attempt)
	batch.Queue(`delete from access.sessions where user_id = $1 and factor_due and expires_at < $2`, u.ID, now)
	return pg.Fault("begin session", s.pool.SendBatch(ctx, batch).Close())
}

// GiveCode ends the sign-in of somebody whose session waits for the second factor: with the code of an app, or with a
// recovery code. The session gets a new token. Wrong codes count like wrong passwords, and for themselves: see maxWrongCodes.
func (s *Store) GiveCode(ctx context.Context, step SecondStep) (User, error) {
	user, err := s.waiting(ctx, step.Waiting)
	if err != nil {
		return User{}, err
	}
	attempt, err := s.countAttempt(ctx, user.Login, step.Address)
	if err != nil {
		return User{}, err
	}
	right := false
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if right, err = s.takeCode(ctx, tx, user, totp.Tidy(step.Code)); err != nil || !right {
			return err
		}
		return s.complete(ctx, tx, user, step, attempt)
	})
	if err != nil {
		return User{}, errors.Join(err, s.forget(ctx, attempt))
	}
	if !right {
		slog.InfoContext(ctx, "second factor refused", "who", user.Login)
		return User{}, fault.New(fault.Invalid, "access.code_wrong")
	}
	return s.userByID(ctx, s.pool, user.ID) // with the rights that it had not while it waited
}

// waiting is the account of a session that waits for the second factor.
func (s *Store) waiting(ctx context.Context, tokenHash []byte) (User, error) {
	user, err := s.Session(ctx, tokenHash)
	if err != nil {
		return User{}, err
	}
	if user.Step() != FactorStep {
		return User{}, fault.New(fault.Conflict, "access.factor_given")
	}
	return user, nil
}

// complete begins the session of somebody who has given their second factor.
func (s *Store) complete(ctx context.Context, tx pgx.Tx, user User, step SecondStep, attempt int64) error {
	if _, err := tx.Exec(ctx, `update access.users set wrong_codes = 0 where id = $1`, user.ID); err != nil {
		return pg.Fault("forget wrong codes", err)
	}
	return s.open(ctx, tx, user, Attempt{
		Address: step.Address, Agent: step.Agent, TokenHash: step.TokenHash, Earlier: step.Waiting, byProvider: user.ByProvider,
	}, attempt)
}

// takeCode says whether the code is right, and takes it so that it is not right again. A wrong one is counted.
func (s *Store) takeCode(ctx context.Context, tx pgx.Tx, user User, code string) (bool, error) {
	var wrong int
	if err := tx.QueryRow(ctx, `select wrong_codes from access.users where id = $1 for update`, user.ID).Scan(&wrong); err != nil {
		return false, pg.Fault("count wrong codes", err)
	}
	if wrong >= maxWrongCodes {
		return false, fault.New(fault.Invalid, "access.factor_locked")
	}
	right, err := s.takeAppCode(ctx, tx, user.ID, code)
	if err == nil && !right {
		right, err = s.takeRecoveryCode(ctx, tx, user, code)
	}
	if err != nil || right {
		return right, err
	}
	_, err = tx.Exec(ctx, `update access.users set wrong_codes = wrong_codes + 1 where id = $1`, user.ID)
	return false, pg.Fault("count wrong codes", err)
}

// appSecret is one app of an account.
type appSecret struct {
	ID       uuid.UUID
	Secret   []byte
	LastStep int64
}

// takeAppCode looks for the app that shows the code. One whose secret this process cannot open is passed over, and said
// when no other fits.
func (s *Store) takeAppCode(ctx context.Context, tx pgx.Tx, user uuid.UUID, code string) (bool, error) {
	if len(code) != totp.Digits {
		return false, nil
	}
	rows, _ := tx.Query(ctx, `select id, secret, last_step from access.factors where user_id = $1 and kind = 'code' for update`, user)
	apps, err := pgx.CollectRows(rows, pgx.RowToStructByPos[appSecret])
	if err != nil {
		return false, pg.Fault("code factors", err)
	}
	var closed error
	for _, app := range apps {
		secret, err := s.keys.Open(user, app.Secret)
		if err != nil {
			closed = err
			continue
		}
		step, right := totp.Step(secret, code, s.now(), app.LastStep)
		if !right {
			continue
		}
		_, err = tx.Exec(ctx, `update access.factors set last_step = $2, last_used_at = $3 where id = $1`, app.ID, step, s.now())
		return err == nil, pg.Fault("take code", err)
	}
	return false, closed
}

func (s *Store) takeRecoveryCode(ctx context.Context, tx pgx.Tx, user User, code string) (bool, error) {
	tag, err := tx.Exec(ctx, `update access.recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null`,
		user.ID, hashRecoveryCode(user.ID, code), s.now())
	if err != nil || tag.RowsAffected() == 0 {
		return false, pg.Fault("take recovery code", err)
	}
	return true, recordUser(ctx, tx, user.Actor(), user.ID, "use_recovery_code", nil)
}
