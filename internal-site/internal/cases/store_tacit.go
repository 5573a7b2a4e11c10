package cases

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/workdays"
)

// FlagTacit flags the cases in which silence counts as consent by now, for a person, and returns how many it flagged. Each is a
// transaction of its own.
func (s *Store) FlagTacit(ctx context.Context) (flagged int, err error) {
	return s.pass(ctx, passing{
		find: `select c.id from cases.cases c join catalogue.cards k on k.id = c.card_id
			where c.state in ('registered', 'in_progress') and c.due_on < $1 and c.tacit_at is null and k.content->'term'->>'tacit' = 'true' order by c.due_on, c.id`,
		args:  []any{workdays.DateOf(s.now()).AddDate(0, 0, -silence.Days)},
		write: (*Work).flagTacit,
		keep: func(batch *pgx.Batch, w *Work) {
			batch.Queue(`update cases.cases set tacit_at = $2 where id = $1`, w.Case.ID, s.now())
		},
	})
}
