package compare

import (
	"context"
	"slices"
	"time"

	"portal.example/syncer/internal/link"
)

// readClock is the target's.
func (s *sides) readClock(ctx context.Context) (at time.Time, err error) {
	if err := s.control.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&at); err != nil {
		return at, link.Fail("target", err)
	}
	return at, nil
}

// forgetMended forgets what the scheduled comparison had recorded by began, when the repair began to compare, of tables that are
// known to be right by now, so that status and alarms need not wait until it comes to each of their blocks again. What it
// has seen since then stays: it may be newer.
func (c *comparison) forgetMended(ctx context.Context, out *Outcome, began time.Time) error {
	names := []string{}
	for _, t := range out.Tables {
		left := slices.ContainsFunc(out.Unmended, func(u Unmended) bool { return u.Table == t.Name })
		if (t.State == Equal || t.State == Different) && !t.AtLeast && !left {
			names = append(names, t.Name)
		}
	}
	_, err := c.sides.control.Exec(ctx, `DELETE FROM sync.differences WHERE slot = $1 AND NOT object AND what = 'rows' AND name = ANY ($2) AND seen_at < $3`,
		c.Config.Source.Slot, names, began)
	if code := link.Code(err); code == "42P01" || code == "42501" { // of an older version, or not ours to change
		return nil
	}
	if err != nil {
		return link.Fail("target: forget what differed", err)
	}
	return nil
}
