package compare

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

const (
	mostBuckets  = 1 << 16
	bucketBytes  = 256 << 10
	segmentSize  = 32 // blocks
	mostSegments = 512
)

// segment is a stretch of pages on one side, of each partition if there are some. Several workers go through a
// table at the same time in segments; what they find is added up by bucket.
type segment struct {
	target    bool
	low, high int64 // pages; high 0: to the end, whatever was added since the size was asked for
}

// piles are a table's buckets on both sides.
type piles struct {
	buckets     int64 // a power of two
	pending     int   // segments that are not added yet
	here, there map[int64]sums
}

// cutSegments divides both sides of a table that is compared by buckets.
func (t *table) cutSegments(blockBytes int64) []task {
	n := int64(64)
	for n < mostBuckets && n*bucketBytes < max(t.from.bytes, t.to.bytes) {
		n *= 2
	}
	var all []task
	for _, s := range []*side{t.from, t.to} {
		step := max(segmentSize*blockBytes/pageBytes, s.pages/mostSegments+1)
		if !s.places {
			step = max(step, s.pages)
		}
		for low := int64(0); low == 0 || low < s.pages; low += step {
			one := &segment{target: s == t.to, low: low, high: low + step}
			if one.high >= s.pages {
				one.high = 0
			}
			all = append(all, task{table: t, segment: one})
		}
	}
	t.piles = piles{buckets: n, pending: len(all), here: map[int64]sums{}, there: map[int64]sums{}}
	return all
}

// compareSegment adds one segment, and the last one follows up what differs. Only then a second pass fetches keys and hashes
// of the rows in differing buckets.
func (f *rowSearch) compareSegment(ctx context.Context, l *lane, one task) error {
	t, s, db := one.table, one.table.from, l.source
	if one.segment.target {
		s, db = one.table.to, l.target
	}
	found, err := s.bucketSums(ctx, db, f.hash, t.piles.buckets, one.segment)
	if err != nil {
		return sideError(s.name, err)
	}
	if !one.segment.target {
		var compared int64
		for _, b := range found {
			compared += b.rows
		}
		t.countRows(compared)
		f.tally.tellProgress(PhaseRows, compared)
	}
	if !t.addToPile(one.segment, found) {
		return nil
	}
	return f.followBuckets(ctx, l, t)
}

// addToPile adds what was found and reports whether it was the last segment.
func (t *table) addToPile(one *segment, found map[int64]sums) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.piles.here
	if one.target {
		all = t.piles.there
	}
	for bucket, s := range found {
		all[bucket] = all[bucket].plus(s)
	}
	t.piles.pending--
	return t.piles.pending == 0
}

// bucketSQL is the SQL of a row's bucket of n.
func (s *side) bucketSQL(h hashing, n int64) string {
	return h.hashPart("ROW("+s.keyNames("t.")+")::text", 0) + fmt.Sprintf(" & %d", n-1)
}

func (s *side) bucketSums(ctx context.Context, db *pgx.Conn, h hashing, n int64, of *segment) (map[int64]sums, error) {
	condition := s.condition
	if of.low > 0 {
		condition += fmt.Sprintf(" AND ctid >= '(%d,0)'", of.low)
	}
	if of.high > 0 {
		condition += fmt.Sprintf(" AND ctid < '(%d,0)'", of.high)
	}
	query := fmt.Sprintf("SELECT %s AS bucket, %s AS r FROM %s AS t WHERE %s", s.bucketSQL(h, n), s.rowText(), s.table, condition)
	rows, err := db.Query(ctx, "SELECT bucket, "+sumColumns+" FROM ("+h.sumOver(query)+") AS q GROUP BY bucket")
	if err != nil {
		return nil, err
	}
	all := map[int64]sums{}
	var bucket int64
	var one sums
	_, err = pgx.ForEachRow(rows, []any{&bucket, &one.rows, &one.h1, &one.h2}, func() error {
		all[bucket] = one
		return nil
	})
	return all, err
}

// followBuckets looks at the rows of the buckets that differ. Both servers send them sorted by bucket, so that whatever the
// damage is one pass is enough and one bucket at a time is held.
func (f *rowSearch) followBuckets(ctx context.Context, l *lane, t *table) error {
	var differing []int64
	for bucket := range t.piles.buckets {
		if t.piles.here[bucket] != t.piles.there[bucket] {
			differing = append(differing, bucket)
		}
	}
	if len(differing) == 0 {
		return nil
	}
	here, there := &cursor{db: l.source}, &cursor{db: l.target}
	err := onBothSides(
		func() error { return here.openCursor(ctx, t.from.bucketPrints(f.hash, t.piles.buckets, differing)) },
		func() error { return there.openCursor(ctx, t.to.bucketPrints(f.hash, t.piles.buckets, differing)) })
	for _, bucket := range differing {
		if err != nil || t.isFull(f.mostRows) {
			break
		}
		var some, others map[string]print
		err = onBothSides(
			func() (err error) { some, err = here.takeBucket(ctx, bucket); return err },
			func() (err error) { others, err = there.takeBucket(ctx, bucket); return err })
		if err == nil {
			t.addSuspects(f.mostRows, some, others)
		}
	}
	if err != nil {
		return err
	}
	return onBothSides(func() error { return here.closeCursor(ctx) }, func() error { return there.closeCursor(ctx) })
}

func (s *side) bucketPrints(h hashing, n int64, buckets []int64) string {
	list := strings.Trim(strings.ReplaceAll(fmt.Sprint(buckets), " ", ","), "[]")
	query := fmt.Sprintf("SELECT %s AS bucket, %s AS k, %s AS r FROM %s AS t WHERE %s IN (%s)",
		s.bucketSQL(h, n), s.keyTexts(), s.rowText(), s.base, s.bucketSQL(h, n), list)
	return "SELECT bucket, k, h1, h2 FROM (" + h.sumOver(query) + ") AS q ORDER BY bucket"
}

// cursor reads prints sorted by bucket, a few thousand at a time.
type cursor struct {
	db     *pgx.Conn
	ready  []bucketed
	at     int
	closed bool
}

type bucketed struct {
	Bucket int64
	Key    key
	H1, H2 int64
}

func (c *cursor) openCursor(ctx context.Context, query string) error {
	if _, err := c.db.Exec(ctx, "DECLARE suspects NO SCROLL CURSOR FOR "+query); err != nil {
		return err
	}
	return c.fetchRows(ctx)
}

func (c *cursor) fetchRows(ctx context.Context) error {
	rows, err := c.db.Query(ctx, "FETCH 5000 FROM suspects")
	if err != nil {
		return err
	}
	c.ready, err = pgx.CollectRows(rows, pgx.RowToStructByPos[bucketed])
	c.at, c.closed = 0, len(c.ready) == 0
	return err
}

// takeBucket returns the rows of the bucket; the cursor stands there or behind it.
func (c *cursor) takeBucket(ctx context.Context, bucket int64) (map[string]print, error) {
	all := map[string]print{}
	for !c.closed {
		if c.at == len(c.ready) {
			if err := c.fetchRows(ctx); err != nil {
				return nil, err
			}
			continue
		}
		one := c.ready[c.at]
		if one.Bucket != bucket {
			break
		}
		all[one.Key.id()] = print{one.Key, one.H1, one.H2}
		c.at++
	}
	return all, nil
}

func (c *cursor) closeCursor(ctx context.Context) error {
	_, err := c.db.Exec(ctx, "CLOSE suspects")
	return err
}
