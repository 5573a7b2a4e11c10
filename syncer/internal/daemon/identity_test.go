package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/prepare"
)

// A filter that is changed to another column, as documented: the application goes on, the running syncer goes on, and the
// replica follows.
func TestTableWhoseFilterReadsAnotherColumn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ table, before, after string }{
		"with a primary key":    {`CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, state text NOT NULL, v text)`, "pub", "state = 'open'"},
		"without a primary key": {`CREATE TABLE t (id int NOT NULL UNIQUE, pub bool NOT NULL, state varchar(10) NOT NULL, v text)`, "pub", "(state = 'open' OR state = 'shut') AND pub"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := "  - {table: t, columns: [id, pub, state, v], where: \"%s\"}\n"
			p := newPair(t, c.table+`; INSERT INTO t SELECT n, n % 2 = 0, CASE WHEN n % 3 = 0 THEN 'open' ELSE 'new' END, 'v' FROM generate_series(1, 300) n`, fmt.Sprintf(list, c.before))
			p.init()
			stop := p.start()
			calm := p.meanwhile(10*time.Millisecond, func(ctx context.Context, n int) error {
				_, err := p.source.Pool.Exec(ctx, fmt.Sprintf(`BEGIN; INSERT INTO t VALUES (%[1]d, true, 'open', 'new'); UPDATE t SET v = '%[1]d' WHERE id %% 50 = %[1]d %% 50;
					UPDATE t SET state = CASE state WHEN 'open' THEN 'shut' ELSE 'open' END, pub = NOT pub WHERE id = %[1]d %% 300; DELETE FROM t WHERE id = %[1]d - 20; COMMIT`, n+1000))
				return err
			})
			p.waitFor()
			p.relist(fmt.Sprintf(list, c.after))
			p.change(prepare.Order{Resync: []string{"public.t"}})
			p.waitFor()
			calm()
			p.waitFor()
			p.equal()
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// lines collects what a logger writes.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Making the slot waits for open transactions, idle ones and forgotten prepared ones; each is named while it does.
func TestWhatTheSlotWaitsForIsSaid(t *testing.T) {
	t.Parallel()
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"wal_level": "logical", "max_prepared_transactions": "5"}})
	for name, hold := range map[string]struct{ begin, says, end string }{
		"idle":     {`BEGIN; INSERT INTO a VALUES (1000, 'secret')`, "pid %d (role portal_owner)", `ROLLBACK`},
		"prepared": {`BEGIN; INSERT INTO a VALUES (1001, 'secret'); PREPARE TRANSACTION 'forgotten'`, "ROLLBACK PREPARED 'forgotten'", `ROLLBACK PREPARED 'forgotten'`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPairOn(t, c.Database(t), c.Database(t), twoTables, listA)
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
				t.Fatal(err)
			}
			conn, err := pgx.Connect(t.Context(), p.source.DSN)
			if err == nil {
				_, err = conn.Exec(t.Context(), hold.begin, pgx.QueryExecModeSimpleProtocol)
			}
			if err != nil {
				t.Fatal(err)
			}
			says := strings.ReplaceAll(hold.says, "%d", strconv.Itoa(int(conn.PgConn().PID())))
			d, log := p.daemon(), &lines{}
			d.Log = slog.New(slog.NewTextHandler(log, nil))
			ended := make(chan error, 1)
			go func() { ended <- d.Load(t.Context()) }()
			awaittest.Until(t, "who is in the way is said", func() bool { return strings.Contains(log.String(), says) }, log.String)
			if strings.Contains(log.String(), "secret") {
				t.Errorf("a value is said: %s", log)
			}
			if _, err := conn.Exec(t.Context(), hold.end); err != nil {
				t.Fatal(err)
			}
			if err := awaittest.Receive(t, "the load", ended); err != nil {
				t.Error(err)
			}
			_ = conn.Close(t.Context())
			p.equal()
		})
	}
}
