package compare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// meetReader brings both sides to one moment. The schedule's connection and the reader see that moment from then on.
func (s *Schedule) meetReader(ctx context.Context, t *talk, hold bool) (*apply.Meeting, error) {
	for try := 1; ; try++ {
		m, err := s.Meet(ctx, s.conn, hold, t.askMoment)
		if err == nil {
			s.noteStood(m.Stood)
			return m, nil
		}
		if !errors.Is(err, apply.ErrMissed) || errors.Is(err, context.DeadlineExceeded) || try == meetTries {
			s.noteStood(longStand) // or it waited in vain
			if errors.Is(err, apply.ErrMissed) {
				err = fmt.Errorf("%w: no common moment was found in %d tries: the stream is paused, far behind, or too busy", errUnsure, try)
			}
			return nil, err
		}
		if err := link.Pause(ctx, time.Duration(try)*20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// leaveMeeting ends the moment on the target. On the source it ends with the next meeting or with the connection.
func (s *Schedule) leaveMeeting(m *apply.Meeting) {
	m.Release()
	ctx, cancel := context.WithTimeout(context.Background(), link.Soon)
	defer cancel()
	if _, err := s.conn.Exec(ctx, "ROLLBACK"); err != nil {
		link.Close(s.conn) // the next question says so
	}
}

// noteStood tells how long the stream stood for a meeting.
func (s *Schedule) noteStood(how time.Duration) {
	if s.OnStood != nil {
		s.OnStood(how)
	}
	s.Log.Debug("both sides were brought to one moment", "the stream stood", how)
	s.truce.noteStood(how, s.longestTruce())
}

func (s *Schedule) longestTruce() time.Duration { return max(s.passTime()/10, time.Second) }

// mustBeReady refuses a table that is not whole at the moment that db sees.
func (s *Schedule) mustBeReady(ctx context.Context, db *pgx.Conn, name string) error {
	var state string
	err := db.QueryRow(ctx, `SELECT state FROM sync.tables WHERE slot = $1 AND name = $2`, s.Slot, name).Scan(&state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		state = ""
	case err != nil:
		return link.Fail("target", err)
	case state == "ready":
		return nil
	}
	return fmt.Errorf("%w: it %s", errUnsure, (&moment{states: map[string]string{name: state}}).whyUnready(name))
}

// mustPersist refuses a table that a crash of the target would empty: it was set unlogged since the stream began, which nothing else
// notices before the next start.
func (s *Schedule) mustPersist(ctx context.Context, name string) error {
	schema, table, _ := strings.Cut(name, ".")
	var unlogged []string
	err := s.conn.QueryRow(ctx, `
		SELECT coalesce(array_agg(pg_catalog.format('ALTER TABLE %s SET LOGGED;', c.oid::regclass) ORDER BY c.oid), '{}')
		  FROM pg_catalog.pg_class c
		 WHERE c.relpersistence <> 'p' AND (c.oid = pg_catalog.to_regclass($1) OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1))))`,
		relation.Quote(schema, table)).Scan(&unlogged)
	if err != nil {
		return link.Fail("target", err)
	}
	if len(unlogged) > 0 {
		return fmt.Errorf("%w: it is unlogged on the target, in whole or in part, so a crash of the target would empty it without a word; mend it there with: %s", errUnsure, strings.Join(unlogged, " "))
	}
	return nil
}
