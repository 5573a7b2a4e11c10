package catalogue

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// Waiting counts the services with a card or a form that was handed in for the actor's approval, and those with one
// that waits to be published by the actor. The lists with the same filters have as many rows.
func (s *Store) Waiting(ctx context.Context, actor access.Actor) (approve, publish int, err error) {
	if approve, err = s.countWaiting(ctx, actor, ApproveCard, `state = 'draft' and submitted_at is not null`); err != nil {
		return 0, 0, err
	}
	publish, err = s.countWaiting(ctx, actor, PublishCard, `state = 'approved'`)
	return approve, publish, err
}

func (s *Store) countWaiting(ctx context.Context, actor access.Actor, action access.Action, waits string) (n int, err error) {
	err = s.pool.QueryRow(ctx, `
		select count(*) from catalogue.services s
		where (exists (select from catalogue.cards where service_id = s.id and `+waits+`)
		    or exists (select from catalogue.tech_cards where service_id = s.id and `+waits+`)
		    or exists (select from catalogue.forms where service_id = s.id and `+waits+`))
		  and `+ScopeSQL, pgx.NamedArgs(access.ScopeOf(actor, action).Args(nil))).Scan(&n)
	return n, pg.Fault("count versions", err)
}
