package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

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
