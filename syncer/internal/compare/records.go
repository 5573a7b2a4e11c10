package compare

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// ledger keeps on the target how far the scheduled comparison has come and what differs.
type ledger struct {
	conn *pgx.Conn
	slot string
	log  *slog.Logger
	at   *record
}

// record is the row of sync.compared: how far the scheduled comparison has come.
type record struct {
	pass       int64
	began      time.Time
	name       string // of the table that is compared
	after      key    // up to here it is
	next       time.Time
	rows       int64 // of this pass
	blocks     int64
	mended     int64
	object     string // objects up to this key are read
	nextObject time.Time
	objects    int64 // of this pass over the objects

	ended, objectsEnded bool // a pass has just ended
}

// beginPass begins the next pass.
func (r *record) beginPass() {
	r.ended = true
	r.pass++
}

// loadRecord reads how far the comparison has come, which goes over all rows and over all objects in the times that it is given. What is
// due already is not done at once, because the syncer has other work when it starts.
func (l *ledger) loadRecord(ctx context.Context, rows, objects time.Duration) error {
	r := record{}
	wait := min(firstWait, rows/100)
	_, err := l.conn.Exec(ctx, `
		INSERT INTO sync.compared (slot, next_at, objects_next_at) VALUES ($1, now() + make_interval(secs => $2), now() + make_interval(secs => $2)) ON CONFLICT DO NOTHING`,
		l.slot, wait.Seconds())
	if err != nil {
		return link.Fail("target: how far it is compared", err)
	}
	var low []*string
	var untilBlock, untilObject float64
	err = l.conn.QueryRow(ctx, `
		SELECT pass, began_at, name, low, extract(epoch FROM next_at - now())::float8, rows, blocks, mended,
		       object, extract(epoch FROM objects_next_at - now())::float8, objects
		  FROM sync.compared WHERE slot = $1`, l.slot).
		Scan(&r.pass, &r.began, &r.name, &low, &untilBlock, &r.rows, &r.blocks, &r.mended, &r.object, &untilObject, &r.objects)
	if err != nil {
		return link.Fail("target: how far it is compared", err)
	}
	r.after = key(low)
	r.next = dueAfter(untilBlock, rows)
	r.nextObject = dueAfter(untilObject, objects)
	*l.at = r
	return nil
}

// dueAfter returns when something is due which was recorded as due in so many seconds, perhaps under another configuration.
func dueAfter(seconds float64, every time.Duration) time.Time {
	wait := time.Duration(min(max(seconds, 0), 1e9) * float64(time.Second))
	return time.Now().Add(max(min(wait, every/10), min(startWait, every/1000)))
}

// saveRecord records how far the comparison has come, and begins to count anew after the end of a pass.
func (l *ledger) saveRecord(ctx context.Context) error {
	r := l.at
	_, err := l.conn.Exec(ctx, `
		UPDATE sync.compared SET pass = $2, name = $3, low = $4, next_at = now() + make_interval(secs => $5),
		       rows = CASE WHEN $9 THEN 0 ELSE $6 END, blocks = CASE WHEN $9 THEN 0 ELSE $7 END, mended = CASE WHEN $9 THEN 0 ELSE $8 END,
		       whole_at = CASE WHEN $9 THEN now() ELSE whole_at END, whole_rows = CASE WHEN $9 THEN $6 ELSE whole_rows END,
		       began_at = CASE WHEN $9 THEN now() ELSE began_at END, turn_at = now(),
		       object = $10, objects_next_at = now() + make_interval(secs => $11),
		       objects = CASE WHEN $13 THEN 0 ELSE $12 END, objects_whole_at = CASE WHEN $13 THEN now() ELSE objects_whole_at END,
		       objects_began_at = CASE WHEN $13 THEN now() ELSE objects_began_at END
		 WHERE slot = $1`, l.slot, r.pass, r.name, []*string(r.after), time.Until(r.next).Seconds(), r.rows, r.blocks, r.mended, r.ended,
		r.object, time.Until(r.nextObject).Seconds(), r.objects, r.objectsEnded)
	if err != nil {
		return link.Fail("target: note how far it is compared", err)
	}
	if r.ended {
		r.rows, r.blocks, r.mended, r.ended, r.began = 0, 0, 0, false, time.Now()
	}
	if r.objectsEnded {
		r.objects, r.objectsEnded = 0, false
	}
	return nil
}

// difference is a row of sync.differences: a block or an object that differs, or a block that could not be compared.
type difference struct {
	What    string // rows, unread, object
	Name    string // of the table; of an object its key
	Low     key
	High    key
	Rows    int64
	AtLeast bool
	Reason  string
}

// noteDifference records a difference, and logs it unless it was known before.
func (l *ledger) noteDifference(ctx context.Context, d difference) error {
	var before int64
	err := l.conn.QueryRow(ctx, `
		WITH known AS (SELECT rows FROM sync.differences WHERE slot = $1 AND name = $3 AND low = $4 AND what = $2)
		INSERT INTO sync.differences (slot, object, what, name, low, high, rows, at_least, reason, pass)
		VALUES ($1, $2 = 'object', $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (slot, object, name, low) DO UPDATE SET what = excluded.what, high = excluded.high, rows = excluded.rows, at_least = excluded.at_least,
		       reason = excluded.reason, pass = excluded.pass, seen_at = now(),
		       since = CASE WHEN differences.what = excluded.what THEN differences.since ELSE now() END
		RETURNING coalesce((SELECT rows FROM known), -1)`,
		l.slot, d.What, d.Name, recordedKey(d.Low), []*string(d.High), d.Rows, d.AtLeast, d.Reason, l.at.pass).Scan(&before)
	if err != nil {
		return link.Fail("target: note a difference", err)
	}
	switch {
	case before == d.Rows && d.What != "unread", before >= 0 && d.What == "unread":
	case d.What == "rows":
		l.log.Error("the replica differs from its source; `syncer compare` shows the rows, `syncer repair` mends them", "table", d.Name, "rows", d.Rows)
	case d.What == "object":
		l.log.Error("an object of the replica is not what its row says; `syncer repair --deep` has it copied again", "key", d.Name, "object", d.Reason)
	default:
		l.log.Warn("a part of the replica could not be compared; it is looked at again", "table", d.Name, "error", d.Reason)
	}
	return nil
}

// recordedKey is the key as it is recorded: the table's beginning has no columns.
func recordedKey(k key) []*string {
	if k == nil {
		return []*string{}
	}
	return k
}

// forgetSettled deletes the difference that was recorded for a block or an object which is equal by now.
func (l *ledger) forgetSettled(ctx context.Context, object bool, name string, low key) error {
	tag, err := l.conn.Exec(ctx, `DELETE FROM sync.differences WHERE slot = $1 AND object = $4 AND name = $2 AND low = $3`, l.slot, name, recordedKey(low), object)
	if err != nil {
		return link.Fail("target: forget a difference", err)
	}
	if tag.RowsAffected() > 0 {
		l.log.Info("what differed, or could not be compared, is equal now", "name", name)
	}
	return nil
}

// forgetOlder deletes the differences of a table that the pass which has just gone through it did not find again; its blocks may have been
// cut in other places.
func (l *ledger) forgetOlder(ctx context.Context, name string) error {
	_, err := l.conn.Exec(ctx, `DELETE FROM sync.differences WHERE slot = $1 AND name = $2 AND NOT object AND pass < $3`, l.slot, name, l.at.pass)
	if err != nil {
		return link.Fail("target: forget a difference", err)
	}
	return nil
}

// oldestDifference returns the difference that was not looked at for longest; ok is false if there is none.
func (l *ledger) oldestDifference(ctx context.Context, what ...string) (d difference, ok bool, err error) {
	var low, high []*string
	err = l.conn.QueryRow(ctx, `
		SELECT what, name, low, high, rows, at_least, reason FROM sync.differences WHERE slot = $1 AND what = ANY ($2)
		 ORDER BY seen_at LIMIT 1`, l.slot, what).Scan(&d.What, &d.Name, &low, &high, &d.Rows, &d.AtLeast, &d.Reason)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return d, false, nil
	case err != nil:
		return d, false, link.Fail("target: what differs", err)
	}
	if len(low) > 0 {
		d.Low = low
	}
	d.High = high
	return d, true, nil
}
