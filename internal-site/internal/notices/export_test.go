package notices

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// BuffersOfCount is how many pages of tables and indexes CountNews reads for the actor, in memory or not, by the plan that it uses.
func (d *Desk) BuffersOfCount(ctx context.Context, actor access.Actor) (n int, err error) {
	args, err := d.newsArgs(ctx, actor, MostNews)
	if err != nil {
		return 0, err
	}
	return n, pg.InTx(ctx, d.pool, func(tx pgx.Tx) error {
		sql, values, err := args.RewriteQuery(ctx, tx.Conn(), news+counted, nil)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `set local plan_cache_mode = force_generic_plan; prepare bell as `+sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		var types []string
		if err := tx.QueryRow(ctx, `select parameter_types::text[] from pg_prepared_statements where name = 'bell'`).Scan(&types); err != nil {
			return err
		}
		for i, t := range types {
			types[i] = fmt.Sprintf("quote_nullable($%d::%s::text)", i+1, t)
		}
		var literals string // of the arguments, since EXPLAIN EXECUTE takes no others
		if err := tx.QueryRow(ctx, `select concat_ws(', ', `+strings.Join(types, ", ")+`)`, values...).Scan(&literals); err != nil {
			return err
		}
		var raw []byte
		if err := tx.QueryRow(ctx, `explain (analyze, buffers, format json) execute bell(`+literals+`)`).Scan(&raw); err != nil {
			return err
		}
		var plans []struct {
			Plan struct {
				Hit  int `json:"Shared Hit Blocks"`
				Read int `json:"Shared Read Blocks"`
			}
		}
		if err := json.Unmarshal(raw, &plans); err != nil {
			return err
		}
		n = plans[0].Plan.Hit + plans[0].Plan.Read
		_, err = tx.Exec(ctx, `deallocate bell`)
		return err
	})
}
