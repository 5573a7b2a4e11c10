package replica_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// Whoever stands in the place of the replica's server cannot keep a writer busy with an answer that has no end.
func TestTargetAnswersWithoutEnd(t *testing.T) {
	rows := faulttest.Encoded(&pgproto3.NotificationResponse{PID: 1, Channel: "sync_control", Payload: strings.Repeat("p", 7000)})
	server := faulttest.NewPostgres(t, func(c *faulttest.Conversation) {
		if c.Welcome() {
			c.EachQuery(func() { c.Forever(rows) })
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
	defer cancel()
	conn, err := replica.Connect(ctx, "postgres://u@"+server.Address()+"/d?sslmode=disable", "writer")
	if err == nil {
		link.Close(conn)
	}
	if !errors.Is(err, link.ErrTooMuch) {
		t.Errorf("got %v", err)
	}
}
