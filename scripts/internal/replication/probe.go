package replication

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/scripts/internal/clock"
)

const (
	senders = 8
	// probePause lies between two looks. A look costs about 0.08 ms of one CPU, so this keeps the probe well
	// under half of one while it looks, and its resolution about 0.4 ms. It does not look while nothing is
	// under way. Looks without a pause leave two CPUs so little that waits of 10 ms and more decide the 99th percentile,
	// of a native subscription too.
	probePause = 200 * time.Microsecond
	// probePatience is how long the last transactions may take to become visible.
	probePatience = time.Minute
)

// probe sends transactions on schedule and watches a replica for their rows.
type probe struct {
	due     []time.Duration
	first   int64 // id of the first row
	began   time.Time
	sources []*pgx.Conn
	target  *pgx.Conn

	sent     atomic.Int64    // how many have been handed to the source
	returned []time.Duration // since began: when COMMIT returned
	visible  []time.Duration // since began: when the look that first saw the row was answered
	looks    []time.Duration // time from one look's answer to the next
	late     int             // sent more than a millisecond after they were due
}

// newProbe opens connections of its own on both sides.
func (a *arena) newProbe(ctx context.Context, c contender, rate, seconds int) (*probe, error) {
	p := &probe{due: schedule(rate, seconds)}
	p.returned, p.visible = make([]time.Duration, len(p.due)), make([]time.Duration, len(p.due))
	if err := p.open(ctx, a, c); err != nil {
		p.close()
		return nil, fmt.Errorf("probe: %w", err)
	}
	return p, nil
}

const (
	sendSQL = `insert into bench.events values ($1::bigint, md5($1::bigint::text)::uuid, 'Event number ' || $1::bigint,
		repeat(md5($1::bigint::text), 4), 12.34, true, 1, now(), now(), 'never leaves')`
	lookSQL = "select id from bench.events where id > $1"
)

func (p *probe) open(ctx context.Context, a *arena, c contender) error {
	if err := a.source.QueryRow(ctx, "select coalesce(max(id), 0) + 1 from bench.events").Scan(&p.first); err != nil {
		return err
	}
	for range senders {
		conn, err := connect(ctx, a.lab.source.DSN(a.database))
		if err != nil {
			return err
		}
		p.sources = append(p.sources, conn)
		if _, err := conn.Prepare(ctx, "send", sendSQL); err != nil {
			return err
		}
	}
	var err error
	if p.target, err = connect(ctx, c.replica().Config().ConnString()); err != nil {
		return err
	}
	// A plan by what a replica happens to know of its rows would make looks dearer on one than on the other.
	if _, err = p.target.Exec(ctx, "set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan"); err != nil {
		return err
	}
	_, err = p.target.Prepare(ctx, "look", lookSQL)
	return err
}

func (p *probe) close() {
	for _, conn := range append(p.sources, p.target) {
		closeConn(conn)
	}
}

// run sends everything and returns when everything is visible.
func (p *probe) run(ctx context.Context) error {
	limit := p.due[len(p.due)-1] + probePatience
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not all transactions became visible within %s", limit))
	defer cancel()
	p.began = time.Now().Add(20 * time.Millisecond)
	late := make([]int, senders)
	g, ctx := errgroup.WithContext(ctx)
	for n := range senders {
		g.Go(func() (err error) {
			late[n], err = p.send(ctx, n)
			return err
		})
	}
	g.Go(func() error { return p.watch(ctx) })
	err := g.Wait()
	for _, n := range late {
		p.late += n
	}
	return err
}

// send commits every eighth transaction at its time, whatever became of the earlier ones.
func (p *probe) send(ctx context.Context, n int) (late int, err error) {
	for i := n; i < len(p.due); i += senders {
		moment := p.began.Add(p.due[i])
		clock.Until(moment)
		if time.Since(moment) > time.Millisecond {
			late++
		}
		p.sent.Add(1)
		if _, err := p.sources[n].Exec(ctx, "send", p.first+int64(i)); err != nil {
			return late, fmt.Errorf("send a transaction: %w", cause(ctx, err))
		}
		p.returned[i] = time.Since(p.began)
	}
	return late, nil
}

// watch looks until every row has been seen. All rows up to the low-water mark have been; some beyond it may
// have been, as senders overtake each other.
func (p *probe) watch(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = p.target.PgConn().Conn().Close() })
	defer stop()
	low, count := 0, 0 // rows before low are seen; count of all seen
	var previous time.Time
	for count < len(p.due) {
		if int64(count) == p.sent.Load() { // nothing is under way
			clock.Until(p.began.Add(p.due[count]))
			clock.Sleep(probePause)
			previous = time.Time{}
			continue
		}
		seen, now, err := p.look(low)
		if err != nil {
			return fmt.Errorf("look for rows on the target: %w", cause(ctx, err))
		}
		for _, i := range seen {
			if p.visible[i] == 0 {
				p.visible[i] = now.Sub(p.began)
				count++
			}
		}
		for low < len(p.due) && p.visible[low] != 0 {
			low++
		}
		if !previous.IsZero() {
			p.looks = append(p.looks, now.Sub(previous))
		}
		previous = now
		clock.Sleep(probePause)
	}
	return nil
}

var errStrangeRow = errors.New("the target has a row that was not sent")

// look returns which transactions from low on are visible now.
func (p *probe) look(low int) (seen []int, now time.Time, err error) {
	after := binary.BigEndian.AppendUint64(nil, uint64(p.first+int64(low)-1))
	// Without a context: a watcher per look would cost more than the look. watch closes the connection instead.
	result := p.target.PgConn().ExecPrepared(context.Background(), "look", [][]byte{after}, []int16{1}, []int16{1}).Read()
	now = time.Now()
	for _, row := range result.Rows {
		i := int64(binary.BigEndian.Uint64(row[0])) - p.first
		if i < 0 || i >= int64(len(p.due)) {
			return nil, now, errStrangeRow
		}
		seen = append(seen, int(i))
	}
	return seen, now, result.Err
}

// latencies in the order of the schedule.
func (p *probe) latencies() []time.Duration {
	took := make([]time.Duration, len(p.due))
	for i := range took {
		took[i] = p.visible[i] - p.returned[i]
	}
	return took
}

// gaps between looks, in order of length; at least one.
func (p *probe) gaps() []time.Duration {
	if len(p.looks) == 0 {
		return []time.Duration{0}
	}
	return slices.Sorted(slices.Values(p.looks))
}
