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

// Swap makes a replicated table equal to its shadow in one transaction: it deletes, updates and inserts the rows that differ. It
// takes no lock that blocks readers, and they see either the old rows or the new ones.
//
// Begin does what takes long before anybody has to wait. If the stream applies the table's changes to both tables (joined), it
// finds the keys whose rows differ; all other rows stay equal, as both tables get the same changes. If the stream ignores the
// table (not joined), it starts the transaction that brings the rows.
//
// Finish then needs both tables at the same position; see apply.Holder.
type Swap struct {
	shadow *Shadow
	epoch  int64
	joined bool
	conn   *pgx.Conn
	tx     pgx.Tx
	begun  Changed // by Begin
}

// ErrUnsure says that it is unknown whether a swap was committed, and so whether the stream must apply the table's changes from
// here on. Whoever holds the stream must not release it before reading sync.tables again.
var ErrUnsure = &link.Error{Line: "target: the answer to the commit of a swap was lost"}

// NewSwap makes a swap. It must be the only user of conn.
func NewSwap(conn *pgx.Conn, s *Shadow, epoch int64, joined bool) *Swap {
	return &Swap{shadow: s, epoch: epoch, joined: joined, conn: conn}
}

// Changed counts the rows that a swap changed.
type Changed struct{ Deleted, Updated, Inserted int64 }

// Begin does everything that need not wait for a common position.
func (w *Swap) Begin(ctx context.Context) (err error) {
	failpoint.Hit("swap.before_begin")
	if w.joined {
		return w.findDiffering(ctx)
	}
	if w.tx, err = w.conn.Begin(ctx); err != nil {
		return link.Fail("target: swap "+w.shadow.FullName(), err)
	}
	w.begun, err = w.mergeRows(ctx)
	return err
}

// Finish makes the table equal to the shadow, marks it ready and commits. at is the position of both.
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
		if link.Code(err) == "" { // the server did not say that it rolled back
			failed = errors.Join(ErrUnsure, failed)
		}
		return changed, failed
	}
	failpoint.Hit("swap.after_commit")
	w.tx = nil
	changed.Deleted, changed.Updated, changed.Inserted = changed.Deleted+w.begun.Deleted, changed.Updated+w.begun.Updated, changed.Inserted+w.begun.Inserted
	return changed, nil
}

// Close rolls back what is not committed.
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
	if _, err := w.tx.Exec(ctx, `SELECT pg_catalog.pg_notify($1, $2)`, JoinedChannel, w.shadow.Slot); err != nil {
		return link.Fail("target: notify", err)
	}
	return nil
}

// mergeRows makes the table equal to the shadow.
func (w *Swap) mergeRows(ctx context.Context) (Changed, error) {
	changed, err := w.updateRows(ctx)
	if code := link.Code(err); code == "23505" || code == "23P01" {
		// Rows exchange unique values, so no order of updates works: they are deleted and inserted.
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

// amongSQL restricts rows to the keys that were stored.
func (w *Swap) amongSQL(name string) string {
	if !w.joined {
		return ""
	}
	return " AND EXISTS (SELECT FROM " + w.shadow.diffSQL() + " AS d WHERE " + w.shadow.key.pairs(name, "d") + ")"
}

// deleteSQL deletes rows that the shadow lacks and, with differing, also those that differ.
func (w *Swap) deleteSQL(differing bool) string {
	s := w.shadow
	same := s.key.pairs("t", "s")
	if differing {
		same += " AND NOT (" + s.differSQL() + ")"
	}
	return "DELETE FROM " + s.tableSQL() + " AS t WHERE NOT EXISTS (SELECT FROM " + s.SQL() + " AS s WHERE " + same + ")" + w.amongSQL("t")
}

func (w *Swap) updateSQL() string {
	s := w.shadow
	return "UPDATE " + s.tableSQL() + " AS t SET (" + relation.QuoteList("", s.Columns) + ") = ROW(" + relation.QuoteList("s.", s.Columns) + ")" +
		" FROM " + s.SQL() + " AS s WHERE " + s.key.pairs("t", "s") + " AND " + s.differSQL() + w.amongSQL("s")
}

func (w *Swap) insertSQL() string {
	s := w.shadow
	columns := relation.QuoteList("", s.Columns)
	return "INSERT INTO " + s.tableSQL() + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + relation.QuoteList("s.", s.Columns) +
		" FROM " + s.SQL() + " AS s WHERE NOT EXISTS (SELECT FROM " + s.tableSQL() + " AS t WHERE " + s.key.pairs("t", "s") + ")" + w.amongSQL("s")
}
