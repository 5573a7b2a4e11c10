package compare

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/replica"
)

// moment is both sides at one position of the source's log: two transactions which see the same rows, and
// whose snapshots other connections can adopt as long as they are open.
type moment struct {
	sides      *sides
	source     *pgx.Conn
	target     *pgx.Conn
	sourceName string // of the exported snapshots
	targetName string
	progress   replica.Progress  // as the target's snapshot has it
	states     map[string]string // of tables, as the target's snapshot has them
	fenced     bool
	id         string // of a fence that still holds the writer
}

func (m *moment) close() {
	if m.id != "" {
		m.sides.leaveFence(m.id, "taken")
	}
	link.Close(m.source)
	link.Close(m.target)
}

// errMissed says that another try may find a common moment.
var errMissed = errors.New("no common moment yet")

const tries = 30

// takeMoment brings both sides to one moment. With hold the writer applies nothing more until the moment is closed, or
// ten seconds have passed. during, if not nil, may read the source's snapshot while the writer is on its way there.
func (s *sides) takeMoment(ctx context.Context, hold bool, during func(context.Context, *moment) error) (*moment, error) {
	for try := 1; ; try++ {
		m, err := s.tryMoment(ctx, hold, during)
		if !errors.Is(err, errMissed) {
			return m, err
		}
		if try == tries {
			return nil, fmt.Errorf("compare: transactions follow each other so closely that no common moment was found in %d tries; try again when less is being written", tries)
		}
		if err := link.Pause(ctx, min(time.Duration(try)*10*time.Millisecond, 200*time.Millisecond)); err != nil {
			return nil, err
		}
	}
}

func (s *sides) tryMoment(ctx context.Context, hold bool, during func(context.Context, *moment) error) (_ *moment, err error) {
	m := &moment{sides: s}
	defer func() {
		if err != nil {
			m.close()
		}
	}()
	if m.source, err = s.openMoment(ctx, "source"); err != nil {
		return nil, err
	}
	if err = publisher.RefuseStandby(ctx, m.source); err != nil {
		return nil, err
	}
	if m.target, err = s.openMoment(ctx, "target"); err != nil {
		return nil, err
	}
	if err = s.checkLoaded(ctx); err != nil {
		return nil, err
	}
	if m.fenced, err = replica.IsClaimed(ctx, s.control, s.cfg.Source.Slot); err != nil {
		return nil, err
	}
	if m.fenced {
		err = m.meetAtFence(ctx, hold, during)
	} else {
		err = m.meetWithoutWriter(ctx, during)
	}
	return m, err
}

// reading makes texts alike beyond what package link does, and plans like those of many small looks.
const reading = `SET lc_monetary = 'C'; SET quote_all_identifiers = off; SET jit = off;
	SET enable_seqscan = off; SET max_parallel_workers_per_gather = 0`

// answerMost bounds what the target may say to one question: keys and hashes of LeafRows rows, or those of all buckets.
// Who rules the DMZ could otherwise fill this machine's memory.
const answerMost = 64 << 20

// answerWithin is far more than the longest question takes, which sorts what is suspect of a whole table.
const answerWithin = time.Hour

func (s *sides) openMoment(ctx context.Context, side string) (*pgx.Conn, error) {
	if side == "target" {
		return s.dialSide(ctx, side, s.cfg.Target.DSN, answerMost)
	}
	return s.dialSide(ctx, side, s.cfg.Source.DSN, 0)
}

func (s *sides) dialSide(ctx context.Context, side, dsn string, most int64) (*pgx.Conn, error) {
	conn, err := link.Open(ctx, dsn, link.Options{Name: side + ".dsn", Application: "compare", MaxAnswer: most, AnswerWithin: answerWithin})
	if err != nil {
		return nil, err
	}
	if _, err := conn.PgConn().Exec(ctx, reading).ReadAll(); err != nil {
		link.Close(conn)
		return nil, sideError(side, err)
	}
	return conn, nil
}

func sideError(side string, err error) error {
	return link.Fail(side, err)
}

// checkLoaded refuses a replica of which nothing can be said yet.
func (s *sides) checkLoaded(ctx context.Context) error {
	p, err := replica.ReadProgress(ctx, s.control, s.cfg.Source.Slot)
	switch {
	case err != nil:
		return err
	case p.Digest != s.list.Digest():
		return fault.Unsafef("the whitelist %s is not the one that the replica was made by; run `syncer table apply`, or put the whitelist back", s.cfg.Whitelist)
	case p.Applied == 0 || p.Applied < p.Settled:
		return errors.New("the replica is still being loaded; compare it when `syncer status` says streaming")
	}
	return nil
}

const beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

// snapshotSource takes the source's snapshot. The position is read after it, so no transaction in it is later.
func (m *moment) snapshotSource(ctx context.Context) (snapshot, lsn string, err error) {
	if _, err = m.source.Exec(ctx, beginReading); err == nil {
		err = m.source.QueryRow(ctx, `SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text, pg_export_snapshot()`).
			Scan(&snapshot, &lsn, &m.sourceName)
	}
	if err != nil {
		return "", "", sideError("source", err)
	}
	return snapshot, lsn, nil
}

// snapshotTarget opens the target's transaction, adopting the snapshot exported as name unless that is "".
func (m *moment) snapshotTarget(ctx context.Context, name string) error {
	if err := adoptSnapshot(ctx, m.target, name); err != nil {
		return sideError("target", err)
	}
	if err := m.target.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&m.targetName); err != nil {
		return sideError("target", err)
	}
	var err error
	if m.progress, err = replica.ReadProgress(ctx, m.target, m.sides.cfg.Source.Slot); err != nil {
		return err
	}
	return m.readStates(ctx)
}

func (m *moment) readStates(ctx context.Context) error {
	rows, err := m.target.Query(ctx, `SELECT name, state FROM sync.tables WHERE slot = $1`, m.sides.cfg.Source.Slot)
	if err != nil {
		return sideError("target", err)
	}
	m.states = map[string]string{}
	var name, state string
	_, err = pgx.ForEachRow(rows, []any{&name, &state}, func() error {
		m.states[name] = state
		return nil
	})
	if err != nil {
		return sideError("target", err)
	}
	return nil
}

// whyUnready says why a table cannot be compared at this moment, "" when it can.
func (m *moment) whyUnready(name string) string {
	switch state := m.states[name]; state {
	case "ready":
		return ""
	case "":
		return "is not in the replica yet; see `syncer table add`"
	case "released":
		return "was released for a migration of its application; compare it when `syncer table resync " + name + "` has brought it back"
	case "joining":
		return "is being loaded beside the stream; compare it when it has joined"
	default:
		return "is still being loaded"
	}
}

func adoptSnapshot(ctx context.Context, conn *pgx.Conn, name string) error {
	if _, err := conn.Exec(ctx, beginReading); err != nil || name == "" {
		return err
	}
	_, err := conn.Exec(ctx, "SET TRANSACTION SNAPSHOT '"+name+"'")
	return err
}

// lane is a pair of connections that see the moment, for one worker.
type lane struct {
	source, target *pgx.Conn
}

func (l *lane) close() {
	if l != nil {
		link.Close(l.source)
		link.Close(l.target)
	}
}

func (m *moment) openLane(ctx context.Context) (_ *lane, err error) {
	l := &lane{}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.source, err = m.sides.openMoment(ctx, "source"); err != nil {
		return nil, err
	}
	if l.target, err = m.sides.openMoment(ctx, "target"); err != nil {
		return nil, err
	}
	if err = adoptSnapshot(ctx, l.source, m.sourceName); err != nil {
		return nil, sideError("source", err)
	}
	if err = adoptSnapshot(ctx, l.target, m.targetName); err != nil {
		return nil, sideError("target", err)
	}
	return l, nil
}

// onBothSides runs one function for each side at the same time.
func onBothSides(source, target func() error) error {
	var wg sync.WaitGroup
	var first error
	wg.Go(func() { first = source() })
	second := target()
	wg.Wait()
	if first != nil {
		return sideError("source", first)
	}
	if second != nil {
		return sideError("target", second)
	}
	return nil
}
