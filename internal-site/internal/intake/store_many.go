package intake

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// mostAtOnce bounds one decision about many, so that it ends within a request.
const mostAtOnce = 5000

// reached is the condition of the entries that one decision about many reaches.
const reached = where + ` and (@decision = 'closed' or r.source = 'refused')`

// CountOpen says how many entries a decision about all that the filter shows would reach, and until when they arrived:
// the decision names that moment, so that it reaches none that nobody saw.
func (q *Queue) CountOpen(ctx context.Context, actor access.Actor, f Filter, d Decision) (n int, until time.Time, err error) {
	if err := access.RequireEver(actor, Handle); err != nil {
		return 0, until, err
	}
	f.Decided = false
	err = q.pool.QueryRow(ctx, `select count(*), now() from intake.refusals r where `+reached,
		filterArgs(actor, Handle, f, map[string]any{"decision": states[d]})).Scan(&n, &until)
	return n, until, pg.Fault("intake queue", err)
}

// DecideAll closes, or lets the worker open once more, every entry that the filter shows and that may be decided so. It
// returns how many those were; the same decision again reaches what is left of very many. The filter has to say until
// when entries were seen. Nothing can be typed to so many people: they are told the portal's own words.
func (q *Queue) DecideAll(ctx context.Context, actor access.Actor, f Filter, v Verdict) (n int, err error) {
	if err := errors.Join(access.RequireEver(actor, Handle), v.check()); err != nil {
		return 0, err
	}
	if f.Until.IsZero() || v.Decision != Close && v.Decision != Retry || !v.Reason.IsZero() || v.Saying != "" {
		return 0, fault.New(fault.Invalid, "")
	}
	f.Decided = false
	err = pg.InTx(ctx, q.pool, func(tx pgx.Tx) error {
		entries, err := settleAll(ctx, tx, actor, f, v)
		if err != nil {
			return err
		}
		if n = len(entries); n == 0 {
			return nil
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "intake.submissions." + string(v.Decision), ObjectType: "submissions", ObjectID: f.Reason, Reason: v.Note,
			Detail: map[string]string{"number": strconv.Itoa(n), "kind": f.Kind, "reason": f.Reason, "until": f.Until.UTC().Format(time.RFC3339Nano)},
		})
	})
	return n, err
}

// settleAll decides the entries and their messages, tells the citizens of closed ones, and returns the ids of the entries.
func settleAll(ctx context.Context, tx pgx.Tx, actor access.Actor, f Filter, v Verdict) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		with chosen as (
			select r.id from intake.refusals r where `+reached+`
			order by r.created_at, r.id limit @most for update skip locked)
		update intake.refusals r set state = @decision, decided_at = now(), decided_by = @by, note = @note, record = null, version = version + 1
		from chosen where r.id = chosen.id returning r.id, r.message_id, r.source`,
		filterArgs(actor, Handle, f, map[string]any{"decision": states[v.Decision], "by": actor.UserID, "note": v.Note, "most": mostAtOnce}))
	if err != nil {
		return nil, pg.Fault("decide about many", err)
	}
	var all, own []uuid.UUID
	var e Entry
	_, err = pgx.ForEachRow(rows, []any{&e.ID, &e.MessageID, &e.Source}, func() error {
		if all = append(all, e.ID); e.ownsMessage() {
			own = append(own, e.MessageID)
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return all, pg.Fault("decide about many", err)
	}
	if v.Decision == Retry {
		_, err = release(ctx, tx, own)
		return all, err
	}
	_, err = tx.Exec(ctx, `update intake.messages set state = 'closed', finished_at = now() where id = any($1) and state = 'held'`, own)
	if err != nil {
		return all, pg.Fault("close messages", err)
	}
	return all, tellClosed(ctx, tx, all, said{own: ownWords(Close, "")})
}

// Load is what the queue holds, for metrics.
type Load struct {
	Open         int // entries that wait for staff
	OverAllow    int // of them, over the allowance of their hour
	Damaged      int
	Conflicts    int
	Waiting      int           // messages that the worker has not handled yet
	OldestWaits  time.Duration // how long the oldest of these has waited
	OldestOpen   time.Duration // how long the oldest entry has waited for staff
	TakenAnHour  int           // messages handled in this hour
	MostForPlace int           // the most of them for one place and kind
	// Full is how much of the room for what waits inside is taken, 1 when nothing more is let in.
	Full float64
}

// Measure counts what the queue holds. It is for the process, not for a person: numbers and nothing else.
func (q *Queue) Measure(ctx context.Context) (l Load, err error) {
	err = q.pool.QueryRow(ctx, `
		select count(*), count(*) filter (where reason = $1), count(*) filter (where source = 'damaged'), count(*) filter (where source = 'conflict'),
		       coalesce(max(now() - created_at), interval '0'),
		       (select count(*) from intake.messages where state = 'waiting'),
		       (select coalesce(max(now() - received_at), interval '0') from intake.messages where state = 'waiting'),
		       (select coalesce(sum(messages), 0) from intake.inflow where hour = date_trunc('hour', now())),
		       (select coalesce(max(messages), 0) from intake.inflow where hour = date_trunc('hour', now())),
		       (select greatest(f.messages::float8 / f.most_messages, f.bytes::float8 / f.most_bytes) from intake.filled() f)
		from intake.refusals where state = 'open'`, ReasonAllowance).Scan(
		&l.Open, &l.OverAllow, &l.Damaged, &l.Conflicts, &l.OldestOpen, &l.Waiting, &l.OldestWaits, &l.TakenAnHour, &l.MostForPlace, &l.Full)
	return l, pg.Fault("measure intake", err)
}
