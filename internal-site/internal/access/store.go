package access

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps accounts and sessions in PostgreSQL.
type Store struct {
	pool     *pgxpool.Pool
	declared Declared
	now      func() time.Time
}

// NewStore returns a store over pool, for the rights that the domains declare.
func NewStore(pool *pgxpool.Pool, declared Declared) *Store {
	return &Store{pool: pool, declared: declared, now: time.Now}
}

// At returns a copy of the store whose clock is now, for tests.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// userColumns are those of access.users u and the roles, for scanUser.
const userColumns = `u.id, u.login, u.full_name, u.position, u.email, u.phone, u.language, u.must_change,
	u.state = 'blocked', u.created_at, u.version,
	array(select r.role from access.roles r where r.user_id = u.id order by r.id),
	array(select coalesce(r.centre_id, '00000000-0000-0000-0000-000000000000') from access.roles r where r.user_id = u.id order by r.id),
	array(select coalesce(r.authority_id, '00000000-0000-0000-0000-000000000000') from access.roles r where r.user_id = u.id order by r.id)`

func scanUser(row pgx.Row, more ...any) (User, error) {
	var u User
	var roles []string
	var centres, authorities []uuid.UUID
	into := []any{
		&u.ID, &u.Login, &u.FullName, &u.Position, &u.Email, &u.Phone, &u.Language, &u.MustChange, &u.Blocked,
		&u.CreatedAt, &u.Version, &roles, &centres, &authorities,
	}
	if err := row.Scan(append(into, more...)...); err != nil {
		return User{}, err
	}
	for i, role := range roles {
		u.Grants = append(u.Grants, Grant{Group: GroupCode(role), Place: placeOf(centres[i], authorities[i])})
	}
	return u, nil
}

// UserByLogin returns the account with the login.
func (s *Store) UserByLogin(ctx context.Context, login string) (User, error) {
	u, err := scanUser(s.pool.QueryRow(ctx, `select `+userColumns+` from access.users u where u.login = $1`, NormalLogin(login)))
	return u, pg.Fault("user by login", err)
}

// User returns one account of those that the scope covers.
func (s *Store) User(ctx context.Context, scope Scope, id uuid.UUID) (User, error) {
	u, err := scanUser(s.pool.QueryRow(ctx, `select `+userColumns+` from access.users u where u.id = @id and `+UserSQL,
		pgx.NamedArgs(scope.Args(map[string]any{"id": id}))))
	return u, pg.Fault("get user", err)
}

// Users lists the accounts that the scope covers, by name.
func (s *Store) Users(ctx context.Context, scope Scope) ([]User, error) {
	rows, err := s.pool.Query(ctx, `select `+userColumns+` from access.users u where `+UserSQL+`
		order by u.full_name collate "uk-x-icu", u.login`, pgx.NamedArgs(scope.Args(nil)))
	if err != nil {
		return nil, pg.Fault("list users", err)
	}
	users, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (User, error) { return scanUser(row) })
	return users, pg.Fault("list users", err)
}

// AddUser adds an account whose password has to be changed at the first sign-in.
func (s *Store) AddUser(ctx context.Context, u User, password string, by audit.Actor) (User, error) {
	u.Login = NormalLogin(u.Login)
	if err := u.check(); err != nil {
		return User{}, err
	}
	if err := CheckPassword(u.Login, password); err != nil {
		return User{}, err
	}
	u.ID = uuid.Must(uuid.NewV7())
	hash := HashPassword(password)
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into access.users (id, login, full_name, position, email, phone, password_hash)
			values ($1, $2, $3, $4, $5, $6, $7)`, u.ID, u.Login, u.FullName, u.Position, u.Email, u.Phone, hash)
		if pg.Code(err) == pg.CodeUniqueViolation {
			return fault.InvalidFields(fault.FieldError{Field: "login", Key: "access.login_taken"})
		}
		if err != nil {
			return pg.Fault("add user", err)
		}
		return recordUser(ctx, tx, by, u.ID, "add", map[string]string{"login": u.Login})
	})
	return u, err
}

// SetBlocked blocks an account, which ends its sessions, or lets it in again.
func (s *Store) SetBlocked(ctx context.Context, id uuid.UUID, blocked bool, by audit.Actor) error {
	state, action := "active", "unblock"
	if blocked {
		state, action = "blocked", "block"
	}
	return s.change(ctx, id, action, by, func(tx pgx.Tx) error {
		return exec(ctx, tx, action, `update access.users set state = $2, version = version + 1 where id = $1`, id, state)
	})
}

// SetPassword gives an account a password that somebody else chose: it ends every session and has to be
// changed at the next sign-in.
func (s *Store) SetPassword(ctx context.Context, u User, password string, by audit.Actor) error {
	if err := CheckPassword(u.Login, password); err != nil {
		return err
	}
	hash := HashPassword(password)
	return s.change(ctx, u.ID, "reset_password", by, func(tx pgx.Tx) error {
		return exec(ctx, tx, "set password", `update access.users set password_hash = $2, must_change = true,
			version = version + 1 where id = $1`, u.ID, hash)
	})
}

// change runs fn, ends the account's sessions and writes the trail, in one transaction.
func (s *Store) change(ctx context.Context, id uuid.UUID, action string, by audit.Actor, fn func(tx pgx.Tx) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from access.sessions where user_id = $1`, id); err != nil {
			return pg.Fault("end sessions", err)
		}
		return recordUser(ctx, tx, by, id, action, nil)
	})
}

// Give gives a role to an account; one that it has already is no error.
func (s *Store) Give(ctx context.Context, id uuid.UUID, g Grant, by audit.Actor) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into access.roles (id, user_id, role, centre_id, authority_id, given_by)
			values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
			uuid.Must(uuid.NewV7()), id, g.Group, g.Place.in(Centre), g.Place.in(Authority), by.ID)
		if err != nil || tag.RowsAffected() == 0 {
			return pg.Fault("give role", err)
		}
		return recordUser(ctx, tx, by, id, "grant", detailOf(g))
	})
}

// Take takes a role away; NotFound when the account does not have it.
func (s *Store) Take(ctx context.Context, id uuid.UUID, g Grant, by audit.Actor) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		err := exec(ctx, tx, "take role", `delete from access.roles where user_id = $1 and role = $2
			and centre_id is not distinct from $3 and authority_id is not distinct from $4`,
			id, g.Group, g.Place.in(Centre), g.Place.in(Authority))
		if err != nil {
			return err
		}
		return recordUser(ctx, tx, by, id, "revoke", detailOf(g))
	})
}

// exec runs a change that must touch a row; NotFound when there was none.
func exec(ctx context.Context, tx pgx.Tx, op, sql string, args ...any) error {
	tag, err := tx.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return pg.Fault(op, err)
}

func recordUser(ctx context.Context, tx pgx.Tx, by audit.Actor, id uuid.UUID, action string, detail any) error {
	return audit.Record(ctx, tx, by, audit.Entry{
		Action: "access.user." + action, ObjectType: "user", ObjectID: id.String(), Detail: detail,
	})
}

func detailOf(g Grant) map[string]string {
	d := map[string]string{"role": string(g.Group)}
	if g.Place.Kind != Region {
		d[string(g.Place.Kind)+"_id"] = g.Place.ID.String()
	}
	return d
}

// placeOf is where a role was given, by its two columns.
func placeOf(centre, authority uuid.UUID) Place {
	switch {
	case centre != uuid.Nil:
		return InCentre(centre)
	case authority != uuid.Nil:
		return InAuthority(authority)
	}
	return InRegion()
}

// in is the id of a place of the kind, null for another kind.
func (p Place) in(kind PlaceKind) *uuid.UUID {
	if p.Kind != kind {
		return nil
	}
	return &p.ID
}
