package kept

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// Data is how the data of a kind is found and removed.
type Data interface {
	// Look says what there is from before the moment, up to most, beginning with the oldest.
	Look(ctx context.Context, db pg.Queryer, before time.Time, most int) (Found, error)
	// Remove removes up to most of it, the oldest first, in tx. Objects go before the rows that name them: killed in between, the next
	// round finds the rows and ends it. It may be called with what is gone already.
	Remove(ctx context.Context, tx pgx.Tx, before time.Time, most int) (Gone, error)
}

// Rows is a kind that is rows of a table and nothing else. All of it is text of the program.
type Rows struct {
	Table string // with its schema
	Key   string // columns of the primary key
	At    string // the column or expression by which they are old; it has an index where Where holds
	Where string // which rows of the table belong to the kind
	Size  string // an expression over r, the row, for its bytes
}

func (r Rows) due(order Order) string {
	return `select ` + r.Key + `, ` + r.At + ` as at, (` + r.Size + `)::bigint as bytes from ` + r.Table + ` r where ` + r.At + ` < $1 and ` + r.Where +
		` order by ` + r.At + string(order) + ` limit $2`
}

// Look implements Data.
func (r Rows) Look(ctx context.Context, db pg.Queryer, before time.Time, most int) (Found, error) {
	return Measure(ctx, db, r.due, before, most)
}

// Order is the end from which a query begins, as it stands in SQL behind the column by which rows are old.
type Order string

// The orders.
const (
	OldestFirst Order = ""
	NewestFirst Order = " desc"
)

// Measure sums up what a query finds: it takes the moment and a limit, and returns columns at and bytes. Where there is more than is
// counted, the newest is asked for by itself.
func Measure(ctx context.Context, db pg.Queryer, due func(Order) string, before time.Time, most int) (f Found, err error) {
	var oldest, newest *time.Time
	err = db.QueryRow(ctx, `select count(*), coalesce(sum(bytes), 0)::bigint, min(at)::timestamptz, max(at)::timestamptz from (`+due(OldestFirst)+`) d`, before, most+1).
		Scan(&f.Rows, &f.Bytes, &oldest, &newest)
	if err != nil {
		return Found{}, pg.Fault("look at what is kept", err)
	}
	if f.Rows > most {
		f.Rows, f.More = most, true
		if err := db.QueryRow(ctx, `select max(at)::timestamptz from (`+due(NewestFirst)+`) d`, before, 1).Scan(&newest); err != nil {
			return Found{}, pg.Fault("look at the newest of what is kept", err)
		}
	}
	if oldest != nil && newest != nil {
		f.Oldest, f.Newest = *oldest, *newest
	}
	return f, nil
}

// Remove implements Data. A row that somebody makes newer at that moment stays: it is judged again once its lock is had.
func (r Rows) Remove(ctx context.Context, tx pgx.Tx, before time.Time, most int) (g Gone, err error) {
	err = tx.QueryRow(ctx, `
		with due as (`+r.due(OldestFirst)+`), gone as (
			delete from `+r.Table+` r where (`+r.Key+`) in (select `+r.Key+` from due) and `+r.At+` < $1 and `+r.Where+` returning (`+r.Size+`)::bigint as bytes)
		select count(*), coalesce(sum(bytes), 0)::bigint from gone`, before, most).Scan(&g.Rows, &g.Bytes)
	return g, pg.Fault("remove what was kept long enough", err)
}
