package compare

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/wire"
)

// part is what one turn of the scheduled comparison looks at: a range of a table's key, or, where the two sides do not sort
// alike, the whole table in buckets of its key's hash.
type part struct {
	after, upTo key
	buckets     int64 // 0: a range
}

// errNonsense says that a server answers what no server answers.
var errNonsense = errors.New("it answers nonsense")

// mostPrints bounds the rows of a block that are looked at one by one.
const mostPrints = 20_000

// sortOrder describes how the side sorts the table's key; "" when ranges of it cannot be found quickly or compared.
func (s *side) sortOrder() string {
	if !s.indexed || len(s.key) == 0 || len(s.key) > wire.MaxKeyColumns {
		return ""
	}
	all := make([]string, len(s.key))
	for i, k := range s.key {
		if k.Order == "" || k.Nullable || k.Operator != s.key[0].Operator {
			return ""
		}
		all[i] = k.Order
	}
	return strings.Join(all, "; ")
}

// cutKey is the n-th key after the beginning of the range; nil when there are not so many.
func (s *side) cutKey(ctx context.Context, db *pgx.Conn, p part, n int64) (key, error) {
	condition, args := s.withinSQL(p.after, p.upTo)
	rows, err := db.Query(ctx, fmt.Sprintf("SELECT %s FROM %s AS t WHERE %s ORDER BY %s OFFSET %d LIMIT 1",
		s.keyTexts(), s.base, condition, s.keyNames("t."), n-1), args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[key])
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// sumBuckets are those of a part's buckets; a range is one.
func (s *side) sumBuckets(ctx context.Context, db *pgx.Conn, h hashing, p part) ([]sums, error) {
	if p.buckets == 0 {
		var one sums
		err := s.sumRange(ctx, db, h, task{low: p.after, high: p.upTo}, &one)
		return []sums{one}, err
	}
	found, err := s.bucketSums(ctx, db, h, p.buckets, &segment{})
	if err != nil {
		return nil, err
	}
	all := make([]sums, p.buckets)
	for number, one := range found {
		if number < 0 || number >= p.buckets {
			return nil, fmt.Errorf("%w: a bucket that was not asked for", errNonsense)
		}
		all[number] = one
	}
	return all, nil
}

// listPrints are keys and hashes of the rows of a range, or of some buckets; more says that there are others.
func (s *side) listPrints(ctx context.Context, db *pgx.Conn, h hashing, p part, numbers []uint32) (all []print, more bool, err error) {
	condition, args := s.withinSQL(p.after, p.upTo)
	if p.buckets > 0 {
		condition = fmt.Sprintf("%s IN (%s)", s.bucketSQL(h, p.buckets), strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ","), "[]"))
	}
	query := fmt.Sprintf("SELECT %s AS k, %s AS r FROM %s AS t WHERE %s LIMIT %d", s.keyTexts(), s.rowText(), s.base, condition, mostPrints+1)
	rows, err := db.Query(ctx, "SELECT k, h1, h2 FROM ("+h.sumOver(query)+") AS q", args...)
	if err != nil {
		return nil, false, err
	}
	var one print
	_, err = pgx.ForEachRow(rows, []any{&one.key, &one.h1, &one.h2}, func() error {
		if len(one.key) != len(s.key) {
			return fmt.Errorf("%w: a key of %d columns", errNonsense, len(one.key))
		}
		all = append(all, one)
		one = print{}
		return nil
	})
	if len(all) > mostPrints {
		return all[:mostPrints], true, err
	}
	return all, false, err
}
