package stream

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/wire"
)

// A writer that claims more than it was given must not make the source forget what is still to come.
func TestReaderBelievesNoMoreThanItSent(t *testing.T) {
	r := &Reader{}
	r.positions.sent = 100
	for acked, believed := range map[wire.LSN]bool{0: true, 99: true, 100: true, 101: false, ^wire.LSN(0): false} {
		r.positions.acked.Store(uint64(acked))
		got, err := r.positions.durablePosition()
		if (err == nil) != believed || believed && got != acked {
			t.Errorf("acknowledged %s of %s: the source is told %s, %v", acked, r.positions.sent, got, err)
		}
	}
}

// A reader that a source turns away has always asked for the same connection first, so its error is always the same.
func TestReaderConnectsInOrder(t *testing.T) {
	asked := make(chan string, 100)
	source := faulttest.NewPostgres(t, func(c *faulttest.Conversation) {
		if m, err := c.ReceiveStartupMessage(); err == nil {
			if start, ok := m.(*pgproto3.StartupMessage); ok {
				asked <- start.Parameters["application_name"]
			}
		}
	})
	var first []string
	for range 16 {
		reader, err := Open(t.Context(), Options{DSN: "postgres://u@" + source.Address() + "/d?sslmode=disable"}, nil)
		if err == nil {
			reader.Close()
			t.Fatal("a source that says nothing is no source")
		}
		first = append(first, awaittest.Receive(t, "a connection", asked))
		for len(asked) > 0 { // further tries of the same one
			<-asked
		}
	}
	if len(slices.Compact(first)) != 1 {
		t.Errorf("connections are opened in any order: %q first", first)
	}
}
