package apply

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// session is a connection to the target on which batches are sent ahead: the next one is on its way before the
// one before it is answered. A goroutine of its own reads the answers, so nothing waits for a round trip.
//
// pgx opens and closes the connection; between, the messages are written here, because its pipelines can
// neither hold COPY nor be read while they are written.
type session struct {
	conn        *pgx.Conn
	own         bool // opened by the writer, not by its caller
	beside      bool // of a transaction that still runs on the source; see settingsBeside
	out         outbox
	raws        [][]byte  // of one row
	flights     []*flight // sent and not answered, oldest first
	prepared    map[*statement]prepared
	names       int
	stages      map[*table]stageState
	mayStage    bool          // temporary tables may be made
	roundTrip   time.Duration // to the target and back
	begun       bool          // a transaction is open once everything sent is executed
	bounded     bool          // waits for locks end after lockWait
	boundUnsure bool          // whether they do: the transaction that set it was rolled back
	quit        chan struct{} // nobody wants its answers any more
	ended       chan struct{} // its listener
}

// stageState is what a session's stage of a table is like.
type stageState byte

const (
	stageUnknown stageState = iota // it may be there, and hold something
	stageEmpty                     // since the last COMMIT
	stageUsed
)

// lockWait bounds waiting for a lock while transactions are open side by side: on the source nobody waited for
// one that is still open, so who waits here waits for a lock that only the target knows.
const lockWait = "10s"

// answer is what the server said to one flight, or that the connection ended.
type answer struct {
	session *session
	done    int   // statements that succeeded
	err     error // of the next one
	dead    bool  // the connection is gone
}

// settings make plans that depend on statistics as little as may be, which lag behind a table that is being filled: each table is reached
// by its key's index, whatever the size of batch and table. That index is also cheaper than a table of more than a few rows read whole
// (see statementName), as no page costs anything.
const settings = `SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
	SET enable_mergejoin = off; SET enable_bitmapscan = off; SET enable_material = off; SET enable_memoize = off;
	SET seq_page_cost = 0; SET random_page_cost = 0; SET jit = off; SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;
	SET client_min_messages = error`

// settingsBeside are those of a session for a transaction that still runs on the source. What it has brought is in no statistics before
// it commits, so that a table of a million rows may count as one of a single row however often it is planned for. Without plain index scans
// no plan can read a table whole, as bitmaps are only made for what is looked up. They cost a little more for each row, and leave
// index entries of dead rows as they are.
const settingsBeside = `; SET enable_bitmapscan = on; SET enable_indexscan = off; SET enable_indexonlyscan = off`

// maxAnswer bounds one message of the target.
const maxAnswer = 1 << 20

// newSession takes conn over until close.
func (p *pipeline) newSession(ctx context.Context, conn *pgx.Conn, beside bool) (*session, error) {
	sql := settings
	if beside {
		sql += settingsBeside
	}
	if p.o.Early {
		sql += "; SET synchronous_commit = off"
	}
	if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, link.Fail("target: set up session", err)
	}
	s := &session{conn: conn, beside: beside, prepared: map[*statement]prepared{}, stages: map[*table]stageState{}, quit: make(chan struct{}), ended: make(chan struct{})}
	if err := s.measureTarget(ctx); err != nil {
		return nil, link.Fail("target: set up session", err)
	}
	conn.PgConn().Frontend().SetMaxBodyLen(maxAnswer)
	go s.listenForAnswers(p.answers.come)
	return s, nil
}

// measureTarget finds out what the session may do and how far away the target is.
func (s *session) measureTarget(ctx context.Context) error {
	s.roundTrip = time.Hour
	for range 3 {
		began := time.Now()
		err := s.conn.QueryRow(ctx, `SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP')`).Scan(&s.mayStage)
		if err != nil {
			return err
		}
		s.roundTrip = min(s.roundTrip, time.Since(began))
	}
	return nil
}

// openLike opens one more session like conn's.
func openLike(ctx context.Context, like *pgx.Conn, application string) (*pgx.Conn, error) {
	conn, err := link.Like(ctx, like, application)
	if err == nil {
		err = replica.PrepareConn(ctx, conn)
	}
	if err != nil {
		link.Close(conn)
		return nil, link.Fail("target: one more session", err)
	}
	return conn, nil
}

// listenForAnswers reads answers until the connection ends.
func (s *session) listenForAnswers(answers chan<- answer) {
	defer close(s.ended)
	front := s.conn.PgConn().Frontend()
	a := answer{session: s}
	for {
		msg, err := front.Receive()
		if err != nil {
			if a.err == nil {
				a.err = err
			}
			a.dead = true
		}
		switch m := msg.(type) {
		case nil:
			s.passAnswer(answers, a)
			return
		case *pgproto3.CommandComplete:
			if a.err == nil {
				a.done++
			}
		case *pgproto3.ErrorResponse:
			a.err = pgconn.ErrorResponseToPgError(m)
		case *pgproto3.ReadyForQuery:
			s.passAnswer(answers, a)
			a = answer{session: s}
		}
	}
}

func (s *session) passAnswer(answers chan<- answer, a answer) {
	select {
	case answers <- a:
	case <-s.quit:
	}
}

// close ends the session; what it had not committed is rolled back. A statement that still runs is cancelled, so
// that its locks do not outlive the writer.
func (s *session) close() {
	_ = s.conn.PgConn().Conn().SetDeadline(time.Now())
	close(s.quit)
	<-s.ended
	if len(s.flights) > 0 || s.begun {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.conn.PgConn().CancelRequest(ctx)
	}
	if s.own {
		link.Close(s.conn)
	}
}

// addExecution adds the execution of a statement without parameters, or with ones in text.
func (s *session) addExecution(st *statement, params ...[]byte) {
	s.out.simple(s.statementName(st), params...)
}

// addOnce adds the execution of SQL that is not worth keeping.
func (s *session) addOnce(sql string, params ...[]byte) {
	s.out.parse("", sql)
	s.out.simple("", params...)
}

// openingStatements is what stands before the first statement of a flight. A batch that alone is a transaction needs no BEGIN:
// up to Sync its statements are one, says the manual (55.2.3, extended query).
func (s *session) openingStatements(k kind, bounded, alone bool) (all []*statement) {
	if !s.begun {
		if bounded != s.bounded || s.boundUnsure {
			s.bounded, s.boundUnsure = bounded, false
			set := sqlUnbounded
			if bounded {
				set = sqlBounded
			}
			all = append(all, set)
		}
		if alone {
			return all
		}
		all = append(all, sqlBegin)
		s.begun = true
	} else if k == aside {
		return nil
	}
	if k == piece || k == finish {
		all = append(all, sqlPiece)
	}
	return all
}

// prepared is a statement as a session knows it.
type prepared struct {
	name    string
	written int // into its table by then
}

// replanAfter is how many rows a table must have got before what looks up its rows is planned again.
const replanAfter = 1000

// willPlan reports whether the next execution of the statement makes a new plan for it.
func (s *session) willPlan(st *statement) bool {
	p, ok := s.prepared[st]
	return !ok || st.written != nil && *st.written > 2*p.written+replanAfter
}

// statementName returns the prepared statement's name, preparing it on first use. What looks rows up is prepared again when their table
// has grown to twice its size: a plan that was made for a table of one row reads the whole table and looks for each of its rows among
// those that are given, which takes minutes once there are many of both. Nothing else would replace such a plan within a transaction.
func (s *session) statementName(st *statement) string {
	p, ok := s.prepared[st]
	if !s.willPlan(st) {
		return p.name
	}
	if ok {
		s.out.closeStatement(p.name)
	}
	s.names++
	p = prepared{name: "s" + strconv.Itoa(s.names)}
	if st.written != nil {
		p.written = *st.written
	}
	s.prepared[st] = p
	s.out.parse(p.name, st.sql)
	return p.name
}

// writeOut sends what was collected when it is much, or all of it.
func (s *session) writeOut(all bool) error {
	if !all && s.out.pending() < flushBytes {
		return nil
	}
	if err := s.out.flush(s.conn.PgConn().Conn()); err != nil {
		return fmt.Errorf("target: send: %w", err)
	}
	return nil
}

// sendFlight ends a flight and sends it.
func (s *session) sendFlight(f *flight) error {
	s.out.sync()
	f.sent = time.Now()
	s.flights = append(s.flights, f)
	return s.writeOut(true)
}

// forgetPrepared drops what is known of prepared statements: after a failure some were never prepared.
func (s *session) forgetPrepared() {
	s.prepared, s.stages = map[*statement]prepared{}, map[*table]stageState{}
}

// noteCommitted notes that the flight ends the transaction: that empties the stages.
func (s *session) noteCommitted() {
	s.begun = false
	for t := range s.stages {
		s.stages[t] = stageEmpty
	}
}
