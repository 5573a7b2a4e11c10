package inbound

import (
	"net/http"
	"strings"
	"testing"
)

// Whoever rules the outside can offer any number of messages that cannot be brought. Those behind them come all the
// same, what is remembered stays bounded, and the look says that the channel is being filled.
func TestAFloodStopsNoHonestMessage(t *testing.T) {
	c := newChannel(t, func(http.ResponseWriter, *http.Request) bool { return false })
	c.fetcher.later.most = 20
	for n := range 50 {
		c.send(n, false)
	}
	good, _ := c.send(50, true)
	err := c.fetcher.CatchUp(t.Context())
	if err == nil || !strings.Contains(err.Error(), "filling the channel") {
		t.Errorf("the look ends with %v", err)
	}
	if !c.isInside(good) {
		t.Error("the honest message behind them is not inside")
	}
	if n := len(c.fetcher.later.all); n > 20 {
		t.Errorf("%d messages are remembered", n)
	}
}

// An outside that offers what it has offered before keeps nobody in an endless look.
func TestAnOutsideThatOffersTheSameEndsTheLook(t *testing.T) {
	c := newChannel(t, func(http.ResponseWriter, *http.Request) bool { return false })
	c.fetcher.later.most = 2
	for n := range 5 {
		c.send(n, false)
	}
	c.outside.Exec(`CREATE OR REPLACE FUNCTION inbound.pending_after(max_rows integer, after_at timestamptz, after_id uuid)
		RETURNS TABLE (id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea, attachments jsonb, submitted_at timestamptz)
		LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM inbound.pending(max_rows)'`)
	if err := c.fetcher.CatchUp(t.Context()); err == nil || strings.Contains(err.Error(), "filling the channel") {
		t.Errorf("the look ends with %v", err)
	}
}
