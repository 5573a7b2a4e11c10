package compare

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const mostBuckets = 1 << 16

// buckets compares a table whose key has no order that serves both sides: rows are put into buckets by a hash of
// their key, in one pass over each side. Only where buckets differ a second pass fetches keys and hashes of the
// rows in them.
func (c *comparison) buckets(ctx context.Context, l *lane, t *table) error {
	n := int64(64)
	for n < mostBuckets && n*256<<10 < max(t.from.bytes, t.to.bytes) {
		n *= 2
	}
	var here, there map[int64]sums
	err := both(
		func() (err error) { here, err = t.from.bucketSums(ctx, l.source, c.hash, n); return err },
		func() (err error) { there, err = t.to.bucketSums(ctx, l.target, c.hash, n); return err })
	if err != nil {
		return err
	}
	var compared int64
	for _, s := range here {
		compared += s.rows
	}
	t.count(c, compared)
	return c.follow(ctx, l, t, n, here, there)
}

// bucket is the SQL of a row's bucket of n, a power of two.
func (s *side) bucket(h hashing, n int64) string {
	return h.part("ROW("+s.names("t.")+")::text", 0) + fmt.Sprintf(" & %d", n-1)
}

func (s *side) bucketSums(ctx context.Context, db *pgx.Conn, h hashing, n int64) (map[int64]sums, error) {
	query := "SELECT " + s.bucket(h, n) + " AS bucket, " + s.row() + " AS r FROM " + s.base + " AS t"
	rows, err := db.Query(ctx, "SELECT bucket, "+sumColumns+" FROM ("+h.over(query)+") AS q GROUP BY bucket")
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

// follow looks at the rows of the differing buckets, as many buckets at a time as may be held in memory.
func (c *comparison) follow(ctx context.Context, l *lane, t *table, n int64, here, there map[int64]sums) error {
	var group []int64
	var held int64
	for bucket := range n {
		if here[bucket] == there[bucket] || here[bucket].rows+there[bucket].rows == 0 {
			continue
		}
		group = append(group, bucket)
		held += here[bucket].rows + there[bucket].rows
		if held < 10*c.LeafRows {
			continue
		}
		if err := c.leaves(ctx, l, t, n, group); err != nil {
			return err
		}
		group, held = nil, 0
	}
	if len(group) == 0 {
		return nil
	}
	return c.leaves(ctx, l, t, n, group)
}

func (c *comparison) leaves(ctx context.Context, l *lane, t *table, n int64, group []int64) error {
	if c.isFull(t) {
		return nil
	}
	var here, there map[string]print
	err := both(
		func() (err error) { here, err = t.from.bucketPrints(ctx, l.source, c.hash, n, group); return err },
		func() (err error) { there, err = t.to.bucketPrints(ctx, l.target, c.hash, n, group); return err })
	if err != nil {
		return err
	}
	c.suspect(t, here, there)
	return nil
}

func (s *side) bucketPrints(ctx context.Context, db *pgx.Conn, h hashing, n int64, group []int64) (map[string]print, error) {
	return collect(ctx, db, h, "SELECT "+s.texts()+" AS k, "+s.row()+" AS r FROM "+s.base+
		" AS t WHERE "+s.bucket(h, n)+" = ANY ($1)", []any{group})
}
