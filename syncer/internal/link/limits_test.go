package link_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/link"
)

// A server that answers a small question with no end is cut off, on a connection as on one that is opened like it.
func TestSmallAnswersAreBounded(t *testing.T) {
	notice := faulttest.Encoded(&pgproto3.NoticeResponse{Severity: "NOTICE", Message: strings.Repeat("n", 7000)})
	for _, like := range []bool{false, true} {
		server := faulttest.NewPostgres(t, func(c *faulttest.Conversation) {
			if c.Welcome() {
				c.EachQuery(func() { c.Forever(notice) })
			}
		})
		conn, err := link.Open(t.Context(), "postgres://u@"+server.Address()+"/d?sslmode=disable", link.Options{Name: "target.dsn", MaxAnswer: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close(conn)
		if like {
			if conn, err = link.Like(t.Context(), conn, "side"); err != nil {
				t.Fatal(err)
			}
			defer link.Close(conn)
		}
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT 1").Scan(&n); !errors.Is(err, link.ErrTooMuch) {
			t.Errorf("like=%t: %v", like, err)
		}
	}
}

// A server that says nothing to a question is not waited for; who asks may still give up earlier.
func TestSilenceIsBounded(t *testing.T) {
	server := faulttest.NewPostgres(t, func(c *faulttest.Conversation) {
		if c.Welcome() {
			c.EachQuery(func() { c.Silence() })
		}
	})
	ask := func(ctx context.Context, within time.Duration) error {
		conn, err := link.Open(t.Context(), "postgres://u@"+server.Address()+"/d?sslmode=disable", link.Options{Name: "target.dsn", AnswerWithin: within})
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close(conn)
		var n int
		return conn.QueryRow(ctx, "SELECT 1").Scan(&n)
	}
	if err := ask(t.Context(), time.Second); !errors.Is(err, link.ErrSilent) {
		t.Errorf("within a second: %v", err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := ask(short, time.Hour); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, link.ErrSilent) {
		t.Errorf("given up after 50 ms: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, end)
	if err := ask(ended, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("ended after 50 ms: %v", err)
	}
}

// Whoever reads that a session was ended learns on which side, and what to do: said by the server, on a connection and on one that is
// opened like it.
func TestEndOfASessionNamesItsSide(t *testing.T) {
	db := pgtest.Empty(t)
	admin, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close(admin)
	for _, like := range []bool{false, true} {
		conn, err := link.Open(t.Context(), db.DSN, link.Options{Name: "source.dsn"})
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close(conn)
		if like {
			if conn, err = link.Like(t.Context(), conn, "side"); err != nil {
				t.Fatal(err)
			}
			defer link.Close(conn)
		}
		var ended bool
		if err := admin.QueryRow(t.Context(), "SELECT pg_terminate_backend($1, 60000)", conn.PgConn().PID()).Scan(&ended); err != nil || !ended {
			t.Fatal(ended, err)
		}
		_, err = conn.Exec(t.Context(), "SELECT 1")
		if link.Code(err) != "57P01" || !link.Temporary(err) {
			t.Fatalf("like=%t: %v", like, err)
		}
		want := "init: terminating connection due to administrator command (SQLSTATE 57P01) on source.dsn; somebody there ended this session or stops the server"
		if said := link.Text(fmt.Errorf("init: %w", err)); !strings.HasPrefix(said, want) || !strings.HasSuffix(said, "when they are given again") {
			t.Errorf("like=%t: %s", like, said)
		}
	}
}

func TestHangingUpNamesItsSide(t *testing.T) {
	server := faulttest.NewPostgres(t, func(c *faulttest.Conversation) {
		if c.Welcome() {
			c.EachQuery(func() { _ = c.Conn.Close() })
		}
	})
	conn, err := link.Open(t.Context(), "postgres://u@"+server.Address()+"/d?sslmode=disable", link.Options{Name: "target.dsn"})
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close(conn)
	var n int
	err = conn.QueryRow(t.Context(), "SELECT 1").Scan(&n) // Exec loses the cause within pgx, and says "conn closed"
	if err == nil || !link.Temporary(err) || !strings.Contains(err.Error(), "target.dsn: the server closed the connection") {
		t.Errorf("%v", err)
	}
}
