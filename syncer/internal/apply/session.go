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
	out         outbox
	raws        [][]byte  // of one row
	flights     []*flight // sent and not answered, oldest first
	prepared    map[*statement]string
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

// settings make plans that depend on statistics as little as may be: those lag behind a table that is being filled, and know nothing of what
// a transaction has brought before it commits. A table of a million rows may then count as one of a few rows, and as ANALYZE makes
// PostgreSQL plan anew at any moment, no check before planning helps. So each table is reached by an index that is looked up in, whatever
// the size of batch and table: without plain index scans no plan can read a table whole, as bitmaps are only made for what is looked up.
// They cost about a microsecond more for each row, and leave index entries of dead rows to insertion and VACUUM. As neither pages nor
// comparisons cost anything, an index is cheaper than a table read whole, and of two indexes the key's own, which finds fewer rows.
const settings = `SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
	SET enable_mergejoin = off; SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = on;
	SET enable_material = off; SET enable_memoize = off; SET seq_page_cost = 0; SET random_page_cost = 0; SET cpu_operator_cost = 0; SET jit = off;
	SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off; SET client_min_messages = error`

// maxAnswer bounds one message of the target.
const maxAnswer = 1 << 20

// newSession takes conn over until close.
func (p *pipeline) newSession(ctx context.Context, conn *pgx.Conn) (*session, error) {
	sql := settings
	if p.o.Early {
		sql += "; SET synchronous_commit = off"
	}
	if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, link.Fail("target: set up session", err)
	}
	s := &session{conn: conn, prepared: map[*statement]string{}, stages: map[*table]stageState{}, quit: make(chan struct{}), ended: make(chan struct{})}
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

// statementName returns the prepared statement's name, preparing it on first use.
func (s *session) statementName(st *statement) string {
	name, ok := s.prepared[st]
	if ok {
		return name
	}
	s.names++
	name = "s" + strconv.Itoa(s.names)
	s.prepared[st] = name
	s.out.parse(name, st.sql)
	return name
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
	s.prepared, s.stages = map[*statement]string{}, map[*table]stageState{}
}

// noteCommitted notes that the flight ends the transaction: that empties the stages.
func (s *session) noteCommitted() {
	s.begun = false
	for t := range s.stages {
		s.stages[t] = stageEmpty
	}
}
