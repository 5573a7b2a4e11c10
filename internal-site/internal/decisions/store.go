package decisions

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps templates in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, now: time.Now} }

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

const (
	columns = `t.authority_id, coalesce(t.service_id, '00000000-0000-0000-0000-000000000000'), t.outcome, t.id, t.version, t.text, t.saved_at,
		coalesce((select u.full_name from access.users u where u.id = t.saved_by), '')`
	// newest holds for the last version of each template t.
	newest = `not exists (select from decisions.templates n where n.authority_id = t.authority_id and n.outcome = t.outcome
		and n.service_id is not distinct from t.service_id and n.version > t.version)`
)

// InForce returns the template by which an authority decides on a service: the service's own, the authority's, or the portal's.
func InForce(ctx context.Context, db pg.Queryer, k Key) (Template, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from decisions.templates t
		where t.authority_id = $1 and t.outcome = $2 and (t.service_id is null or t.service_id = $3) and t.text <> '' and `+newest+`
		order by t.service_id nulls last limit 1`, k.Authority, k.Outcome, k.Service)
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Template])
	if err = pg.Fault("find template", err); fault.Is(err, fault.NotFound) {
		return Template{Key: k, Text: Standard(k.Outcome)}, nil
	}
	return t, err
}

// Board returns the templates that the actor may write.
func (s *Store) Board(ctx context.Context, actor access.Actor) (b Board, err error) {
	if err := access.RequireEver(actor, Edit); err != nil {
		return b, err
	}
	args := pgx.NamedArgs(access.ScopeOf(actor, Edit).Args(nil))
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		b.Authorities, err = named(ctx, tx, `select t.id, t.name, t.name_en, t.id from (select a.id as authority_id, a.* from org.authorities a) t
			where `+ScopeSQL+` order by t.name collate "uk-x-icu", t.id`, args)
		if err != nil {
			return err
		}
		b.Services, err = named(ctx, tx, `select t.id, t.name, t.name_en, t.authority_id from catalogue.services t
			where t.authority_id is not null and `+ScopeSQL+` order by t.name collate "uk-x-icu", t.id`, args)
		if err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select `+columns+` from decisions.templates t where `+ScopeSQL+` and `+newest+` order by t.saved_at desc`, args)
		b.Templates, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Template])
		return pg.Fault("list templates", err)
	})
	return b, err
}

func named(ctx context.Context, tx pgx.Tx, sql string, args pgx.NamedArgs) ([]Named, error) {
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return nil, pg.Fault("list names", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Named, err error) {
		return n, row.Scan(&n.ID, &n.Name.UK, &n.Name.EN, &n.Authority)
	})
	return list, pg.Fault("list names", err)
}

// Template returns the newest version of one template, as it was saved; one of version 0 when there is none.
func (s *Store) Template(ctx context.Context, actor access.Actor, k Key) (Template, error) {
	if err := requireOf(actor, k); err != nil {
		return Template{}, err
	}
	rows, _ := s.pool.Query(ctx, `select `+columns+` from decisions.templates t
		where t.authority_id = $1 and t.outcome = $2 and t.service_id is not distinct from $3 and `+newest, k.Authority, k.Outcome, pg.NullUUID(k.Service))
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Template])
	if err = pg.Fault("get template", err); fault.Is(err, fault.NotFound) {
		return Template{Key: k}, nil
	}
	return t, err
}

// MostVersions is how many versions of a template are listed.
const MostVersions = 100

// Versions lists the latest versions of one template, the newest first; none while the portal's own holds. A version without a text
// went back to that.
func (s *Store) Versions(ctx context.Context, actor access.Actor, k Key) ([]Template, error) {
	if err := requireOf(actor, k); err != nil {
		return nil, err
	}
	rows, _ := s.pool.Query(ctx, `select `+columns+` from decisions.templates t
		where t.authority_id = $1 and t.outcome = $2 and t.service_id is not distinct from $3 order by t.version desc limit $4`,
		k.Authority, k.Outcome, pg.NullUUID(k.Service), MostVersions)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Template])
	return list, pg.Fault("versions of a template", err)
}

func requireOf(actor access.Actor, k Key) error {
	return access.Require(actor, Edit, access.Object{Own: []access.Place{access.InAuthority(k.Authority)}})
}

// Save writes a new version of a template. t.Version is the one that its page showed: when somebody has saved another since,
// it is a Conflict and nothing is written.
func (s *Store) Save(ctx context.Context, actor access.Actor, t Template) error {
	if err := requireOf(actor, t.Key); err != nil {
		return err
	}
	if t.Text = tidy(t.Text); t.Text == Standard(t.Outcome) {
		t.Text = ""
	}
	if err := check(t.Outcome, t.Text); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := ofAuthority(ctx, tx, t.Key); err != nil {
			return err
		}
		id := uuid.Must(uuid.NewV7())
		tag, err := tx.Exec(ctx, `
			insert into decisions.templates (id, authority_id, service_id, outcome, version, text, saved_at, saved_by)
			select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::integer + 1, $6::text, $7::timestamptz, $8::uuid
			where $5::integer = coalesce((select max(version) from decisions.templates
				where authority_id = $2 and service_id is not distinct from $3 and outcome = $4), 0)`,
			id, t.Authority, pg.NullUUID(t.Service), t.Outcome, t.Version, t.Text, s.now(), actor.UserID)
		if err != nil {
			return pg.Fault("save template", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "decisions.stale")
		}
		detail := map[string]any{"outcome": t.Outcome, "version": t.Version + 1, "standard": t.Text == ""}
		if t.Service != uuid.Nil {
			detail["service"] = t.Service.String()
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "decisions.template.save", ObjectType: "decision_template", ObjectID: id.String(), AuthorityID: &t.Authority, Detail: detail,
		})
	})
}

// ofAuthority refuses a service on which the authority does not decide.
func ofAuthority(ctx context.Context, tx pgx.Tx, k Key) error {
	if k.Service == uuid.Nil {
		return nil
	}
	var ok bool
	err := tx.QueryRow(ctx, `select exists (select from catalogue.services where id = $1 and authority_id = $2)`, k.Service, k.Authority).Scan(&ok)
	if err == nil && !ok {
		return fault.InvalidFields(fault.FieldError{Field: "service", Key: "decisions.service_of_another"})
	}
	return pg.Fault("find service of template", err)
}
