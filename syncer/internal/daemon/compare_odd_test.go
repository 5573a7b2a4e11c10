package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/wire"
)

// A table whose key the two servers sort differently, one without rows and one of many partitions are compared as well, and
// mended.
func TestScheduleComparesWhatCannotBeCutIntoRanges(t *testing.T) {
	t.Parallel()
	p := newPair(t, `
		CREATE TABLE words (word text PRIMARY KEY, meaning text);
		INSERT INTO words SELECT 'слово ' || n, repeat('x', n % 50) FROM generate_series(1, 5000) n;
		CREATE TABLE parts (id int, place text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
		CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (500);
		CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (500) TO (10000);
		INSERT INTO parts SELECT n, 'place' FROM generate_series(1, 1500) n`, `
  - {table: public.words, columns: [word, meaning]}
  - {table: public.parts, columns: [id, place]}
`)
	p.cfg.Compare.Every, p.cfg.Compare.Repair = config.Interval(time.Second), false
	p.target.Exec(`CREATE TABLE words (word text COLLATE "C" PRIMARY KEY, meaning text); CREATE TABLE parts (id int PRIMARY KEY, place text)`)
	p.init()
	stop := p.start()
	p.passes()
	if got := p.differing(); got != "" {
		t.Fatalf("of a replica that nobody touched it says: %s", got)
	}
	p.target.Exec(`UPDATE words SET meaning = 'damaged' WHERE word IN ('слово 17', 'слово 4711'); INSERT INTO words VALUES ('зайве', ''); DELETE FROM parts WHERE id = 700`)
	p.eventually("the damage is found", func() bool { return p.differing() == "public.parts rows 1, public.words rows 3" })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	p.cfg.Compare.Repair = true
	stop = p.start()
	defer func() { _ = stop() }()
	p.eventually("it is mended", func() bool {
		return p.differing() == "" && p.count(p.target, `SELECT count(*) FROM words WHERE meaning = 'damaged' OR word = 'зайве'`) == 0
	})
	p.equal()
}

// What cannot be read on one side is said with its reason, and keeps nothing else from being compared.
func TestScheduleNamesWhatItCannotCompareAndGoesOn(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	p.source.Exec(`REVOKE SELECT (name) ON items FROM syncer_reader`)
	p.target.Exec(`REVOKE SELECT (id) ON empty FROM syncer_writer`)
	stop := p.start()
	defer func() { _ = stop() }()
	p.passes()
	p.target.Exec(`DELETE FROM words WHERE word = 'слово 5'`)
	p.eventually("the difference in another table is found", func() bool {
		return strings.Contains(p.differing(), "public.words rows 1")
	})
	r := status.Ask(t.Context(), p.cfg, status.Options{})
	said := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"public.items could not be compared", "the reader cannot compare it: source", "public.empty could not be compared", "permission denied"} {
		if !strings.Contains(said, want) {
			t.Errorf("status does not say %q: %q", want, said)
		}
	}
	p.source.Exec(`GRANT SELECT (name) ON items TO syncer_reader`)
	p.target.Exec(`GRANT SELECT (id) ON empty TO syncer_writer`)
	p.eventually("they are compared", func() bool {
		return p.count(p.target, `SELECT count(*) FROM sync.differences WHERE what = 'unread'`) == 0
	})
}

// A table of the target that is set unlogged while the stream goes on is named, in whole or one partition of it, until it is
// logged again; everything else is compared meanwhile.
func TestScheduleNoticesUnloggedTables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ table, unlogged string }{"a table": {"items", "items"}, "a partition": {"parts", "parts_1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, `CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items SELECT generate_series(1, 50);
				CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts DEFAULT; INSERT INTO parts SELECT generate_series(1, 50)`,
				"\n  - {table: items, columns: [id]}\n  - {table: parts, columns: [id]}\n")
			p.cfg.Compare.Every = config.Interval(time.Second)
			p.target.Exec(`CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts DEFAULT`)
			p.init()
			stop := p.start()
			defer func() { _ = stop() }()
			p.passes()
			p.target.Exec(`ALTER TABLE ` + c.unlogged + ` SET UNLOGGED`)
			p.eventually("status names it", func() bool {
				said := strings.Join(status.Ask(t.Context(), p.cfg, status.Options{}).Warnings, "\n")
				return strings.Contains(said, "public."+c.table+" could not be compared") && strings.Contains(said, "ALTER TABLE public."+c.unlogged+" SET LOGGED;")
			})
			p.target.Exec(`ALTER TABLE ` + c.unlogged + ` SET LOGGED`)
			p.eventually("it is compared again", func() bool { return p.differing() == "" })
		})
	}
}

// blocks is a reader's half that compares p, and dials it.
func (p *pair) blocks() func(have wire.Have) (net.Conn, <-chan error) {
	b := &compare.Blocks{DSN: p.cfg.Source.DSN, List: func() (*whitelist.List, error) { return p.list, nil }}
	return func(have wire.Have) (net.Conn, <-chan error) {
		p.t.Helper()
		near, far, err := wire.Pair()
		if err != nil {
			p.t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			defer func() { _ = far.Close() }()
			ended <- b.Serve(p.t.Context(), far, have)
		}()
		_ = near.SetDeadline(time.Now().Add(3 * time.Minute))
		p.t.Cleanup(func() { _ = near.Close() })
		return near, ended
	}
}

// A writer in hostile hands learns nothing of rows outside the filter and nothing that is not of the block it was given, and
// leaves nothing open on the source.
func TestHostileWriterComparesNothingElse(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	dial := p.blocks()
	key := func(texts ...string) (k wire.Key) {
		for _, text := range texts {
			k = append(k, &text)
		}
		return k
	}
	items := slices.IndexFunc(p.list.Tables, func(w whitelist.Table) bool { return w.Name == "items" })
	have := wire.Have{Purpose: wire.PurposeCompare, Digest: p.list.Digest(), Table: uint16(items)} //nolint:gosec // one of three
	begin := func(change func(*wire.Have)) (net.Conn, <-chan error, wire.Block) {
		t.Helper()
		h := have
		change(&h)
		conn, ended := dial(h)
		frame, err := wire.ReadFrame(conn, wire.MaxData)
		if err != nil {
			t.Fatalf("%v; %v", err, <-ended)
		}
		block, _ := frame.(wire.Block)
		for frame != (wire.Done{}) {
			if frame, err = wire.ReadFrame(conn, wire.MaxData); err != nil {
				t.Fatal(err)
			}
			if s, ok := frame.(wire.Sums); ok {
				for range s.Sums {
					continue
				}
				frame = nil
			}
		}
		return conn, ended, block
	}
	for name, after := range map[string]wire.Key{
		"SQL instead of a key": key("0'); DROP TABLE items; --"), "too many columns": key("1", "2"), "NULL": {nil}, "a subquery": key("(SELECT 1)"),
	} {
		conn, ended, block := begin(func(h *wire.Have) { h.After = after })
		if block.After != nil || block.Rows == 0 {
			t.Errorf("%s: the block begins at %v and has %d rows", name, block.After, block.Rows)
		}
		_ = conn.Close()
		if err := <-ended; !errors.Is(err, wire.ErrPeer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, turns := range map[string][]wire.Turn{
		"rows without a moment":       {{Step: wire.StepPrints}},
		"rows of another bucket":      {{Step: wire.StepMoment}, {Step: wire.StepPrints, Numbers: []uint32{7}}},
		"a row that was not named":    {{Step: wire.StepMoment}, {Step: wire.StepRows, Numbers: []uint32{0}}},
		"a step that there is not":    {{Step: 'X'}},
		"nothing but moments":         slicesOf(100, wire.Turn{Step: wire.StepMoment}),
		"a row beyond the last print": {{Step: wire.StepMoment}, {Step: wire.StepPrints}, {Step: wire.StepRows, Numbers: []uint32{999999}}},
	} {
		conn, ended, _ := begin(func(*wire.Have) {})
		go drain(conn)
		for _, turn := range turns {
			if _, err := conn.Write(wire.AppendTurn(nil, turn)); err != nil {
				break
			}
		}
		if err := <-ended; !errors.Is(err, wire.ErrFrame) {
			t.Errorf("%s: ended with %v", name, err)
		}
		_ = conn.Close()
	}
	conn, ended := dial(wire.Have{Purpose: wire.PurposeCompare, Digest: p.list.Digest(), Table: 77})
	go drain(conn)
	if err := <-ended; !errors.Is(err, wire.ErrFrame) {
		t.Errorf("another table: %v", err)
	}
	p.onlyShown(begin)
	p.eventually("nothing is left open on the source", func() bool {
		return p.count(p.source, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'syncer compare'`) == 0
	})
}

// onlyShown reads every print of items and looks whether a row outside the filter is among them.
func (p *pair) onlyShown(begin func(func(*wire.Have)) (net.Conn, <-chan error, wire.Block)) {
	p.t.Helper()
	var after wire.Key
	rows := 0
	for {
		conn, ended, block := begin(func(h *wire.Have) { h.After = after })
		_, _ = conn.Write(wire.AppendTurn(wire.AppendTurn(nil, wire.Turn{Step: wire.StepMoment}), wire.Turn{Step: wire.StepPrints}))
		for done := false; !done; {
			frame, err := wire.ReadFrame(conn, wire.MaxData)
			if err != nil {
				p.t.Fatal(err)
			}
			switch f := frame.(type) {
			case wire.Done:
				done = true
			case wire.Prints:
				for _, one := range f {
					rows++
					if strings.HasSuffix(*one.Key[0], "0") || strings.HasSuffix(*one.Key[0], "5") { // shown is n % 5 <> 0
						p.t.Errorf("row %s is outside the filter", *one.Key[0])
					}
				}
			}
		}
		_ = conn.Close()
		if err := <-ended; !errors.Is(err, wire.ErrPeer) {
			p.t.Error(err)
		}
		if block.Last {
			break
		}
		if after = block.UpTo; strings.HasSuffix(*after[0], "0") || strings.HasSuffix(*after[0], "5") {
			p.t.Errorf("a block ends at row %s, which is outside the filter", *after[0])
		}
	}
	if rows != 4800 {
		p.t.Errorf("%d rows of 4800 were named", rows)
	}
}

func slicesOf(n int, t wire.Turn) (all []wire.Turn) {
	for range n {
		all = append(all, t)
	}
	return all
}

func drain(conn net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// What differs is mended also where every common moment makes the stream stand for so long that it is left alone afterwards.
func TestScheduleMendsWhereEachMomentTakesLong(t *testing.T) {
	t.Parallel()
	p := newReplica(t, `CREATE TABLE words (word text PRIMARY KEY, meaning text); INSERT INTO words SELECT 'слово ' || n, 'x' FROM generate_series(1, 50) n`,
		"\n  - {table: public.words, columns: [word, meaning]}\n", `CREATE TABLE words (word text PRIMARY KEY, meaning text)`)
	slow := faulttest.NewProxy(t, address(t, p.target.DSN))
	// A moment takes two questions to the target, and mending some nine more, which is longer than it may hold the stream at first.
	slow.Set(faulttest.Fault{Delay: 200 * time.Millisecond})
	p.cfg.Target.DSN = through(t, p.cfg.Target.DSN, slow)
	p.cfg.Compare.Every, p.cfg.Compare.Repair = config.Interval(time.Second), true
	p.target.Exec(`UPDATE words SET meaning = 'damaged' WHERE word IN ('слово 7', 'слово 47'); DELETE FROM words WHERE word = 'слово 3'`)
	stop := p.start()
	defer func() { _ = stop() }()
	p.eventually("it is mended", func() bool {
		return p.differing() == "" && p.count(p.target, `SELECT count(*) FROM words WHERE meaning = 'x'`) == 50
	})
	p.equal()
}

// A writer that dials again is answered as soon as its former connection has ended; a third one is refused.
func TestComparisonWaitsForTheFormerConnection(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	dial := p.blocks()
	have := wire.Have{Purpose: wire.PurposeCompare, Digest: p.list.Digest()}
	former, formerEnded := dial(have)
	waiting := map[net.Conn]bool{}
	if _, err := wire.ReadFrame(former, wire.MaxData); err != nil {
		t.Fatal(err)
	}
	type end struct {
		conn net.Conn
		err  error
	}
	ended := make(chan end, 2)
	for range 2 {
		conn, served := dial(have)
		go func() { ended <- end{conn, <-served} }()
		waiting[conn] = true
	}
	refused := awaittest.Receive(t, "one of two that come meanwhile is refused", ended)
	if refused.err == nil {
		t.Error("the third one was served")
	}
	delete(waiting, refused.conn)
	_ = former.Close()
	if err := <-formerEnded; !errors.Is(err, wire.ErrPeer) {
		t.Errorf("the former connection ended with %v", err)
	}
	for conn := range waiting {
		if _, err := wire.ReadFrame(conn, wire.MaxData); err != nil {
			t.Errorf("the one that waited: %v", err)
		}
		_ = conn.Close()
	}
	<-ended
}

// A reader that hangs in the middle of a block holds neither the stream nor the end of the syncer.
func TestScheduleEndsWhileTheReaderHangs(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	for name, says := range map[string]func(net.Conn){
		"says nothing": func(net.Conn) {},
		"says half a frame": func(c net.Conn) {
			_, _ = c.Write(wire.AppendBlock(nil, wire.Block{Key: []string{"id"}, Buckets: 1})[:9])
		},
	} {
		t.Run(name, func(t *testing.T) {
			dialled := make(chan struct{}, 100)
			s := &compare.Schedule{
				Every: time.Second, ObjectsEvery: -1, DSN: p.cfg.Target.DSN, Slot: p.cfg.Source.Slot, List: p.list, Log: p.daemon().Log,
				Dial: func(context.Context) (net.Conn, error) {
					near, far, err := wire.Pair()
					if err == nil {
						says(far)
						dialled <- struct{}{}
						t.Cleanup(func() { _ = far.Close() })
					}
					return near, err
				},
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.Run(ctx) }()
			<-dialled
			cancel()
			if err := awaittest.Receive(t, "it ends while the reader hangs", ended); !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			conn, err := pgx.Connect(t.Context(), p.target.AdminDSN())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(t.Context()) }()
			var open int
			if err := conn.QueryRow(t.Context(), fmt.Sprintf(`SELECT count(*) FROM pg_stat_activity WHERE datname = '%s' AND state LIKE 'idle in%%'`, p.target.Name)).Scan(&open); err != nil || open > 0 {
				t.Errorf("%d transactions are left open, %v", open, err)
			}
		})
	}
}
