package statistics

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store reads figures. Make one with NewStore.
type Store struct{ pool *pgxpool.Pool }

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// inMoment runs fn in a read-only transaction in which queries are planned for their own values: the best plan depends on place and period.
// What takes longer than the pool lets a statement take, or than the request may, is an Unavailable that says to ask for less.
func (s *Store) inMoment(ctx context.Context, fn func(tx pgx.Tx) error) error {
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{
		BeginQuery: `begin isolation level repeatable read read only; set local plan_cache_mode = force_custom_plan`,
	}, fn)
	if err != nil && (pg.Code(err) == codeCanceled || errors.Is(context.Cause(ctx), context.DeadlineExceeded)) {
		return fault.Wrap(fault.Unavailable, err, "statistics.slow")
	}
	return err
}

// codeCanceled is the SQLSTATE of a statement that reached its deadline.
const codeCanceled = "57014"

// where is the condition of a question on the rows m for the actor, and its values.
func (q Question) where(actor access.Actor) (string, pgx.NamedArgs) {
	return q.within(actor, ScopeSQL, map[access.PlaceKind]string{access.Centre: `m.centre_id = @own`, access.Authority: `m.authority_id = @own`})
}

// whereStages is where of stages.
func (q Question) whereStages(actor access.Actor) (string, pgx.NamedArgs) {
	return q.within(actor, StageScopeSQL, map[access.PlaceKind]string{access.Centre: `m.centre_id = @own`, access.Authority: `(m.authority_id = @own or m.party = @own)`})
}

// within is the condition of a question on the rows m that the actor's scope covers; of one place is what that says of a single one.
func (q Question) within(actor access.Actor, covered string, ofOne map[access.PlaceKind]string) (string, pgx.NamedArgs) {
	scope := access.ScopeOf(actor, View)
	args := scope.Args(map[string]any{"from": q.From, "to": q.To, "centre": q.Centre, "authority": q.Authority, "service": q.Service})
	where := `m.completed_on between @from and @to and ` + covered
	if !scope.All && len(scope.Own) == 1 { // an index has the cases of one place in order
		where, args["own"] = where+` and `+ofOne[scope.Own[0].Kind], scope.Own[0].ID
	}
	return where + q.narrowing(), args
}

// narrowing are the conditions of a question on the centre, the authority and the service of the rows m.
func (q Question) narrowing() (where string) {
	for _, on := range []struct {
		asked     uuid.UUID
		condition string
	}{{q.Centre, ` and m.centre_id = @centre`}, {q.Authority, ` and m.authority_id = @authority`}, {q.Service, ` and m.service_id = @service`}} {
		if on.asked != uuid.Nil {
			where += on.condition
		}
	}
	return where
}

// Counting says how many cases have been looked at, while those from before or after a change of the calendar are being counted anew; ok is
// false when nothing is.
func (s *Store) Counting(ctx context.Context) (seen int, ok bool, err error) {
	err = s.pool.QueryRow(ctx, `select seen from cases.measurings where done_at is null order by asked_at, id limit 1`).Scan(&seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return seen, err == nil, pg.Fault("how far counting got", err)
}

// Choices are the centres, authorities and services that the actor's figures can be narrowed to.
func (s *Store) Choices(ctx context.Context, actor access.Actor) (centres, authorities, services []Choice, err error) {
	args := pgx.NamedArgs(access.ScopeOf(actor, View).Args(nil))
	for _, one := range []struct {
		sql string
		to  *[]Choice
	}{
		{`select c.id, c.name, c.name_en from org.centres c where @scope_all or c.id = any(@scope_own_centre) or cardinality(@scope_own_authority::uuid[]) > 0 order by c.name`, &centres},
		{`select a.id, ` + authorityName("a") + ` from org.authorities a
			where @scope_all or a.id = any(@scope_own_authority) or cardinality(@scope_own_centre::uuid[]) > 0 order by 2`, &authorities},
		{`select v.id, ` + serviceName("v") + ` from catalogue.services v
			where @scope_all or v.authority_id = any(@scope_own_authority)
			   or exists (select from catalogue.service_centres x where x.service_id = v.id and x.centre_id = any(@scope_own_centre)) order by v.code`, &services},
	} {
		rows, err := s.pool.Query(ctx, one.sql, args)
		if err != nil {
			return nil, nil, nil, pg.Fault("choices of statistics", err)
		}
		if *one.to, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Choice, err error) {
			return c, row.Scan(&c.ID, &c.Name.UK, &c.Name.EN)
		}); err != nil {
			return nil, nil, nil, pg.Fault("choices of statistics", err)
		}
	}
	return centres, authorities, services, nil
}

// authorityName is the short name of an authority, where it has one, in both languages.
func authorityName(a string) string {
	return `coalesce(nullif(` + a + `.short_name, ''), ` + a + `.name), coalesce(nullif(` + a + `.short_name_en, ''), ` + a + `.name_en)`
}

// serviceName is the code and the name of a service in both languages.
func serviceName(v string) string {
	return v + `.code || ' ' || ` + v + `.name, case when ` + v + `.name_en <> '' then ` + v + `.code || ' ' || ` + v + `.name_en else '' end`
}
