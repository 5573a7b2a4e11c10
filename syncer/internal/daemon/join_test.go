package daemon_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/status"
)

// joining is a pair whose table r joins, and how often its rows were loaded for that.
type joining struct {
	*pair
	admin *pgxpool.Pool // of the target
	loads atomic.Int64
}

const joiningTables = `CREATE TABLE r (id int PRIMARY KEY, v int NOT NULL, round int NOT NULL);
	INSERT INTO r SELECT n, n, 0 FROM generate_series(1, 3000) n`

const joiningList = "\n  - {table: r, columns: [id, v, round]}\n"

func newJoining(t *testing.T) *joining {
	t.Helper()
	p := newReplica(t, joiningTables, joiningList)
	return &joining{pair: p, admin: p.target.Open(p.target.AdminDSN())}
}

// start runs a syncer that counts.
func (j *joining) start() (stop func() error) {
	ctx, cancel := context.WithCancel(j.t.Context())
	done := make(chan error, 1)
	d := j.daemon()
	d.OnSnapshot = func(p snapshot.Progress) {
		if p.Pieces > 0 && p.Done == p.Pieces {
			j.loads.Add(1)
		}
	}
	go func() { done <- d.Run(ctx) }()
	return func() error {
		cancel()
		return awaittest.Receive(j.t, "the syncer ends", done)
	}
}

// locked keeps the swap from beginning until release, and with it the join where the table's stream goes on.
func (j *joining) locked() (release func()) {
	j.t.Helper()
	conn, err := pgx.Connect(j.t.Context(), j.target.DSN)
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := conn.Exec(j.t.Context(), `BEGIN; LOCK TABLE r IN EXCLUSIVE MODE`); err != nil {
		j.t.Fatal(err)
	}
	return func() { _ = conn.Close(context.Background()) }
}

// loaded waits until the shadow is loaded and its stream goes on.
func (j *joining) loaded() {
	j.t.Helper()
	j.eventually("the shadow is loaded", func() bool { return j.position() != "" })
}

// position is where the table's own stream is; "" while nothing is loaded.
func (j *joining) position() (at string) {
	var table string
	err := j.admin.QueryRow(j.t.Context(), `
		SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'sync_shadow'::regnamespace AND relname ~ '^r_.*_at$'`).Scan(&table)
	if err == nil {
		err = j.admin.QueryRow(j.t.Context(), `SELECT coalesce(max(lsn)::text, '') FROM `+table).Scan(&at)
	}
	if err != nil {
		return ""
	}
	return at
}

// passes waits until the table's own stream has passed what was committed until now.
func (j *joining) passes() {
	j.t.Helper()
	var now string
	if err := j.source.Pool.QueryRow(j.t.Context(), `SELECT pg_current_wal_insert_lsn()::text`).Scan(&now); err != nil {
		j.t.Fatal(err)
	}
	j.eventually("the table's stream passes "+now, func() bool {
		at := j.position()
		return at != "" && j.count(j.target, `SELECT count(*) FROM (SELECT 1) x WHERE $1::text::pg_lsn >= $2::text::pg_lsn`, at, now) == 1
	})
}

const joinSlots = `FROM pg_replication_slots WHERE ` + joinSlot

const joinSlot = `database = current_database() AND slot_name ~ '_join_[0-9a-f]{12}$'`

// A join that is interrupted after its rows were loaded goes on from there, whatever was interrupted. Where that would
// not be right it begins again.
func TestJoinGoesOnAfterAnInterruption(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		loads int64
		cut   func(j *joining, stop func() error) (again func() error)
	}{
		{"target's connection", 1, func(j *joining, stop func() error) func() error {
			j.asAdminOfTarget(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'syncer shadow'`)
			return stop
		}},
		{"source's connection", 1, func(j *joining, stop func() error) func() error {
			j.asSuperuser(`SELECT pg_terminate_backend(active_pid) ` + joinSlots)
			return stop
		}},
		{"both, twice", 1, func(j *joining, stop func() error) func() error {
			for range 2 {
				j.asSuperuser(`SELECT pg_terminate_backend(active_pid) ` + joinSlots)
				j.asAdminOfTarget(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('syncer swap', 'syncer writer')`)
				j.source.Exec(`UPDATE r SET v = v + 1 WHERE id % 7 = 0`)
				j.passes()
			}
			return stop
		}},
		{"the process", 1, func(j *joining, stop func() error) func() error {
			if err := stop(); err != nil {
				j.t.Fatal(err)
			}
			return j.start()
		}},
		{"the same order again", 1, func(j *joining, stop func() error) func() error {
			if _, err := prepare.Change(j.t.Context(), j.cfg, j.list, prepare.Order{Resync: []string{"public.r"}, Freeze: true}); err != nil {
				j.t.Fatal(err)
			}
			return stop
		}},
		{"the slot is lost", 2, func(j *joining, stop func() error) func() error {
			if err := stop(); err != nil {
				j.t.Fatal(err)
			}
			j.dropSlots(joinSlot)
			return j.start()
		}},
		{"the shadow is emptied", 2, func(j *joining, stop func() error) func() error { // as a crash of the target does
			if err := stop(); err != nil {
				j.t.Fatal(err)
			}
			j.asAdminOfTarget(`DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'sync_shadow'::regnamespace AND relkind = 'r'
				LOOP EXECUTE 'TRUNCATE ' || t; END LOOP; END $$`)
			return j.start()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j := newJoining(t)
			stop := j.start()
			j.waitFor()
			j.target.Exec(`UPDATE r SET v = -1 WHERE id % 10 = 0`)
			release := j.locked()
			if _, err := prepare.Change(t.Context(), j.cfg, j.list, prepare.Order{Resync: []string{"public.r"}, Freeze: true}); err != nil {
				t.Fatal(err)
			}
			j.loaded()
			j.source.Exec(`UPDATE r SET v = v + 1 WHERE id % 3 = 0; DELETE FROM r WHERE id % 11 = 0`)
			j.passes()
			j.tellsHowFar()
			stop = c.cut(j, stop)
			j.source.Exec(`UPDATE r SET v = v + 1 WHERE id % 5 = 0; INSERT INTO r SELECT n, 0, 0 FROM generate_series(6001, 6100) n`)
			release()
			j.ready()
			j.waitFor()
			j.equal()
			if n := j.loads.Load(); n != c.loads {
				t.Errorf("the rows were loaded %d times instead of %d", n, c.loads)
			}
			j.eventually("nothing is left of it", func() bool {
				return j.count(j.source, `SELECT count(*) `+joinSlots) == 0 &&
					j.count(j.target, `SELECT count(*) FROM pg_class WHERE relnamespace = 'sync_shadow'::regnamespace AND relkind = 'r'`) == 0
			})
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A join that is interrupted among its rows goes on with the pieces that are not there yet, though they are of a later moment, and
// whatever was changed in between. Only where that would not be right it begins with the first again.
func TestJoinGoesOnAmongItsRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		again bool // from the first piece
		// unique: rows of one moment may not stand beside those of another, as codes are unique on the target.
		unique bool
		cut    func(j *joining, end func())
		then   func(j *joining) // while it is down
	}{
		{"target's connections", false, false, func(j *joining, _ func()) {
			j.asAdminOfTarget(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'syncer load'`)
		}, nil},
		{"source's connections", false, false, func(j *joining, _ func()) {
			j.asSuperuser(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'syncer load%'`)
		}, nil},
		{"the process", false, false, func(_ *joining, end func()) { end() }, nil},
		{"the slot is lost", true, false, func(_ *joining, end func()) { end() }, func(j *joining) {
			j.dropSlots(joinSlot)
		}},
		{"unlogged tables are emptied", true, false, func(_ *joining, end func()) { end() }, func(j *joining) { // as a crash of the target does
			j.asAdminOfTarget(`DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'sync_shadow'::regnamespace AND relkind = 'r'
				LOOP EXECUTE 'TRUNCATE ' || t; END LOOP; END $$`)
		}},
		{"rows collide", true, true, func(_ *joining, end func()) { end() }, nil}, // one has got another key and kept its code
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, `CREATE TABLE r (id int PRIMARY KEY, code int NOT NULL UNIQUE, v text NOT NULL);
				INSERT INTO r SELECT n, n, repeat(md5(n::text), 40) FROM generate_series(1, 18000) n`, "\n  - {table: r, columns: [id, code, v]}\n")
			j := &joining{pair: p, admin: p.target.Open(p.target.AdminDSN())}
			j.cfg.Target.CopyWorkers = 1
			if err := j.catchUp(); err != nil {
				t.Fatal(err)
			}
			j.target.Exec(`UPDATE r SET v = 'old' WHERE id % 10 = 0`)
			if c.unique {
				j.target.Exec(`CREATE UNIQUE INDEX ON r (code)`)
			}
			if _, err := prepare.Change(t.Context(), j.cfg, j.list, prepare.Order{Resync: []string{"public.r"}, Freeze: true}); err != nil {
				t.Fatal(err)
			}
			var most atomic.Int64 // pieces
			var once sync.Once
			log := &lines{}
			run := func() (end func(), ended chan error) {
				ctx, cancel := context.WithCancel(t.Context())
				ended = make(chan error, 1)
				d := j.daemon()
				d.Log = slog.New(slog.NewTextHandler(io.MultiWriter(log, writer{t}), nil))
				d.OnSnapshot = func(p snapshot.Progress) {
					most.Store(int64(p.Pieces))
					if p.Done == 3 { // so two are recorded
						once.Do(func() {
							j.source.Exec(`UPDATE r SET v = 'moved' WHERE id % 7 = 0; DELETE FROM r WHERE id % 11 = 0; UPDATE r SET id = id + 100000 WHERE id % 13 = 0;
								UPDATE r SET code = -code WHERE id % 5 = 0; INSERT INTO r SELECT n, n, 'new' FROM generate_series(30001, 30100) n; UPDATE r SET code = 777777 WHERE id = 9001`)
							c.cut(j, cancel)
						})
					}
				}
				go func() { ended <- d.Run(ctx) }()
				return cancel, ended
			}
			end, ended := run()
			restarted := false
			j.eventually("the table is there", func() bool {
				if len(ended) > 0 && !restarted {
					if err := <-ended; err != nil {
						t.Fatal(err)
					}
					restarted = true
					if c.then != nil {
						c.then(j)
					}
					end, ended = run()
				}
				return j.count(j.target, `SELECT count(*) FROM sync.tables WHERE state <> 'ready'`) == 0
			})
			j.waitFor()
			j.equal()
			end()
			if err := awaittest.Receive(t, "the syncer's end", ended); err != nil {
				t.Error(err)
			}
			if most.Load() < 4 {
				t.Fatalf("only %d pieces, so nothing is tested", most.Load())
			}
			begun, on := strings.Count(log.String(), "loading a table beside the stream"), strings.Count(log.String(), "going on with the load of a table")
			if want := map[bool]int{true: 2, false: 1}[c.again]; begun != want || !c.again && on == 0 {
				t.Errorf("the load was begun %d times and gone on with %d times", begun, on)
			}
		})
	}
}

// tellsHowFar looks for the distance where people do: in the verb that waits (with the administrator's rights), and in
// the status that the syncer's own role sees.
func (j *joining) tellsHowFar() {
	j.t.Helper()
	if _, _, behind, err := prepare.Joining(j.t.Context(), j.target.Pool, j.source.Name, []string{"public.r"}); err != nil || len(behind) != 1 {
		j.t.Errorf("the verb knows of %v behind, %v", behind, err)
	}
	r := status.Ask(j.t.Context(), j.cfg, status.Options{})
	if len(r.Tables) != 1 || r.Tables[0].BehindBytes == nil {
		j.t.Errorf("status says nothing of it: %+v", r.Tables)
	}
}

// asSuperuser runs SQL on the source.
func (j *joining) asSuperuser(sql string) {
	j.t.Helper()
	conn, err := pgx.Connect(j.t.Context(), j.source.AdminDSN())
	if err != nil {
		j.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(j.t.Context(), sql); err != nil {
		j.t.Fatal(err)
	}
}

func (j *joining) asAdminOfTarget(sql string) {
	j.t.Helper()
	if _, err := j.admin.Exec(j.t.Context(), sql); err != nil {
		j.t.Fatal(err)
	}
}

// What a join left behind whose end nobody saw goes as the next stream begins.
func TestSlotOfAJoinThatIsOverIsDropped(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.asSuperuser(`SELECT pg_create_logical_replication_slot('` + j.source.Name + `_join_0123456789ab', 'pgoutput'), pg_create_logical_replication_slot('` + j.source.Name + `_other', 'pgoutput')`)
	t.Cleanup(func() {
		j.t = t
		conn, err := pgx.Connect(context.Background(), j.source.AdminDSN())
		if err == nil {
			_, _ = conn.Exec(context.Background(), `SELECT pg_drop_replication_slot('`+j.source.Name+`_other')`)
			_ = conn.Close(context.Background())
		}
	})
	stop := j.start()
	j.waitFor()
	if n := j.count(j.source, `SELECT count(*) `+joinSlots); n != 0 {
		t.Errorf("%d slots of joins are left", n)
	}
	if n := j.count(j.source, `SELECT count(*) FROM pg_replication_slots WHERE slot_name = current_database() || '_other'`); n != 1 {
		t.Errorf("the slot of somebody else is gone")
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// A source that writes more than either stream can take, on lines that are slow to both sides: the table joins although
// both are behind from beginning to end and the main stream may stand for a moment only.
func TestTableJoinsWhileBothStreamsAreBehind(t *testing.T) {
	t.Parallel()
	for _, freeze := range []bool{false, true} {
		t.Run(fmt.Sprintf("freeze=%v", freeze), func(t *testing.T) {
			t.Parallel()
			j := newJoining(t)
			source, target := faulttest.NewProxy(t, address(t, j.source.DSN)), faulttest.NewProxy(t, address(t, j.target.DSN))
			j.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}
target: {dsn: %q, admin_dsn: %q, copy_workers: 2, join_wait: 200ms}
whitelist: whitelist.yaml
`, through(t, j.source.As("syncer_reader"), source), j.source.DSN, j.source.Name, through(t, j.target.As("syncer_writer"), target), j.target.DSN))
			j.pair.load()
			stop := j.start()
			j.waitFor()
			calm := j.meanwhile(20*time.Millisecond, func(ctx context.Context, _ int) error {
				_, err := j.source.Pool.Exec(ctx, `UPDATE r SET round = round + 1 WHERE id % 40 = 0`)
				return err
			})
			source.Set(faulttest.Fault{Rate: 60000})
			target.Set(faulttest.Fault{Rate: 60000})
			j.target.Exec(`UPDATE r SET v = -1 WHERE id % 10 = 3`)
			if _, err := prepare.Change(t.Context(), j.cfg, j.list, prepare.Order{Resync: []string{"public.r"}, Freeze: freeze}); err != nil {
				t.Fatal(err)
			}
			j.ready()
			late := j.count(j.target, `SELECT count(*) FROM sync.progress WHERE applied_lsn < $1::text::pg_lsn`, j.current())
			calm()
			source.Heal()
			target.Heal()
			j.waitFor()
			j.equal()
			if late == 0 {
				t.Error("the stream was not behind, so this shows nothing")
			}
			if n := j.loads.Load(); n != 1 {
				t.Errorf("the rows were loaded %d times", n)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// current is where the source's log is.
func (j *joining) current() (lsn string) {
	j.t.Helper()
	if err := j.source.Pool.QueryRow(j.t.Context(), `SELECT pg_current_wal_insert_lsn()::text`).Scan(&lsn); err != nil {
		j.t.Fatal(err)
	}
	return lsn
}
