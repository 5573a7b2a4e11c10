package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/source"
)

// piece is a range of keys of one table: after Low, up to and with High; nil is open.
type piece struct {
	table  source.Table
	number int
	low    []string
	high   []string
}

// collision says that a piece of a resumed snapshot cannot stand beside the earlier ones: between the two
// moments a value moved from one row to another.
type collision struct {
	table source.Table
	cause error
}

func (c *collision) Error() string { return "snapshot of " + c.table.FullName() + " collided" }
func (c *collision) Unwrap() error { return c.cause }

func quoted(t source.Table) string { return relation.Quote(t.Schema, t.Name) }

// plan sends every missing piece; pieces are cut once and recorded, so that a resumed run has the same.
func (j *job) plan(ctx context.Context, pieces chan<- piece) error {
	conn, err := link.Open(ctx, j.SourceDSN, link.Options{Name: "source.dsn", Application: "snapshot plan"})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	if err := adopt(ctx, conn, j.snapshot); err != nil {
		return err
	}
	for _, t := range j.tables {
		missing, err := j.pieces(ctx, conn, t)
		if err != nil {
			return err
		}
		for _, p := range missing {
			select {
			case pieces <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// pieces returns the table's missing pieces, cutting them first if that was not done.
func (j *job) pieces(ctx context.Context, conn *pgx.Conn, t source.Table) ([]piece, error) {
	all, missing, rows, err := j.recorded(ctx, t)
	if err != nil {
		return nil, err
	}
	if all == 0 {
		if err := j.cut(ctx, conn, t); err != nil {
			return nil, err
		}
		if all, missing, rows, err = j.recorded(ctx, t); err != nil {
			return nil, err
		}
	}
	state := &Progress{Table: t.FullName(), Done: all - len(missing), Pieces: all, Rows: rows}
	j.mu.Lock()
	j.done[t.FullName()] = state
	j.mu.Unlock()
	if len(missing) == 0 { // killed between the last piece and the table's own mark
		_, err = j.conn.Exec(ctx, `UPDATE sync.tables SET state = 'ready' WHERE slot = $1 AND name = $2`, j.Slot, t.FullName())
	}
	return missing, err
}

func (j *job) recorded(ctx context.Context, t source.Table) (all int, missing []piece, copied int64, err error) {
	rows, err := j.conn.Query(ctx, `
		SELECT number, low, high, done_at IS NOT NULL, coalesce(rows, 0) FROM sync.chunks
		 WHERE slot = $1 AND name = $2 ORDER BY number`, j.Slot, t.FullName())
	if err != nil {
		return 0, nil, 0, fmt.Errorf("target: %s: %w", link.Scrub(err), err)
	}
	defer rows.Close()
	for rows.Next() {
		p := piece{table: t}
		var done bool
		var n int64
		if err := rows.Scan(&p.number, &p.low, &p.high, &done, &n); err != nil {
			return 0, nil, 0, err
		}
		all, copied = all+1, copied+n
		if !done {
			missing = append(missing, p)
		}
	}
	return all, missing, copied, rows.Err()
}

// cut finds the keys at which a large table is divided and records the pieces.
func (j *job) cut(ctx context.Context, conn *pgx.Conn, t source.Table) error {
	var bounds [][]string
	if parts := t.Info.Bytes / j.ChunkBytes; parts >= 2 {
		var err error
		if bounds, err = keysAt(ctx, conn, t, parts); err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, j.conn, func(tx pgx.Tx) error {
		for i := range len(bounds) + 1 {
			var low, high []string
			if i > 0 {
				low = bounds[i-1]
			}
			if i < len(bounds) {
				high = bounds[i]
			}
			if _, err := tx.Exec(ctx, `INSERT INTO sync.chunks (slot, name, number, low, high) VALUES ($1, $2, $3, $4, $5)`,
				j.Slot, t.FullName(), i+1, low, high); err != nil {
				return fmt.Errorf("target: record pieces of %s: %s: %w", t.FullName(), link.Scrub(err), err)
			}
		}
		_, err := tx.Exec(ctx, `UPDATE sync.tables SET state = 'copying' WHERE slot = $1 AND name = $2`, j.Slot, t.FullName())
		return err
	})
}

// keysAt returns about parts-1 keys that divide the table's rows evenly.
func keysAt(ctx context.Context, conn *pgx.Conn, t source.Table, parts int64) ([][]string, error) {
	texts := make([]string, len(t.Key))
	for i, k := range t.Key {
		texts[i] = relation.Quote(k) + "::text"
	}
	keys := relation.QuoteList("", t.Key)
	rows, err := conn.Query(ctx, fmt.Sprintf(`
		SELECT ARRAY[%s] FROM (
		  SELECT %s, row_number() OVER (ORDER BY %s) AS n_, count(*) OVER () AS all_ FROM %s WHERE %s
		) AS keys_ WHERE n_ %% greatest(1, all_ / $1) = 0 AND n_ < all_ ORDER BY n_`,
		strings.Join(texts, ", "), keys, keys, t.From(), t.Condition()), parts)
	if err != nil {
		return nil, fmt.Errorf("source: divide %s: %s: %w", t.FullName(), link.Scrub(err), err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[[]string])
}

// copySQL selects exactly the whitelisted projection of the piece.
func (p piece) copySQL() string {
	sql := "SELECT " + relation.QuoteList("", p.table.Columns) + " FROM " + p.table.From() + " WHERE " + p.table.Condition()
	keys := "(" + relation.QuoteList("", p.table.Key) + ")"
	if p.low != nil {
		sql += " AND " + keys + " > " + p.bound(p.low)
	}
	if p.high != nil {
		sql += " AND " + keys + " <= " + p.bound(p.high)
	}
	return "COPY (" + sql + ") TO STDOUT"
}

func (p piece) bound(values []string) string {
	items := make([]string, len(values))
	for i, v := range values {
		c, _ := p.table.Info.Column(p.table.Key[i])
		items[i] = relation.Literal(v) + "::" + c.Type
	}
	return "(" + strings.Join(items, ", ") + ")"
}

// copy moves the piece's bytes from COPY to COPY and records it in the same transaction.
func (j *job) copy(ctx context.Context, from, to *pgx.Conn, p piece) (int64, error) {
	tx, err := to.Begin(ctx)
	if err != nil {
		return 0, fmt.Errorf("target: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	rows, err := j.stream(ctx, from, to, p)
	if err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, `
		UPDATE sync.chunks SET done_at = now(), rows = $4
		 WHERE slot = $1 AND name = $2 AND number = $3 AND done_at IS NULL
		   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $5 FOR SHARE)`,
		j.Slot, p.table.FullName(), p.number, rows, j.Epoch)
	if err != nil {
		return 0, fmt.Errorf("target: record piece of %s: %s: %w", p.table.FullName(), link.Scrub(err), err)
	}
	if tag.RowsAffected() != 1 {
		return 0, fault.Unsafef("target: another syncer has taken over slot %q; this one stops", j.Slot)
	}
	failpoint.Hit("snapshot.before_piece")
	if err := tx.Commit(ctx); err != nil {
		return 0, fmt.Errorf("target: commit piece of %s: %s: %w", p.table.FullName(), link.Scrub(err), err)
	}
	failpoint.Hit("snapshot.after_piece")
	return rows, nil
}

func (j *job) stream(ctx context.Context, from, to *pgx.Conn, p piece) (int64, error) {
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := from.PgConn().CopyTo(ctx, w, p.copySQL())
		_ = w.CloseWithError(err) // nil ends the data, anything else aborts the COPY on the target
		sent <- err
	}()
	tag, err := to.PgConn().CopyFrom(ctx, r, fmt.Sprintf("COPY %s (%s) FROM STDIN", quoted(p.table), relation.QuoteList("", p.table.Columns)))
	_ = r.CloseWithError(errors.New("target stopped reading"))
	read := <-sent
	switch code := link.Code(err); {
	case err != nil && Collides(err) && j.resumed:
		return 0, &collision{p.table, err}
	case err != nil && (code != "" && code != "57014" || read == nil):
		return 0, fmt.Errorf("target: load %s: %s: %w", p.table.FullName(), link.Scrub(err), err)
	case read != nil:
		return 0, fmt.Errorf("source: read %s: %s: %w", p.table.FullName(), link.Scrub(read), read)
	}
	return tag.RowsAffected(), nil
}
