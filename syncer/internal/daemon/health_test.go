package daemon_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

// fetch is what a unit's address answers; "" while it does not.
func fetch(address, path string) (int, string) {
	client := http.Client{Timeout: awaittest.Guard}
	resp, err := client.Get("http://" + address + path)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

// metric is one number of a scrape; ok is false when it is not there or NaN.
func metric(address, name string) (value float64, ok bool) {
	_, text := fetch(address, "/metrics")
	for line := range strings.Lines(text) {
		if rest, is := strings.CutPrefix(line, name+" "); is {
			value, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return value, err == nil && !math.IsNaN(value)
		}
	}
	return 0, false
}

func healthOf(address string) (h status.Health) {
	_, text := fetch(address, "/healthz")
	_ = json.Unmarshal([]byte(text), &h)
	return h
}

func (one *process) address() string {
	return strings.TrimSuffix(strings.TrimPrefix(one.health, "http://"), "/healthz")
}

// attentive makes the units' health turn within two seconds.
func (u *units) attentive() {
	u.t.Helper()
	for _, name := range []string{"reader", "writer", "fetcher"} {
		text, err := os.ReadFile(filepath.Join(u.folder, name+".yaml"))
		if err != nil {
			u.t.Fatal(err)
		}
		u.file(name+".yaml", []byte(strings.Replace(string(text), "listen:", "stale_after: 2s\nlisten:", 1)), 0o644)
	}
}

func (p *pair) asks(change func(*pgx.Conn) error) {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.target.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(p.t.Context()) }()
	if err := change(conn); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) pause() {
	p.asks(func(conn *pgx.Conn) error { return control.Pause(p.t.Context(), conn, p.cfg.Source.Slot, "the test") })
}

func (p *pair) resume() {
	p.asks(func(conn *pgx.Conn) error { return control.Resume(p.t.Context(), conn, p.cfg.Source.Slot) })
}

// lagging says whether the unit tells a lag of at least so much.
func lagging(address string, bytes, seconds float64) bool {
	b, knowsBytes := metric(address, "syncer_lag_bytes")
	s, knowsSeconds := metric(address, "syncer_lag_seconds")
	return knowsBytes && knowsSeconds && b >= bytes && s >= seconds
}

func keepsUp(address string) bool {
	b, knowsBytes := metric(address, "syncer_lag_bytes")
	s, knowsSeconds := metric(address, "syncer_lag_seconds")
	return knowsBytes && knowsSeconds && b < 10_000 && s < 2
}

// Each unit tells by itself how far the replica is behind, and what a pause is to it: the writer stands still, which it
// says; the reader goes on with its own work and is healthy.
func TestUnitsTellLagAndPause(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	u.attentive()
	if _, err := prepare.Init(t.Context(), u.cfg, u.list, false); err != nil {
		t.Fatal(err)
	}
	u.startAll()
	u.goesOn("at first")
	reader, writer, fetcher := u.all["reader"].address(), u.all["writer"].address(), u.all["fetcher"].address()
	u.eventually("the writer keeps up", func() bool { return keepsUp(writer) })
	u.eventually("the reader sees that it does", func() bool { return keepsUp(reader) })
	if _, ok := metric(fetcher, "syncer_lag_seconds"); ok {
		t.Error("the fetcher tells a lag of a replica that it does not know")
	}

	u.pause()
	u.eventually("both units are paused", func() bool {
		return healthOf(writer).State == status.Paused && healthOf(reader).State == status.Paused
	})
	paused := time.Now()
	for i := range 20 {
		u.source.Exec(`UPDATE documents.files SET title = $1`, strings.Repeat(strconv.Itoa(i), 3000))
	}
	u.eventually("the writer tells what it holds back", func() bool { return lagging(writer, 20_000, 4) })
	u.eventually("the reader does, too", func() bool { return lagging(reader, 20_000, 4) })
	for _, address := range []string{reader, writer} {
		if s, _ := metric(address, "syncer_lag_seconds"); s > time.Since(paused).Seconds()+60 {
			t.Errorf("a lag of %g seconds, %s after the pause began", s, time.Since(paused))
		}
	}
	u.eventually("the reader of a paused writer is healthy", u.all["reader"].healthy)
	u.eventually("a paused writer is not", func() bool { return !u.all["writer"].healthy() })
	u.resume()
	u.eventually("the writer keeps up again", func() bool { return keepsUp(writer) && healthOf(writer).Healthy })
	u.eventually("the reader sees that it does", func() bool { return keepsUp(reader) && healthOf(reader).State == status.Streaming })
	u.waitFor()
	u.equal()
}

// A writer that comes back after a while tells at once for how long changes are missing, although the commits it gets are
// old and nothing has told it the time of day before.
func TestLagAfterAnOutage(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	u.attentive()
	if _, err := prepare.Init(t.Context(), u.cfg, u.list, false); err != nil {
		t.Fatal(err)
	}
	u.startAll()
	u.goesOn("at first")
	u.terminate("writer", u.all["writer"])
	u.pause()
	away := time.Now()
	u.source.Exec(`UPDATE documents.files SET title = title || '.'`)
	u.eventually("the reader tells what is missing", func() bool { return lagging(u.all["reader"].address(), 1, 4) })
	writer := u.start("writer", writerUser).address()
	u.eventually("the writer does, too", func() bool { return lagging(writer, 1, 4) })
	if s, _ := metric(writer, "syncer_lag_seconds"); s > time.Since(away).Seconds()+60 {
		t.Errorf("a lag of %g seconds, %s after the end", s, time.Since(away))
	}
	u.resume()
	u.eventually("the writer keeps up again", func() bool { return keepsUp(writer) })
}

// One process tells the same as its parts would.
func TestRunTellsLagAndPause(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	l.endLoad()
	l.eventually("it keeps up", func() bool { return keepsUp(l.listen) })
	l.pause()
	l.eventually("it is paused", func() bool { return healthOf(l.listen).State == status.Paused })
	l.more(50)
	l.eventually("it tells what it holds back", func() bool { return lagging(l.listen, 1_000, 3) })
	l.resume()
	l.eventually("it keeps up again", func() bool { return keepsUp(l.listen) && healthOf(l.listen).Healthy })
}

// slowLoad is a line on which a first load is under way and takes a while; release lets it go on at full speed.
func slowLoad(t *testing.T, side string) (l *line, release func()) {
	t.Helper()
	source, target := pgtest.Source(t), pgtest.EmptyApart(t)
	l = &line{pair: newPairOn(t, source, target, shop+`ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL`, shopTables)}
	l.pair.source.Exec(`INSERT INTO shop.items (id, name, published, big) SELECT n, 'large', true, repeat(md5(n::text), 300) FROM generate_series(100001, 103000) n`)
	if _, err := prepare.Init(t.Context(), l.cfg, l.list, false); err != nil {
		t.Fatal(err)
	}
	l.source, l.target = faulttest.NewProxy(t, address(t, source.DSN)), faulttest.NewProxy(t, address(t, target.DSN))
	l.listen = freeAddress(t)
	l.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 500ms}
target: {dsn: %q, admin_dsn: %q}
whitelist: whitelist.yaml
listen: %s
stale_after: %s
`, through(t, source.As("syncer_reader"), l.source), source.DSN, source.Name, through(t, target.As("syncer_writer"), l.target), target.DSN, l.listen, staleAfter))
	proxy := map[string]*faulttest.Proxy{"source": l.source, "target": l.target}[side]
	proxy.Set(faulttest.Fault{Rate: 1 << 20})
	l.start()
	l.eventually("the load is under way", func() bool {
		n, ok := metric(l.listen, "syncer_snapshot_bytes_total")
		return ok && n > 1<<20
	})
	return l, proxy.Heal
}

// A server that stops answering in the middle of a first load turns health red, and its coming back green.
func TestFirstLoadHangs(t *testing.T) {
	t.Parallel()
	for _, side := range []string{"source", "target"} {
		t.Run(side, func(t *testing.T) {
			t.Parallel()
			l, release := slowLoad(t, side)
			l.becomes(true, "the load is under way")
			proxy := map[string]*faulttest.Proxy{"source": l.source, "target": l.target}[side]
			proxy.Set(faulttest.Fault{Hold: true})
			l.becomes(false, side+" stops answering in the middle of the load")
			if h := healthOf(l.listen); h.State != status.Snapshotting || !strings.Contains(h.Error, "first load") {
				t.Errorf("health says %+v", h)
			}
			release()
			l.becomes(true, side+" answers again")
			l.waitFor()
			l.equal()
		})
	}
}
