package prepare

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
)

// Definitions on the target take no time, unless somebody there is in the way or the server hangs.
const (
	targetTry  = 5 * time.Second
	targetGive = 30 * time.Second
)

// openDDL opens a connection to the target for definitions and small questions. It does not wait long for locks or for an answer.
func openDDL(ctx context.Context, cfg *config.Config, application string) (*pgx.Conn, error) {
	return link.Open(ctx, cfg.Target.AdminDSN, link.Options{
		Name: "target.admin_dsn", Application: application, MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon,
		Settings: map[string]string{"lock_timeout": "5000"},
	})
}

// makeTables makes the target's tables, schemas and rights. It is done before anything of the source is touched.
func makeTables(ctx context.Context, ddl *pgx.Conn, report *Report) error {
	steps := report.stepsOf("target")
	if len(steps) == 0 {
		return nil
	}
	patience := locks.Patience{
		Side: "target", Try: targetTry, Give: targetGive,
		Open: func(ctx context.Context) (*pgx.Conn, error) { return link.Like(ctx, ddl, "look") },
	}
	return patience.Do(ctx, ddl, locks.Lock{What: "make the replica's tables", Definition: true}, func(tx pgx.Tx) error {
		return runSteps(ctx, tx, steps)
	})
}
