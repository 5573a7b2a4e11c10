package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// session is one of several that change the source at the same time.
type session struct {
	conn   *pgx.Conn
	open   bool
	points int
}

// churn is a random history. The same seed makes the same one, but for what locks forbid.
type churn struct {
	*rand.Rand
	t        *testing.T
	sessions []*session
	keys     int // of rows: the fewer, the more often the same row is meant
	hurry    int // of twenty steps in a transaction as many end it
}

func (c *churn) one(all ...string) string { return all[c.IntN(len(all))] }

// where picks a few rows, or very many.
func (c *churn) where() string {
	if c.IntN(6) == 0 {
		return fmt.Sprintf("id %% %d = 0", 2+c.IntN(5))
	}
	from := c.IntN(c.keys)
	return fmt.Sprintf("id BETWEEN %d AND %d", from, from+c.IntN(8))
}

func (c *churn) change() string {
	switch c.IntN(14) {
	case 0, 1, 2:
		return `UPDATE shop.items SET published = NOT published WHERE ` + c.where()
	case 3:
		return `UPDATE shop.items SET published = true, name = '` + c.one("x", "y") + `' WHERE ` + c.where()
	case 4, 5:
		return fmt.Sprintf(`UPDATE shop.items SET name = 'n%d' WHERE %s`, c.IntN(100), c.where())
	case 6:
		return `UPDATE shop.items SET big = ` + c.one(large, `'short'`, `NULL`) + ` WHERE ` + c.where()
	case 7:
		return fmt.Sprintf(`UPDATE shop.items SET id = id + %d WHERE id BETWEEN %d AND %[2]d + 3`, 1+c.IntN(40), c.IntN(c.keys))
	case 8:
		return `DELETE FROM shop.items WHERE id % 7 <> 0 AND ` + c.where()
	case 9:
		return fmt.Sprintf(`INSERT INTO shop.items SELECT n, 'new', n %% 3 > 0, %s FROM generate_series(%d, %[2]d + 9) n ON CONFLICT DO NOTHING`, large, c.IntN(c.keys))
	case 10:
		return fmt.Sprintf(`INSERT INTO shop.pairs SELECT n, '%s', n FROM generate_series(1, %d) n ON CONFLICT (a, b) DO UPDATE SET v = pairs.v + 1`, c.one("p", "q", "r"), 50+c.IntN(400))
	case 11:
		return fmt.Sprintf(`UPDATE shop.items SET id = id + %d, big = 'moved' WHERE id BETWEEN %d AND %[2]d + 3`, 1+c.IntN(20), c.IntN(c.keys))
	case 12:
		return c.one(`TRUNCATE shop.pairs`, `DELETE FROM shop.pairs`)
	}
	return fmt.Sprintf(`DELETE FROM shop.pairs WHERE a %% %d = 0`, 2+c.IntN(4))
}

// step does one thing in one session. What a lock or a key forbids takes the whole transaction back.
func (c *churn) step() {
	s := c.sessions[c.IntN(len(c.sessions))]
	var sql string
	switch n := c.IntN(20); {
	case !s.open:
		sql = "BEGIN"
	case n < c.hurry:
		sql = "COMMIT"
	case n == c.hurry:
		sql = "ROLLBACK"
	case n < c.hurry+3:
		s.points++
		sql = fmt.Sprintf("SAVEPOINT s%d", s.points)
	case n < c.hurry+5 && s.points > 0:
		sql = fmt.Sprintf("ROLLBACK TO s%d", 1+c.IntN(s.points))
	case n == c.hurry+5 && s.points > 0:
		sql = fmt.Sprintf("RELEASE s%d", 1+c.IntN(s.points))
	default:
		sql = c.change()
	}
	if _, err := s.conn.Exec(c.t.Context(), sql); err != nil {
		sql = "ROLLBACK"
		if _, err := s.conn.Exec(c.t.Context(), sql); err != nil {
			c.t.Fatal(err)
		}
	}
	if sql == "BEGIN" || sql == "COMMIT" || sql == "ROLLBACK" {
		s.open, s.points = sql == "BEGIN", 0
	}
}

func (c *churn) end() {
	for _, s := range c.sessions {
		if s.open {
			if _, err := s.conn.Exec(c.t.Context(), "COMMIT"); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// TestRandomHistories: sessions interleave, with savepoints taken back, rows that enter and leave the filter without
// their large values, and keys that move; some transactions come in chunks, all arrive while others go on. A strict replica
// of the frames is the source's projection at the end.
func TestRandomHistories(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any will do
	for round := range 3 {
		t.Run(fmt.Sprint(seed+uint64(round)), func(t *testing.T) { randomHistory(t, seed+uint64(round), 600) })
	}
}

func randomHistory(t *testing.T, seed uint64, steps int) {
	o := newOrigin(t, pgtest.Source(t), shop+`INSERT INTO shop.items SELECT n, 'a', n % 2 = 0, `+large+` FROM generate_series(1, 600) n;
		DELETE FROM shop.items; INSERT INTO shop.items SELECT n, 'a', false, `+large+` FROM generate_series(1, 600) n`, shopTables)
	c := &churn{Rand: rand.New(rand.NewPCG(seed, 1)), t: t} //nolint:gosec // a test's choices
	c.keys = 30 + c.IntN(2)*570
	c.hurry = 1 + c.IntN(2)*7
	late := c.IntN(3) * (steps - 1) / 2 // what is read again is the later, the later the reader begins
	for range 4 {
		conn, err := link.Open(t.Context(), o.AdminDSN(), link.Options{Name: "source.dsn", Application: "test"})
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close(conn)
		s := &session{conn: conn}
		if _, err := s.conn.Exec(t.Context(), `SET lock_timeout = '5ms'`); err != nil {
			t.Fatal(err)
		}
		c.sessions = append(c.sessions, s)
	}
	p := newReplica()
	until := make(chan wire.LSN, 1)
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
	defer cancel()
	follow := func() {
		var end wire.LSN
		done <- o.run(ctx, func(frame any) (wire.LSN, error) {
			if err := p.take(frame); err != nil {
				return 0, err
			}
			select {
			case end = <-until:
			default:
			}
			if end > 0 && p.at >= end && p.at >= p.hold && !p.within && p.chunk == nil {
				return 0, errThere
			}
			return 0, nil
		})
	}
	for n := range steps {
		if n == late {
			go follow()
		}
		c.step()
	}
	c.end()
	end, err := publisher.CurrentPosition(t.Context(), o.Pool)
	if err != nil {
		t.Fatal(err)
	}
	until <- end
	if err := <-done; !errors.Is(err, errThere) {
		t.Fatal(err)
	}
	t.Logf("%d transactions in %d chunks, %d taken back", p.streamed, p.chunked, p.aborted)
	o.equal(p)
}
