package prepare

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
)

// stepsOf returns the steps of one side that can run in a transaction, in order.
func (r *Report) stepsOf(side string) []Step {
	return slices.DeleteFunc(slices.Clone(r.Steps), func(s Step) bool { return s.Side != side || s.Alone })
}

// stepsAtOnce is how many steps are sent before the first answer is awaited: enough that round trips do not matter.
const stepsAtOnce = 200

// runSteps runs steps in order within tx, one after the other on the server, but without waiting for each answer
// before the next is sent: thousands of tables need thousands of statements.
func runSteps(ctx context.Context, tx pgx.Tx, steps []Step) error {
	for len(steps) > 0 {
		n := min(len(steps), stepsAtOnce)
		if many := slices.IndexFunc(steps[:n], isScript); many == 0 {
			if _, err := tx.Exec(ctx, steps[0].SQL, pgx.QueryExecModeSimpleProtocol); err != nil {
				return stepFault(steps[0], err)
			}
			steps = steps[1:]
			continue
		} else if many > 0 {
			n = many
		}
		if err := sendSteps(ctx, tx, steps[:n]); err != nil {
			return err
		}
		steps = steps[n:]
	}
	return nil
}

// isScript reports whether the step is more than one statement, which only the simple protocol takes.
func isScript(s Step) bool { return s.SQL == replica.SchemaSQL || s.SQL == swap.ShadowSQL }

func sendSteps(ctx context.Context, tx pgx.Tx, steps []Step) (err error) {
	b := &pgx.Batch{}
	for _, s := range steps {
		b.Queue(s.SQL)
	}
	results := tx.SendBatch(ctx, b)
	for _, s := range steps {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return stepFault(s, err)
		}
	}
	return results.Close()
}
