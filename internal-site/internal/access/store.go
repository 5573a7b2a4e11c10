package access

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store keeps accounts and sessions in PostgreSQL.
type Store struct {
	pool     *pgxpool.Pool
	declared Declared
	now      func() time.Time
	keys     *FactorKeys // nil: no codes of apps
	passkeys *Passkeys   // nil: no passkeys
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

// Sealing returns a copy of the store that keeps the secrets of apps which make codes, sealed with keys.
func (s *Store) Sealing(keys *FactorKeys) *Store {
	c := *s
	c.keys = keys
	return &c
}

// needsFactorSQL holds for accounts u in a group whose members need a second factor.
const needsFactorSQL = `exists (select from access.roles r join access.groups g on g.code = r.role where r.user_id = u.id and g.second_factor)`

// userColumns are those of access.users u with the groups and the rights, for scanUser.
const userColumns = `u.id, u.login, u.full_name, u.position, u.position_en, u.email, u.phone, u.language, u.must_change,
	u.state = 'blocked', u.created_at, u.last_sign_in_at, u.password_expires_at, u.version,
	u.density, u.text_size, u.first_page, u.keys_off, u.wrong_codes, (select count(*) from access.factors f where f.user_id = u.id),
	` + needsFactorSQL + `,
	coalesce((select json_agg(json_build_object('group', r.role, 'uk', g.name, 'en', g.name_en, 'centre', r.centre_id,
		'authority', r.authority_id) order by r.id) from access.roles r join access.groups g on g.code = r.role where r.user_id = u.id), '[]'),
	` + rightsColumn

// membership is one row of access.roles, as the database puts them together.
type membership struct {
	Group     GroupCode  `json:"group"`
	UK        string     `json:"uk"`
	EN        string     `json:"en"`
	Centre    *uuid.UUID `json:"centre"`
	Authority *uuid.UUID `json:"authority"`
}

func (s *Store) scanUser(row pgx.Row, more ...any) (User, error) {
	var u User
	var memberships []membership
	var rights []held
	into := []any{
		&u.ID, &u.Login, &u.FullName, &u.Position.UK, &u.Position.EN, &u.Email, &u.Phone, &u.Language, &u.MustChange, &u.Blocked,
		&u.CreatedAt, &u.LastSignIn, &u.PasswordExpires, &u.Version,
		&u.Settings.Density, &u.Settings.TextSize, &u.Settings.FirstPage, &u.Settings.KeysOff, &u.WrongCodes, &u.Factors, &u.NeedsFactor, &memberships, &rights,
	}
	if err := row.Scan(append(into, more...)...); err != nil {
		return User{}, err
	}
	for _, m := range memberships {
		u.Grants = append(u.Grants, Grant{Group: m.Group, Place: placeOf(m.Centre, m.Authority), Name: locale.Text{UK: m.UK, EN: m.EN}})
	}
	u.Rights = s.declared.sum(rights)
	return u, nil
}

// UserByLogin returns the account with the login; for the command line.
func (s *Store) UserByLogin(ctx context.Context, login string) (User, error) {
	u, err := s.scanUser(s.pool.QueryRow(ctx, `select `+userColumns+` from access.users u where u.login = $1`, NormalLogin(login)))
	return u, pg.Fault("user by login", err)
}

// userByID reads an account for whoever has been checked already.
func (s *Store) userByID(ctx context.Context, db pg.Queryer, id uuid.UUID) (User, error) {
	u, err := s.scanUser(db.QueryRow(ctx, `select `+userColumns+` from access.users u where u.id = $1`, id))
	return u, pg.Fault("get user", err)
}

// User returns one account of those that the actor may see.
func (s *Store) User(ctx context.Context, actor Actor, id uuid.UUID) (User, error) {
	return s.visible(ctx, s.pool, actor, id)
}

func (s *Store) visible(ctx context.Context, db pg.Queryer, actor Actor, id uuid.UUID) (User, error) {
	u, err := s.scanUser(db.QueryRow(ctx, `select `+userColumns+` from access.users u where u.id = @id and `+UserSQL,
		pgx.NamedArgs(viewOf(actor).Args(map[string]any{"id": id}))))
	return u, pg.Fault("get user", err)
}

// viewOf is the scope of accounts that the actor sees.
func viewOf(actor Actor) Scope {
	if actor.operator {
		return Scope{All: true}
	}
	return ScopeOf(actor, ViewUsers)
}

// Users lists the accounts that the actor may see, by name.
func (s *Store) Users(ctx context.Context, actor Actor) ([]User, error) {
	return s.users(ctx, actor, "", nil)
}

func (s *Store) users(ctx context.Context, actor Actor, where string, args map[string]any) ([]User, error) {
	rows, err := s.pool.Query(ctx, `select `+userColumns+` from access.users u where `+UserSQL+` `+where+`
		order by `+ByNameSQL+`, u.login`, pgx.NamedArgs(viewOf(actor).Args(args)))
	if err != nil {
		return nil, pg.Fault("list users", err)
	}
	users, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (User, error) { return s.scanUser(row) })
	return users, pg.Fault("list users", err)
}

// AddUser adds an account with a password that was chosen on the command line and has to be changed at the first sign-in.
// In pages nobody chooses a password for somebody else; see Enrol.
func (s *Store) AddUser(ctx context.Context, operator Actor, u User, password string, grant *Grant) (User, Outcome, error) {
	if !operator.operator {
		return User{}, "", fault.New(fault.Forbidden, "")
	}
	return s.add(ctx, operator, u, password, grant)
}

func (s *Store) add(ctx context.Context, actor Actor, u User, password string, grant *Grant) (User, Outcome, error) {
	u.Login = NormalLogin(u.Login)
	homeless := grant == nil && !actor.operator && !ScopeOf(actor, ManageUsers).All
	if err := checkNew(&u, password, homeless); err != nil {
		return User{}, "", err
	}
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return User{}, "", err
	}
	u.ID = uuid.Must(uuid.NewV7())
	var outcome Outcome
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := insertUser(ctx, tx, u, hash, s.now().AddDate(0, 0, oneTimeDays)); err != nil {
			return err
		}
		if err := recordUser(ctx, tx, actor, u.ID, "add", map[string]string{"login": u.Login}); err != nil || grant == nil {
			return err
		}
		outcome, err = s.giveTo(ctx, tx, actor, u, *grant)
		return err
	})
	return u, outcome, err
}

func insertUser(ctx context.Context, tx pgx.Tx, u User, hash string, expires time.Time) error {
	_, err := tx.Exec(ctx, `insert into access.users (id, login, full_name, position, position_en, email, phone, password_hash, password_expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, u.ID, u.Login, u.FullName, u.Position.UK, u.Position.EN, u.Email, u.Phone, hash, expires)
	if pg.Code(err) == pg.CodeUniqueViolation {
		return fault.InvalidFields(fault.FieldError{Field: "login", Key: "access.login_taken"})
	}
	return pg.Fault("add user", err)
}

// SetBlocked blocks an account, which ends its sessions, or lets it in again.
func (s *Store) SetBlocked(ctx context.Context, actor Actor, id uuid.UUID, blocked bool) error {
	state, action := "active", "unblock"
	if blocked {
		state, action = "blocked", "block"
	}
	return s.manage(ctx, actor, id, func(tx pgx.Tx, actor Actor, _ User) error {
		err := exec(ctx, tx, action, `update access.users set state = $2, version = version + 1 where id = $1`, id, state)
		if err != nil {
			return err
		}
		return s.endSessions(ctx, tx, actor, id, action)
	})
}

// endSessions ends every session of an account and writes into the trail why.
func (s *Store) endSessions(ctx context.Context, tx pgx.Tx, by Actor, id uuid.UUID, action string) error {
	if _, err := tx.Exec(ctx, ends+`user_id = $2`, s.now(), id); err != nil {
		return pg.Fault("end sessions", err)
	}
	return recordUser(ctx, tx, by, id, action, nil)
}

// present returns the actor as they are at this moment. Their request read them when it began, and since then they
// may have been blocked, have lost a right or, by another request of their own, have joined a group. What locks a
// group asks this after the lock.
func (s *Store) present(ctx context.Context, tx pgx.Tx, actor Actor) (Actor, error) {
	if actor.UserID == uuid.Nil {
		return actor, nil // a process or the command line
	}
	u, err := s.userByID(ctx, tx, actor.UserID)
	if fault.Is(err, fault.NotFound) || err == nil && u.Blocked {
		return Actor{}, fault.New(fault.Forbidden, "")
	}
	return u.Actor(), err
}

// manage runs fn for an account that the actor may manage and that is not their own.
func (s *Store) manage(ctx context.Context, actor Actor, id uuid.UUID, fn func(tx pgx.Tx, actor Actor, u User) error) error {
	if id == actor.UserID {
		return errSelf()
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		actor, err := s.present(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.visible(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := mayManage(actor, u); err != nil {
			return err
		}
		return fn(tx, actor, u)
	})
}

// Give lets an account that the actor sees into a group. Sensitive rights that it does not have yet are proposed,
// and wait for a second person. Being in the group already is no error, and said.
func (s *Store) Give(ctx context.Context, actor Actor, id uuid.UUID, g Grant) (outcome Outcome, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		u, err := s.visible(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		outcome, err = s.giveTo(ctx, tx, actor, u, g)
		return err
	})
	return outcome, err
}

func (s *Store) giveTo(ctx context.Context, tx pgx.Tx, actor Actor, u User, g Grant) (Outcome, error) {
	group, err := groupFor(ctx, tx, g)
	if err != nil {
		return "", err
	}
	if actor, err = s.present(ctx, tx, actor); err != nil {
		return "", err
	}
	brings := s.declared.Brings(group.Rights, g.Place)
	if err := mayGive(actor, u, brings, g.Place); err != nil {
		return "", err
	}
	if slices.ContainsFunc(u.Grants, g.Same) {
		return Already, nil
	}
	if !actor.operator && s.declared.sensitive(u.Rights, brings) {
		return Proposed, s.propose(ctx, tx, actor, Proposal{Kind: Give, UserID: u.ID, Grant: g, GroupVersion: group.Version})
	}
	return Done, give(ctx, tx, actor, u.ID, g)
}

// groupFor locks the group of a membership; there has to be such a group, and the place has to be of its kind.
func groupFor(ctx context.Context, tx pgx.Tx, g Grant) (Group, error) {
	group, err := lockedGroup(ctx, tx, g.Group)
	if fault.Is(err, fault.NotFound) || err == nil && group.Place != g.Place.Kind {
		return Group{}, fault.InvalidFields(fault.FieldError{Field: "group", Key: "form.choice"})
	}
	return group, err
}

// give writes a membership that was allowed.
func give(ctx context.Context, tx pgx.Tx, by Actor, id uuid.UUID, g Grant) error {
	tag, err := tx.Exec(ctx, `insert into access.roles (id, user_id, role, centre_id, authority_id, given_by)
		values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
		uuid.Must(uuid.NewV7()), id, g.Group, g.Place.in(Centre), g.Place.in(Authority), by.Audit().ID)
	if err != nil || tag.RowsAffected() == 0 {
		return pg.Fault("give group", err)
	}
	return recordUser(ctx, tx, by, id, "grant", detailOf(g))
}

// Take takes an account out of a group; NotFound when it is not in it. Nobody takes from themselves the right to
// give it back.
func (s *Store) Take(ctx context.Context, actor Actor, id uuid.UUID, g Grant) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		u, err := s.visible(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		group, err := groupFor(ctx, tx, g)
		if err != nil {
			return err
		}
		if actor, err = s.present(ctx, tx, actor); err != nil {
			return err
		}
		if err := mayGive(actor, u, s.declared.Brings(group.Rights, g.Place), g.Place); err != nil {
			return err
		}
		if id == actor.UserID && group.Rights[ManageUsers] != "" {
			return errSelf()
		}
		err = exec(ctx, tx, "take group", `delete from access.roles where user_id = $1 and role = $2
			and centre_id is not distinct from $3 and authority_id is not distinct from $4`,
			id, g.Group, g.Place.in(Centre), g.Place.in(Authority))
		if err != nil {
			return err
		}
		return recordUser(ctx, tx, actor, id, "revoke", detailOf(g))
	})
}

// errSelf keeps the last administrator from locking the door behind themselves.
func errSelf() error { return fault.New(fault.Conflict, "access.not_self") }

// exec runs a change that must touch a row; NotFound when there was none.
func exec(ctx context.Context, tx pgx.Tx, op, sql string, args ...any) error {
	tag, err := tx.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return pg.Fault(op, err)
}

func recordUser(ctx context.Context, tx pgx.Tx, by Actor, id uuid.UUID, action string, detail any) error {
	return audit.Record(ctx, tx, by.Audit(), audit.Entry{
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
