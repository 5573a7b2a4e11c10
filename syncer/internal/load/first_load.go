package load

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/socket"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/watch"
	"portal.example/syncer/internal/wire"
)

// Loads makes the first loads of one reader, and finds the load that a lane asks for. Every field except DSN has a meaningful
// zero value.
type Loads struct {
	DSN        string
	Slot       string // of the stream
	PieceBytes int64  // approximate size of a piece; 0 means a sixteenth of the table or a 32nd of all, from 4 to 64 MiB
	WorkMem    int    // of connections that become a stream, see OpenReplication
	MaxRow     int    // the longest row, in bytes, that is loaded; 0 means wire.DefaultRow
	Log        *slog.Logger

	mu  sync.Mutex
	all map[string]*firstLoad
}

var _ Loader = (*Loads)(nil)

func (s *Loads) maxRow() int {
	if s.MaxRow <= 0 {
		return wire.DefaultRow
	}
	return s.MaxRow
}

// firstLoad is a snapshot of the source that lanes pass to the writer in pieces. Only lanes that name its session get any.
type firstLoad struct {
	*Loads
	session string
	system  publisher.System // the source it was taken from
	start   wire.LSN         // the stream continues here
	settled wire.LSN         // position of the snapshot; later than start if an earlier load was interrupted

	snapshot string              // exported name
	maker    *stream.Replication // made the slot
	keeper   *pgx.Conn           // holds the snapshot, and locks that keep every table's rows where they are

	lock  sync.Mutex
	queue []piece
	open  int // pieces not yet durable on the target
	err   error
	ended chan struct{} // closed with the last piece, or the first failure
}

// Load implements Loader.
func (s *Loads) Load(ctx context.Context, m Missing, hello func(wire.Hello) error) (Loaded, error) {
	l := s.newFirstLoad()
	defer l.close()
	if err := l.takeMoment(ctx, m); err != nil {
		return Loaded{}, err
	}
	if err := l.planPieces(ctx, m); err != nil {
		return Loaded{}, err
	}
	marks, err := l.readMarks(ctx, m)
	if err != nil {
		return Loaded{}, err
	}
	s.addLoad(l)
	position := publisher.Position{SystemID: l.system.ID, Timeline: l.system.Timeline, Applied: l.start}
	err = hello(wire.Hello{
		SystemID: position.SystemID, Timeline: position.Timeline, Start: l.start, Settled: l.settled, Session: l.session, Copy: true,
	})
	if err == nil {
		err = l.awaitDurable(ctx)
	}
	if err != nil {
		return Loaded{}, err
	}
	loaded := Loaded{Slot: s.Slot, Position: position, Settled: l.settled, Marks: marks}
	if m.Slot != "" {
		loaded.Slot, loaded.Replication, l.maker = m.Slot, l.maker, nil
	}
	return loaded, nil
}

func (s *Loads) addLoad(l *firstLoad) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]*firstLoad{}
	}
	s.all[l.session] = l
}

func (s *Loads) newFirstLoad() *firstLoad {
	secret := make([]byte, 16)
	_, _ = rand.Read(secret) // never fails
	return &firstLoad{Loads: s, session: hex.EncodeToString(secret), ended: make(chan struct{})}
}

// awaitDurable returns once every piece is durable on the target, or with the first error of a lane.
func (l *firstLoad) awaitDurable(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-l.ended:
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	select {
	case <-l.ended: // if the writer is gone because it lost a lane, the lane's error says why
		return l.err
	default:
		return ctx.Err()
	}
}

// lanesLinger is how long late lanes are still told that nothing is left.
const lanesLinger = 30 * time.Second

// close releases the snapshot. Lanes that are still running fail, unless every piece is already durable.
func (l *firstLoad) close() {
	l.endWith(errLoadOver)
	link.Close(l.keeper)
	l.maker.Close()
	time.AfterFunc(lanesLinger, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all, l.session)
	})
}

var errLoadOver = errors.New("the load is over")

func (l *firstLoad) endWith(err error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	select {
	case <-l.ended:
		return
	default:
	}
	l.err = err
	l.queue = nil
	close(l.ended)
}

// takeMoment creates the slot and takes its snapshot. If the target already holds some pieces, it takes a later snapshot.
func (l *firstLoad) takeMoment(ctx context.Context, m Missing) error {
	if m.Have.Applied != 0 {
		return l.takeLaterMoment(ctx, m.Have, cmp.Or(m.Slot, l.Slot))
	}
	if m.Slot != "" {
		return l.makeSlot(ctx, m.Slot)
	}
	// The target has no record of a load, so a slot of this name can only be left over from one that was killed right here.
	l.Log.Info("creating the replication slot; this waits for transactions that are open on the source", "slot", l.Slot)
	return l.makeSlot(ctx, l.Slot)
}

func (l *firstLoad) makeSlot(ctx context.Context, slot string) (err error) {
	if l.maker, err = stream.OpenReplication(ctx, l.DSN, "load slot", l.WorkMem); err != nil {
		return err
	}
	if err := publisher.DropSlot(ctx, l.maker.Conn, slot); err != nil {
		return err
	}
	if l.system, err = publisher.Identify(ctx, l.maker.Conn); err != nil {
		return err
	}
	at, name, err := l.createSlot(ctx, slot)
	if err != nil {
		return err
	}
	failpoint.Hit("snapshot.after_slot")
	l.start, l.settled = at, at
	if l.keeper, err = l.openAt(ctx, name); err != nil {
		return err
	}
	// From here on the keeper's own transaction holds the snapshot, and the maker can be used for something else.
	return l.exportSnapshot(ctx)
}

// createSlot waits for every transaction that has written and is open, also a prepared one; it says for which.
func (l *firstLoad) createSlot(ctx context.Context, slot string) (at wire.LSN, snapshot string, err error) {
	w := locks.Watching{
		What: "the replication slot waits for an open transaction", PID: l.maker.Conn.PgConn().PID(),
		Open: func(ctx context.Context) (*pgx.Conn, error) {
			return link.Open(ctx, l.DSN, link.Options{Name: "source.dsn", Application: "look", AnswerWithin: link.Soon})
		},
	}
	telling := locks.Telling(ctx, func(line string) { l.Log.Warn(line) })
	_, err = w.Watch(telling, func(ctx context.Context) (err error) {
		at, snapshot, err = publisher.CreateSlot(ctx, l.maker.Conn, slot)
		return err
	})
	return at, snapshot, err
}

// takeLaterMoment takes a later snapshot for the missing pieces. Until the stream has passed it, the replica holds rows of
// several moments. The stream must still be able to start from the first one.
func (l *firstLoad) takeLaterMoment(ctx context.Context, have wire.Have, slot string) error {
	repl, err := stream.OpenReplication(ctx, l.DSN, "load", 0)
	if err != nil {
		return err
	}
	l.system, err = publisher.Identify(ctx, repl.Conn)
	repl.Close()
	if err != nil {
		return err
	}
	if l.keeper, err = link.Open(ctx, l.DSN, link.Options{Name: "source.dsn", Application: "load keeper"}); err != nil {
		return err
	}
	at := publisher.Position{SystemID: have.SystemID, Timeline: have.Timeline, Applied: have.Applied}
	if err := publisher.CheckPosition(ctx, l.keeper, slot, l.system, at); err != nil {
		return err
	}
	if _, err := l.keeper.Exec(ctx, beginSQL); err != nil {
		return link.Fail("source: snapshot", err)
	}
	if err := l.exportSnapshot(ctx); err != nil {
		return err
	}
	var now string
	if err := l.keeper.QueryRow(ctx, `SELECT pg_catalog.pg_current_wal_insert_lsn()::text`).Scan(&now); err != nil {
		return link.Fail("source: snapshot", err)
	}
	if err := l.settled.Scan(now); err != nil {
		return err
	}
	l.start, l.settled = have.Applied, max(l.settled, have.Settled, have.Applied)
	return nil
}

// readMarks reads the marks of a first load by its own snapshot: what the catalog said earlier would take for a change what the rows
// already show, and what it says later would hide one that they do not.
func (l *firstLoad) readMarks(ctx context.Context, m Missing) ([]wire.Mark, error) {
	if m.Publication == "" {
		return nil, nil
	}
	return watch.ReadMarks(ctx, l.keeper, m.Publication, m.Tables)
}

func (l *firstLoad) exportSnapshot(ctx context.Context) error {
	if err := l.keeper.QueryRow(ctx, `SELECT pg_catalog.pg_export_snapshot()`).Scan(&l.snapshot); err != nil {
		return link.Fail("source: export snapshot", err)
	}
	return nil
}

const beginSQL = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

// openAt opens a read-only connection that uses the exported snapshot.
func (s *Loads) openAt(ctx context.Context, snapshot string) (*pgx.Conn, error) {
	bulk := &bulkReader{}
	conn, err := link.Open(ctx, s.DSN, link.Options{
		Name: "source.dsn", Application: "load", MaxMessage: s.maxRow(),
		Frontend: func(from io.Reader, to io.Writer) *pgproto3.Frontend {
			*bulk = bulkReader{from: from} // each address that is tried has its own
			return pgproto3.NewFrontend(bulk, to)
		},
	})
	if err != nil {
		return nil, err
	}
	bulk.raw = socket.Raw(conn.PgConn().Conn())
	for _, sql := range []string{beginSQL, "SET TRANSACTION SNAPSHOT '" + snapshot + "'"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			link.Close(conn)
			return nil, link.Fail("source: adopt snapshot", err)
		}
	}
	return conn, nil
}
