package status

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// clock is a clock that the test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time         { return c.at }
func (c *clock) passes(d time.Duration) { c.at = c.at.Add(d) }

func get(t *testing.T, l *Live, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	l.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// Health turns red within stale_after of what stopped, says what that is, and turns green again by itself.
func TestHealth(t *testing.T) {
	c := &clock{time.Unix(1_000_000, 0)}
	l := newLive(time.Minute, c.now)
	check := func(want int, why string) {
		t.Helper()
		if code, body := get(t, l, "/healthz"); code != want || !strings.Contains(body, why) {
			t.Errorf("got %d %s, want %d %s", code, body, want, why)
		}
	}
	check(503, `"starting"`)
	l.Set(Snapshotting, "")
	check(200, "snapshotting")
	c.passes(61 * time.Second)
	check(503, "nothing of the first load has moved")
	l.Loading()
	check(200, "snapshotting")
	c.passes(time.Hour)
	check(503, "nothing of the first load has moved")
	l.Set(Streaming, "")
	check(200, "streaming") // it has only just begun
	c.passes(61 * time.Second)
	l.Loading() // a table that is loaded beside the stream
	check(503, "no message since")
	l.Told(90, c.at)
	l.Applied(apply.Applied{LSN: 90, Changes: 2, Fresh: c.at})
	check(200, `"applied_lsn":"0/5A"`)

	for range 4 { // the source goes on, the target does not
		c.passes(30 * time.Second)
		l.Told(100, c.at)
	}
	check(503, "nothing became durable")
	check(503, `"lag_bytes":10,"lag_seconds":120`)
	l.Applied(apply.Applied{LSN: 100, Fresh: c.at})
	check(200, `"lag_bytes":0,"lag_seconds":0`)
	for range 4 { // nothing happens on the source, but it is heard
		c.passes(30 * time.Second)
		l.Told(100, c.at)
	}
	check(200, "streaming")
	l.Set(Paused, "")
	check(503, "paused")
	l.Set(Failed, "target: gone")
	check(503, "target: gone")
	l.Set(Streaming, "")
	check(200, `"error":""`)
	c.passes(2 * time.Minute)
	check(503, "no message")
	l.Heard()
	l.Applied(apply.Applied{LSN: 101})
	check(200, "streaming")
}

// A stream that goes on says nothing of the inbound channel beside it.
func TestChannelThatFailsBesideAStreamIsRed(t *testing.T) {
	c := &clock{time.Unix(1_000_000, 0)}
	l := newLive(time.Minute, c.now)
	l.Set(Streaming, "")
	after := func(d time.Duration, problem string) Health {
		c.passes(d)
		l.Heard()
		l.Looked(problem)
		return l.Health()
	}
	for _, step := range []struct {
		after   time.Duration
		problem string
		healthy bool
	}{{time.Second, "", true}, {time.Second, "inbound: refused", true}, {50 * time.Second, "inbound: refused", true}, {20 * time.Second, "inbound: refused", false}, {time.Second, "", true}} {
		if h := after(step.after, step.problem); h.Healthy != step.healthy || !step.healthy && !strings.Contains(h.Error, "inbound: refused") {
			t.Errorf("%+v: %+v", step, h)
		}
	}
}

func TestReaderAndFetcherAreHealthyInTheirOwnWay(t *testing.T) {
	c := &clock{time.Unix(1_000_000, 0)}
	reader, fetcher := newLive(time.Minute, c.now), newLive(time.Minute, c.now)
	reader.Set(Listening, "")
	fetcher.Set(Fetching, "")
	c.passes(time.Hour)
	if h := reader.Health(); !h.Healthy {
		t.Errorf("a reader without a writer: %+v", h)
	}
	if h := fetcher.Health(); h.Healthy {
		t.Errorf("a fetcher that looks no more: %+v", h)
	}
	fetcher.Waiting(3, c.at.Add(-time.Minute))
	if h := fetcher.Health(); h.Healthy {
		t.Errorf("a count of what waits is no fetching: %+v", h)
	}
	fetcher.Heard()
	if h := fetcher.Health(); !h.Healthy {
		t.Errorf("a fetcher that looks: %+v", h)
	}
	_, text := get(t, fetcher, "/metrics")
	for _, want := range []string{"syncer_inbound_waiting 3", "syncer_inbound_oldest_seconds 60", `syncer_state{state="fetching"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %q", want)
		}
	}
}

func TestMetrics(t *testing.T) {
	c := &clock{time.Unix(1_000_000, 0)}
	l := newLive(time.Minute, c.now)
	l.Set(Streaming, "")
	l.Told(9, c.at)
	l.Applied(apply.Applied{LSN: 5, Changes: 2, Transactions: 1, Bytes: 77, Replayed: true, Skipped: []apply.Skipped{{LSN: 5}}, Fresh: c.at.Add(-time.Second)})
	l.Object("copied")
	l.ObjectStates(map[string]int{"waiting": 4})
	l.ObjectStates(map[string]int{"ready": 4})
	l.Tables(map[string]int{"ready": 7, "joining": 1})
	l.Streamed(2, 1<<20)
	l.Set(Failed, "target.dsn: cannot connect")
	l.Set(Streaming, "")
	l.Piece(2, 100)
	l.Loaded(2000)
	l.Retained(publisher.Slot{Status: "extended", Retained: 12345, Safe: -1}, 0, -1)
	if _, text := get(t, newLive(time.Minute, c.now), "/metrics"); !strings.Contains(text, "syncer_lag_bytes NaN\n") {
		t.Error("a lag that nobody knows is told")
	}
	c.passes(3 * time.Second)
	_, text := get(t, l, "/metrics")
	for _, want := range []string{
		"syncer_applied_lsn 5\n", "syncer_source_lsn 9\n", "syncer_lag_bytes 4\n", "syncer_lag_seconds 4\n", "syncer_changes_total 2\n",
		"syncer_transactions_total 1\n", "syncer_bytes_total 77\n", "syncer_replays_total 1\n", `syncer_objects_total{outcome="copied"} 1`,
		`syncer_objects{state="ready"} 4`, `syncer_tables{state="joining"} 1`, "syncer_streamed_transactions 2", "syncer_spooled_bytes 1.048576e+06",
		`syncer_reconnects_total{side="target"} 1`, "syncer_skipped_transactions_total 1", "syncer_snapshot_rows_total 100",
		"syncer_slot_retained_bytes 12345", "syncer_slot_safe_bytes -1", `syncer_slot_status{status="extended"} 1`, "syncer_healthy 1\n",
		`syncer_state{state="streaming"} 1`, `syncer_state{state="error"} 0`, "syncer_last_message_age_seconds 3\n", "syncer_batch_changes_sum 2",
		"syncer_build_info{", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %q", want)
		}
	}
	if strings.Contains(text, `syncer_objects{state="waiting"}`) {
		t.Error("a state that no object is in any more is still told")
	}
}

// The fields are what watchdogs read.
func TestHealthJSON(t *testing.T) {
	_, body := get(t, NewLive(time.Minute), "/healthz")
	var h map[string]any
	if err := json.Unmarshal([]byte(body), &h); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"healthy", "state", "since", "error", "last_message_at", "lag_bytes", "lag_seconds"} {
		if _, ok := h[field]; !ok {
			t.Errorf("no %s in %s", field, body)
		}
	}
}

// A reader learns of its writer's pause from the writer: as long as the source is heard it is healthy, and it says what
// state that is.
func TestReaderOfAPausedWriter(t *testing.T) {
	c := &clock{time.Unix(1_000_000, 0)}
	l := newLive(time.Minute, c.now)
	l.Reads()
	l.Set(Streaming, "")
	l.Sent(100, c.at)
	l.Acknowledged(wire.Ack{LSN: 90})
	check := func(healthy bool, state, why string) {
		t.Helper()
		if h := l.Health(); h.Healthy != healthy || h.State != state || !strings.Contains(h.Error, why) {
			t.Errorf("got %+v, want healthy=%t %s %s", h, healthy, state, why)
		}
	}
	for range 10 {
		c.passes(30 * time.Second)
		l.Told(200, c.at)
		l.Acknowledged(wire.Ack{LSN: 90, Paused: true})
	}
	check(true, Paused, "")
	for range 3 { // the writer is there, the source is not
		c.passes(30 * time.Second)
		l.Acknowledged(wire.Ack{LSN: 90, Paused: true})
	}
	check(false, Paused, "no message of the source")
	l.Told(200, c.at)
	check(true, Paused, "")
	l.Acknowledged(wire.Ack{LSN: 91})
	check(true, Streaming, "")
	for range 3 { // a writer that applies nothing and does not say that somebody wants it so
		c.passes(30 * time.Second)
		l.Told(200, c.at)
	}
	check(false, Streaming, "nothing became durable")
}

// A unit that is paused before it has applied anything knows since when something may be missing: since it last had everything.
func TestLagOfAPauseBeforeTheFirstChange(t *testing.T) {
	for name, begin := range map[string]func(*Live, time.Time){
		"told after the stream began":  func(l *Live, at time.Time) { l.Resumed(100, nil); l.Told(100, at) },
		"told before the stream began": func(l *Live, at time.Time) { l.Source(100, at); l.Resumed(100, nil) },
		"told before it was durable":   func(l *Live, at time.Time) { l.Resumed(50, nil); l.Told(100, at); l.Confirmed(100) },
	} {
		c := &clock{time.Unix(1_000_000, 0)}
		l := newLive(time.Minute, c.now)
		begin(l, c.at)
		c.passes(10 * time.Second)
		l.Source(250, c.at)
		if b, s := l.measureLag(l.now()); b == nil || *b != 150 || s == nil || *s != 10 {
			t.Errorf("%s: %v bytes and %v seconds behind, not 150 and 10", name, b, s)
		}
	}
}

// A reader measures the lag by what it was acknowledged, a writer by what it applied, each by the source's clock.
func TestLag(t *testing.T) {
	c := &clock{time.Unix(1_000_000, 0)}
	l := newLive(time.Minute, c.now)
	lag := func(bytes int64, seconds float64) {
		t.Helper()
		b, s := l.measureLag(l.now())
		if b == nil || s == nil || *b != bytes || *s != seconds {
			t.Errorf("got %v %v, want %d %g", b, s, bytes, seconds)
		}
	}
	unknown := func() {
		t.Helper()
		if _, s := l.measureLag(l.now()); s != nil {
			t.Errorf("%g seconds, of which nobody knows", *s)
		}
	}
	ahead := c.at.Add(time.Hour) // the source's clock is wrong, and that does not matter
	unknown()
	l.Sent(100, ahead)
	unknown()
	l.Confirmed(90)
	unknown()
	c.passes(10 * time.Second)
	l.Sent(200, ahead.Add(10*time.Second))
	c.passes(5 * time.Second)
	l.Confirmed(150)
	lag(50, 15)
	l.Confirmed(200)
	lag(0, 0)
	l.Source(300, ahead.Add(14*time.Second)) // was on its way for a second
	lag(100, 5)
	for i := range 3 * mostMarks {
		c.passes(time.Second)
		l.Sent(wire.LSN(400+i), ahead.Add(15*time.Second+time.Duration(i+1)*time.Second))
	}
	l.Confirmed(wire.LSN(400 + 3*mostMarks/2))
	if _, s := l.measureLag(l.now()); s == nil || *s < 3*mostMarks/2-1 || *s > 3*mostMarks/2+8 {
		t.Errorf("%v seconds after many marks", s)
	}

	fresh := c.at.Add(-20 * time.Second)
	l = newLive(time.Minute, c.now)
	l.Resumed(100, &fresh)
	l.Told(300, c.at.Add(-5*time.Second)) // a commit of then, which came now
	lag(200, 15)
	l.Told(400, c.at) // a sign of life
	lag(300, 20)
	l.Told(500, c.at.Add(-3*time.Second))
	lag(400, 20)
	l.Applied(apply.Applied{LSN: 450, Fresh: c.at.Add(-time.Second)})
	lag(50, 1)
	l.Resumed(450, nil)
	unknown()
	l.Told(500, c.at.Add(-time.Hour)) // the source's clock was set back
	l.Applied(apply.Applied{LSN: 460, Fresh: c.at.Add(-time.Hour)})
	lag(40, 0)
}
