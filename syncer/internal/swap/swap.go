package swap

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

type commandTag = pgconn.CommandTag

// Swap brings a replicated table to what its shadow holds, in one transaction: what is too much is deleted,
// what differs is updated, what is missing is inserted. Nothing is locked that readers feel, and they see the
// rows as they were before or as they are after it.
//
// Before anything waits for it, Begin does what takes long. While the stream brings both tables their changes
// (joined), it notes the keys whose rows differ: the others stay equal, as both get the same changes. While the
// stream leaves the table alone (not joined), the transaction that will bring the rows begins right away.
//
// Finish then needs both at one position, see Holder.
type Swap struct {
	shadow *Shadow
	epoch  int64
	joined bool
	conn   *pgx.Conn
	tx     pgx.Tx
	begun  Changed // by Begin
}

// ErrUnsure says that nobody knows whether a swap was committed, so whether the stream must bring the table its changes
// from here on. Whoever holds the stream must not let it go on before it has read sync.tables again.
var ErrUnsure = &link.Error{Line: "target: the answer to the commit of a swap was lost"}

// NewSwap makes a swap that uses conn and nothing else does.
func NewSwap(conn *pgx.Conn, s *Shadow, epoch int64, joined bool) *Swap {
	return &Swap{shadow: s, epoch: epoch, joined: joined, conn: conn}
}

// Changed counts the rows that a swap touched.
type Changed struct{ Deleted, Updated, Inserted int64 }

// Begin does what need not wait for the position.
func (w *Swap) Begin(ctx context.Context) (err error) {
	failpoint.Hit("swap.before_begin")
	s := w.shadow
	if w.joined {
		return s.run(ctx, w.conn, "DROP TABLE IF EXISTS "+s.diffSQL(), s.findSQL(), "ANALYZE "+s.diffSQL())
	}
	if w.tx, err = w.conn.Begin(ctx); err != nil {
		return link.Fail("target: swap "+w.shadow.FullName(), err)
	}
	w.begun, err = w.mergeRows(ctx)
	return err
}

// findSQL notes the keys whose rows are not the same in both tables.
func (s *Shadow) findSQL() string {
	return fmt.Sprintf(`CREATE UNLOGGED TABLE %[1]s AS
		SELECT %[4]s FROM %[2]s AS s WHERE NOT EXISTS (SELECT FROM %[3]s AS t WHERE %[6]s AND NOT (%[7]s))
		 UNION ALL
		SELECT %[5]s FROM %[3]s AS t WHERE NOT EXISTS (SELECT FROM %[2]s AS s WHERE %[6]s)`,
		s.diffSQL(), s.SQL(), s.table(), s.keys("s"), s.keys("t"), s.pairs("t", "s"), s.differ("t", "s"))
}

// Finish makes the table what the shadow is, marks it ready and commits. at is where both stand.
func (w *Swap) Finish(ctx context.Context, at wire.LSN) (changed Changed, err error) {
	if w.tx == nil {
		if w.tx, err = w.conn.Begin(ctx); err != nil {
			return changed, link.Fail("target: swap "+w.shadow.FullName(), err)
		}
	}
	if changed, err = w.mergeRows(ctx); err != nil {
		return changed, err
	}
	if err := w.markReady(ctx); err != nil {
		return changed, err
	}
	failpoint.Hit("swap.before_commit")
	if err := w.tx.Commit(ctx); err != nil {
		failed := link.Fail(fmt.Sprintf("target: swap %s at %s", w.shadow.FullName(), at), err)
		if link.Code(err) == "" { // the server has not said that it was rolled back
			failed = errors.Join(ErrUnsure, failed)
		}
		return changed, failed
	}
	failpoint.Hit("swap.after_commit")
	w.tx = nil
	changed.Deleted, changed.Updated, changed.Inserted = changed.Deleted+w.begun.Deleted, changed.Updated+w.begun.Updated, changed.Inserted+w.begun.Inserted
	return changed, nil
}

// Close gives up what was not committed.
func (w *Swap) Close() {
	if w.tx != nil {
		_ = w.tx.Rollback(context.Background()) //nolint:contextcheck // also after the caller's own has ended
	}
}

// markReady marks the table, unless another writer has claimed the slot since.
func (w *Swap) markReady(ctx context.Context) error {
	tag, err := w.tx.Exec(ctx, `
		UPDATE sync.tables SET state = 'ready', joined = true, error = NULL, since = clock_timestamp()
		 WHERE slot = $1 AND name = $2 AND state = 'joining'
		   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $3 FOR SHARE)`,
		w.shadow.Slot, w.shadow.FullName(), w.epoch)
	if err != nil {
		return link.Fail(fmt.Sprintf("target: mark %s ready", w.shadow.FullName()), err)
	}
	if tag.RowsAffected() != 1 {
		return fault.Unsafef("target: another syncer has taken over slot %q, or %s is no longer to be loaded; this one stops", w.shadow.Slot, w.shadow.FullName())
	}
	return nil
}

// mergeRows makes the table what the shadow is now.
func (w *Swap) mergeRows(ctx context.Context) (Changed, error) {
	changed, err := w.updateRows(ctx)
	if code := link.Code(err); code == "23505" || code == "23P01" {
		// Rows exchange values that are unique: none of them can be updated first.
		changed, err = w.replaceRows(ctx)
	}
	if err != nil {
		return changed, link.Fail(fmt.Sprintf("target: swap %s", w.shadow.FullName()), err)
	}
	return changed, nil
}

func (w *Swap) updateRows(ctx context.Context) (c Changed, err error) {
	err = pgx.BeginFunc(ctx, w.tx, func(tx pgx.Tx) error {
		return w.runSteps(ctx, tx, []string{w.deleteSQL(false), w.updateSQL(), w.insertSQL()}, &c.Deleted, &c.Updated, &c.Inserted)
	})
	return c, err
}

func (w *Swap) replaceRows(ctx context.Context) (c Changed, err error) {
	err = pgx.BeginFunc(ctx, w.tx, func(tx pgx.Tx) error {
		return w.runSteps(ctx, tx, []string{w.deleteSQL(true), w.insertSQL()}, &c.Deleted, &c.Inserted)
	})
	return c, err
}

func (w *Swap) runSteps(ctx context.Context, tx pgx.Tx, sql []string, counts ...*int64) error {
	for i, q := range sql {
		tag, err := tx.Exec(ctx, q)
		if err != nil {
			return err
		}
		*counts[i] = tag.RowsAffected()
	}
	return nil
}

// amongSQL restricts the rows called name to the keys that were noted.
func (w *Swap) amongSQL(name string) string {
	if !w.joined {
		return ""
	}
	return " AND EXISTS (SELECT FROM " + w.shadow.diffSQL() + " AS d WHERE " + w.shadow.pairs(name, "d") + ")"
}

// deleteSQL removes what the shadow does not hold; with differing also what it holds otherwise.
func (w *Swap) deleteSQL(differing bool) string {
	s := w.shadow
	same := s.pairs("t", "s")
	if differing {
		same += " AND NOT (" + s.differ("t", "s") + ")"
	}
	return "DELETE FROM " + s.table() + " AS t WHERE NOT EXISTS (SELECT FROM " + s.SQL() + " AS s WHERE " + same + ")" + w.amongSQL("t")
}

func (w *Swap) updateSQL() string {
	s := w.shadow
	return "UPDATE " + s.table() + " AS t SET (" + relation.QuoteList("", s.Columns) + ") = ROW(" + relation.QuoteList("s.", s.Columns) + ")" +
		" FROM " + s.SQL() + " AS s WHERE " + s.pairs("t", "s") + " AND " + s.differ("t", "s") + w.amongSQL("s")
}

func (w *Swap) insertSQL() string {
	s := w.shadow
	columns := relation.QuoteList("", s.Columns)
	return "INSERT INTO " + s.table() + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + relation.QuoteList("s.", s.Columns) +
		" FROM " + s.SQL() + " AS s WHERE NOT EXISTS (SELECT FROM " + s.table() + " AS t WHERE " + s.pairs("t", "s") + ")" + w.amongSQL("s")
}
