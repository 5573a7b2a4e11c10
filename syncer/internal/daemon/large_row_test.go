package daemon_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// largeRow makes rows of more than the least limit.
const largeRow = `INSERT INTO shop.items (id, name, published, big) VALUES (2000, 'large', true, repeat('x', 1200000))`

func (p *pair) setting(line string) {
	p.t.Helper()
	p.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}
target: {dsn: %q, admin_dsn: %q, readers: [external_site], copy_workers: 2}
whitelist: whitelist.yaml
%s
`, p.source.As("syncer_reader"), p.source.DSN, p.source.Name, p.target.As("syncer_writer"), p.target.DSN, line))
	p.load()
}

// A row that the stream would not take is not loaded either, and both say so in the same words.
func TestRowTooLargeForALoad(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop+largeRow, shopTables)
	p.setting("max_row_mib: 1")
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
		t.Fatal(err)
	}
	const says = "the row is larger than the 1 MiB that max_row_mib allows"
	if err := p.daemon().Load(t.Context()); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(strings.Replace(err.Error(), "a row cannot", "the row cannot", 1), says) || !strings.Contains(err.Error(), "shop.items") {
		t.Fatalf("loading: %v", err)
	}
	p.source.Exec(`DELETE FROM shop.items WHERE id = 2000`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	p.source.Exec(largeRow)
	p.refused(p.catchUp(), "shop.items, row id=2000", says)
	p.setting("max_row_mib: 2")
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

// A row of forty megabytes passes by default, as it does PostgreSQL's own replication.
func TestRowOfFortyMegabytes(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.source.Exec(`INSERT INTO shop.items (id, name, published, big) VALUES (2000, 'large', true, repeat('x', 40000000))`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	if n := p.count(p.target, `SELECT length(big) FROM shop.items WHERE id = 2000`); n != 40000000 {
		t.Errorf("%d characters", n)
	}
}

var atTransaction = regexp.MustCompile(`transaction ([0-9A-F]+/[0-9A-F]+)`)

// refused wants an error that names the row and a transaction, and returns that.
func (p *pair) refused(err error, says ...string) wire.LSN {
	p.t.Helper()
	if err == nil {
		p.t.Fatal("nothing was refused")
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			p.t.Errorf("%q does not say %q", err, text)
		}
	}
	found := atTransaction.FindStringSubmatch(err.Error())
	if found == nil {
		p.t.Fatalf("%q names no transaction", err)
	}
	var lsn wire.LSN
	if err := lsn.Scan(found[1]); err != nil {
		p.t.Fatal(err)
	}
	conn, err := replica.Connect(p.t.Context(), p.cfg.Target.DSN, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(p.t.Context())
	s, err := control.Read(p.t.Context(), conn, p.cfg.Source.Slot)
	if err != nil || s.Poison != lsn {
		p.t.Errorf("the target notes %s, %v", s.Poison, err)
	}
	return lsn
}

func (p *pair) skip(lsn wire.LSN) {
	p.t.Helper()
	conn, err := replica.Connect(p.t.Context(), p.cfg.Target.DSN, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(p.t.Context())
	if err := control.Skip(p.t.Context(), conn, p.cfg.Source.Slot, lsn); err != nil {
		p.t.Fatal(err)
	}
}

// What the reader refuses names the row and the transaction, and is passed by skip, or by loading the table anew.
func TestWhatTheReaderRefusesIsPassed(t *testing.T) {
	t.Parallel()
	refusals := map[string]struct {
		do   []string
		mend string
		now  bool // the row is read as it is now, so mending it is enough
		says []string
	}{
		"a large row": {
			[]string{`BEGIN; UPDATE shop.items SET name = 'skipped' WHERE id = 6; ` + largeRow + `; COMMIT`},
			`UPDATE shop.items SET big = 'short' WHERE id = 2000`, false,
			[]string{"shop.items, row id=2000", "max_row_mib"},
		},
		"a very large row": {
			[]string{`INSERT INTO shop.items (id, name, published, big) VALUES (2000, 'large', true, repeat('x', 9000000))`},
			`UPDATE shop.items SET big = 'short' WHERE id = 2000`, false,
			[]string{"shop.items", "max_row_mib"},
		},
		"a large row in a transaction that is streamed": {
			[]string{`BEGIN; INSERT INTO shop.items (id, name, published, big) SELECT n, 'many', true, repeat('y', 1000) FROM generate_series(3000, 12000) n; ` + largeRow + `; COMMIT`},
			`UPDATE shop.items SET big = 'short' WHERE id = 2000`, false,
			[]string{"shop.items, row id=2000", "max_row_mib"},
		},
		"a large row that is read again": {
			[]string{`INSERT INTO shop.items (id, name, published, big) VALUES (2000, 'large', false, repeat('x', 1200000))`, `UPDATE shop.items SET published = true WHERE id = 2000`},
			`UPDATE shop.items SET big = 'short' WHERE id = 2000`,
			true,
			[]string{"shop.items, row id=2000", "max_row_mib"},
		},
	}
	for name, c := range refusals {
		for _, way := range []string{"skip", "resync"} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, lineSQL, shopTables)
				p.setting("max_row_mib: 1")
				p.source.Exec(`UPDATE shop.items SET name = 'before' WHERE id = 2`)
				for _, sql := range c.do {
					p.source.Exec(sql)
				}
				lsn := p.refused(p.catchUp(), c.says...)
				p.source.Exec(c.mend)
				p.source.Exec(`UPDATE shop.items SET name = 'after' WHERE id = 4`)
				if c.now {
					if err := p.catchUp(); err != nil {
						t.Fatal(err)
					}
					p.equal()
					return
				}
				if p.refused(p.catchUp(), c.says...) != lsn {
					t.Error("another transaction is named the second time")
				}
				if way == "skip" {
					p.skip(lsn)
					if err := p.catchUp(); err != nil {
						t.Fatal(err)
					}
					if n := p.count(p.target, `SELECT count(*) FROM shop.items WHERE name IN ('before', 'after')`); n != 2 {
						t.Errorf("%d rows of the other transactions", n)
					}
					return
				}
				p.change(prepare.Order{Resync: []string{"shop.items"}})
				stop := p.start()
				p.eventually("the table is there again", func() bool {
					return p.count(p.target, `SELECT count(*) FROM sync.tables WHERE state <> 'ready'`) == 0
				})
				p.waitFor()
				p.equal()
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A source whose encoding is SQL_ASCII takes any bytes. Text goes through, and what is none is refused by its row, whether it
// is in the log or is read again.
func TestSourceOfAnyBytes(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{
		"inserted":   `INSERT INTO shop.items (id, name, published) VALUES (2000, convert_from('\xff41', 'SQL_ASCII'), true)`,
		"updated":    `UPDATE shop.items SET name = convert_from('\xc3', 'SQL_ASCII') WHERE id = 2`,
		"read again": `UPDATE shop.items SET published = true WHERE id = 2001`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPairOn(t, pgtest.Encoded(t, "SQL_ASCII"), pgtest.EmptyApart(t), shop+`; ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL;
				INSERT INTO shop.items (id, name, published, big) VALUES (2001, 'hidden', false, repeat(convert_from('\xff', 'SQL_ASCII'), 5000)), (2002, 'Ґанок', true, 'є')`, shopTables)
			p.init()
			p.source.Exec(`UPDATE shop.items SET name = 'Їжак' WHERE id = 4`)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.equal()
			p.source.Exec(bad)
			p.source.Exec(`UPDATE shop.items SET name = 'after' WHERE id = 4`)
			lsn := p.refused(p.catchUp(), "shop.items, row id=2")
			p.skip(lsn)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			if n := p.count(p.target, `SELECT count(*) FROM shop.items WHERE name = 'after'`); n != 1 {
				t.Error("the stream did not go on")
			}
		})
	}
}

// A source of another encoding may hold what UTF-8 does not have. The row is refused, whatever stands around it in its transaction,
// and passed by skip or by loading the table anew; everything else goes through, also from the same tables.
func TestSourceOfAnotherEncoding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ encoding, bad string }{
		"one byte":      {"WIN1251", `convert_from('\xcd98', 'SQL_ASCII')`},
		"several bytes": {"EUC_CN", `convert_from('\xfefe', 'SQL_ASCII')`},
	} {
		for _, way := range []string{"skip", "resync"} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				source := pgtest.Encoded(t, c.encoding)
				source.Exec(`ALTER DATABASE ` + source.Name + ` SET client_encoding = 'UTF8'`) // for this test's own statements
				source.Pool.Reset()
				p := newPairOn(t, source, pgtest.EmptyApart(t), shop, shopTables)
				p.init()
				text := func(id int, name string) string {
					return fmt.Sprintf(`UPDATE shop.items SET name = '%s' WHERE id = %d`, name, id)
				}
				p.source.Exec(text(2, "ж"))
				if err := p.catchUp(); err != nil {
					t.Fatal(err)
				}
				p.equal()
				p.source.Exec(`BEGIN; ` + text(4, "Ж") + `; INSERT INTO shop.items (id, name, published) VALUES (2000, ` + c.bad + `, true); ` + text(5, "ш") + `; COMMIT`)
				p.source.Exec(text(6, "ы"))
				lsn := p.refused(p.catchUp(), "shop.items, row id=2000", `column "name"`, c.encoding)
				p.source.Exec(`UPDATE shop.items SET name = 'mended' WHERE id = 2000`)
				if way == "skip" {
					p.skip(lsn)
					if err := p.catchUp(); err != nil {
						t.Fatal(err)
					}
					if n := p.count(p.target, `SELECT count(*) FROM shop.items WHERE id = 6 AND name = 'ы' OR id = 2000 AND name = 'mended'`); n != 2 {
						t.Errorf("%d rows of what came later", n)
					}
					return
				}
				p.change(prepare.Order{Resync: []string{"shop.items"}})
				stop := p.start()
				p.eventually("the table is there again", func() bool {
					return p.count(p.target, `SELECT count(*) FROM sync.tables WHERE state <> 'ready'`) == 0
				})
				p.waitFor()
				p.equal()
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A row that no load can read is said with the table and with SQL that finds it; once it is mended the same command goes on.
func TestLoadOfWhatIsNoText(t *testing.T) {
	t.Parallel()
	for encoding, bad := range map[string]string{"WIN1251": `\xcd98`, "SQL_ASCII": `\xc3`} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			source := pgtest.Encoded(t, encoding)
			p := newPairOn(t, source, pgtest.Empty(t), shop+`; INSERT INTO shop.items (id, name, published) VALUES (2000, convert_from('`+bad+`', 'SQL_ASCII'), true)`, shopTables)
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
				t.Fatal(err)
			}
			err := p.daemon().Load(t.Context())
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "source: shop.items: a row cannot be loaded") {
				t.Fatalf("got %v", err)
			}
			_, sql, _ := strings.Cut(err.Error(), "(ctid): ")
			sql, _, _ = strings.Cut(sql, " Mend them")
			if said := p.notices(sql); len(said) != 1 || !strings.Contains(said[0], "shop.items (") {
				t.Errorf("the SQL finds %q: %s", said, sql)
			}
			p.source.Exec(`UPDATE shop.items SET name = 'mended' WHERE id = 2000`)
			if said := p.notices(sql); len(said) != 0 {
				t.Errorf("the SQL still finds %q", said)
			}
			p.init()
			p.equal()
		})
	}
}

// notices runs SQL on the source and returns what it says.
func (p *pair) notices(sql string) (said []string) {
	p.t.Helper()
	c, err := pgx.ParseConfig(p.source.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	c.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { said = append(said, n.Message) }
	conn, err := pgx.ConnectConfig(p.t.Context(), c)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(p.t.Context())
	if _, err := conn.PgConn().Exec(p.t.Context(), sql).ReadAll(); err != nil {
		p.t.Fatalf("%v: %s", err, sql)
	}
	return said
}
