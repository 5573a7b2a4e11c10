package replica

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// ErrHealedEnough says that the slot was lost too often within a day to be made anew automatically.
var ErrHealedEnough = errors.New("the slot was lost and everything loaded anew too often within a day")

// LoadAnew records the replica as one that is to be loaded anew while readers still see its old rows, as `init --resync`
// does, but for the same source and whitelist, and at most most times a day. It returns how many times it has been done within
// a day, this time included.
func LoadAnew(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, tables []string, most int) (times int, err error) {
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			UPDATE sync.progress p
			   SET applied_lsn = NULL, settled_lsn = NULL, last_commit_lsn = NULL, last_commit_at = NULL, skip_lsn = NULL, poison_lsn = NULL,
			       state = 'starting', error = NULL, state_at = now(), generation = generation + 1, healed = r.times || now()
			  FROM (SELECT ARRAY(SELECT h FROM unnest(healed) h WHERE h > now() - interval '1 day' ORDER BY h) AS times
			          FROM sync.progress WHERE slot = $1) r
			 WHERE slot = $1 AND epoch = $2 AND cardinality(r.times) < $3
			 RETURNING cardinality(p.healed)`, slot, epoch, most).Scan(&times)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrHealedEnough
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE sync.tables SET state = 'joining', joined = true, since = now(), error = NULL WHERE slot = $1 AND name = ANY ($2)`, slot, tables)
		return err
	})
	if err != nil && !errors.Is(err, ErrHealedEnough) {
		err = link.Fail("target: record that everything is to be loaded anew", err)
	}
	return times, err
}
