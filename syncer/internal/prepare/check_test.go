package prepare_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
)

const two = `CREATE TABLE good (id int PRIMARY KEY); `

// What PostgreSQL does not take into a publication is said by check, with the table and its line, and nothing is left of
// the trial.
func TestCheckTriesWhatInitWillDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, where, says string }{
		"now()":          {`CREATE TABLE t (id int PRIMARY KEY, c timestamptz NOT NULL DEFAULT now())`, "c < now()", "mutable functions"},
		"a current date": {`CREATE TABLE t (id int PRIMARY KEY, c date NOT NULL DEFAULT now())`, "c < current_date", "publication"},
		"an enum":        {`CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE t (id int PRIMARY KEY, c mood NOT NULL)`, "c = 'ok'", "User-defined"},
		"own function":   {`CREATE FUNCTION good(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true'; CREATE TABLE t (id int PRIMARY KEY, c int NOT NULL)`, "public.good(c)", "User-defined"},
		"a mutable cast": {`CREATE TABLE t (id int PRIMARY KEY, c timestamptz NOT NULL DEFAULT now())`, "c::date > '2020-01-01'", "mutable functions"},
		"a subquery":     {`CREATE TABLE t (id int PRIMARY KEY, c int NOT NULL)`, "c IN (SELECT 1)", "line 4"},
		"a place":        {`CREATE TABLE t (id int PRIMARY KEY, c int NOT NULL)`, "tableoid > 0::oid", "System columns"},
		"a list":         {`CREATE TABLE t (id int PRIMARY KEY, c varchar(9) NOT NULL)`, "c IN ('a', 'b')", "c = 'a' OR c = 'b'"},
		"an aggregate":   {`CREATE TABLE t (id int PRIMARY KEY, c int NOT NULL)`, "max(c) > 1", "aggregate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, two+c.sql, "  - {table: good, columns: [id]}\n  - {table: t, columns: [id, c], where: \""+c.where+"\"}\n")
			said, err := p.check()
			if err == nil || !strings.Contains(said, "refuse source public.t: ") || !strings.Contains(said, "line 4") || !strings.Contains(said, c.says) || strings.Contains(said, "refuse source public.good") {
				t.Errorf("check: %v\n%s", err, said)
			}
			if err := p.init(); err == nil {
				t.Errorf("init: %v", err)
			}
			if left := p.value(`SELECT (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE relname = 't' AND NOT indisprimary)`); left != "0" {
				t.Errorf("%s publications and indexes are left", left)
			}
		})
	}
}

// A role that may not try is told of, and one that is not the owner.
func TestCheckSaysWhatItCouldNotTry(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY); GRANT SELECT ON t TO syncer_reader`, "  - {table: t, columns: [id]}\n")
	p.cfg.Source.AdminDSN = p.cfg.Source.DSN
	if said, err := p.check(); err != nil || !strings.Contains(said, "warning source role syncer_reader: may not make publications") {
		t.Errorf("check: %v\n%s", err, said)
	}
	p.asSuperuser(`DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO syncer_reader', current_database()); END $$`)
	if said, err := p.check(); err == nil || !strings.Contains(said, "does not own it") {
		t.Errorf("check: %v\n%s", err, said)
	}
}

// While somebody changes a table, check says so and waits no longer than a moment.
func TestCheckDoesNotWaitForLocks(t *testing.T) {
	t.Parallel()
	p := newPair(t, filtered, filteredList)
	vacuum := p.session(p.source)
	p.run(vacuum, `BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE`)
	stop := p.app(changesRows...)
	said, err := p.check()
	stop()
	if err != nil || !strings.Contains(said, "was not tried") || !strings.Contains(said, "LOCK TABLE t") {
		t.Errorf("check: %v\n%s", err, said)
	}
}

// Identity taken away by another tool: the application suffers, and check says so with exit code 3; init mends it.
func TestCheckSeesThatTheApplicationSuffers(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{`ALTER TABLE t REPLICA IDENTITY FULL`, `ALTER TABLE t REPLICA IDENTITY NOTHING`} {
		p := newPair(t, filtered, filteredList)
		p.mustInit()
		p.source.Exec(sql)
		if _, err := p.source.Pool.Exec(t.Context(), `UPDATE t SET v = 'x'`); err == nil {
			t.Fatal("the application does not suffer, so nothing is tested")
		}
		report, err := prepare.Check(t.Context(), p.cfg, p.list)
		if err != nil || report.Err() != nil || report.Urgent() == nil {
			t.Errorf("%s: %v", sql, err)
		}
		p.mustInit()
		p.appMay(changesRows...)
	}
}

// What of the target's tables would stop the stream or lose rows is said.
func TestCheckSeesTrapsOnTheTarget(t *testing.T) {
	t.Parallel()
	const function = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; `
	for name, c := range map[string]struct{ sql, says, mend string }{
		"row level security":   {`CREATE TABLE t (id int PRIMARY KEY, pub bool, v text); ALTER TABLE t ENABLE ROW LEVEL SECURITY`, "refuse target public.t: public.t has row level security", `ALTER TABLE public.t DISABLE ROW LEVEL SECURITY`},
		"a trigger always":     {function + `CREATE TABLE t (id int PRIMARY KEY, pub bool, v text); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER g`, "warning target public.t: trigger g", `ALTER TABLE public.t ENABLE TRIGGER g`},
		"a trigger of replica": {function + `CREATE TABLE t (id int PRIMARY KEY, pub bool, v text); CREATE TRIGGER "G g" BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE REPLICA TRIGGER "G g"`, `warning target public.t: trigger "G g"`, ``},
		"a rule always":        {`CREATE TABLE t (id int PRIMARY KEY, pub bool, v text); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING; ALTER TABLE t ENABLE ALWAYS RULE r`, `warning target public.t: rule r`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, filtered, filteredList)
			p.target.Exec(c.sql)
			said, err := p.check()
			if !strings.Contains(said, c.says) || (err != nil) != strings.HasPrefix(c.says, "refuse") {
				t.Fatalf("check: %v\n%s", err, said)
			}
			if c.mend != "" {
				if !strings.Contains(said, c.mend) {
					t.Errorf("the SQL %s is not in\n%s", c.mend, said)
				}
				p.target.Exec(c.mend)
				if said, err := p.check(); err != nil || strings.Contains(said, c.says) {
					t.Errorf("mended: %v\n%s", err, said)
				}
			}
		})
	}
}

// A database that only reads, and one that takes any bytes.
func TestCheckSeesWhatKindOfServerItIs(t *testing.T) {
	t.Parallel()
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"wal_level": "logical"}})
	source, target := c.Database(t), c.Database(t)
	p := newPairOn(t, source, target, filtered, filteredList)
	p.asSuperuser(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
	if said, err := p.check(); err == nil || !strings.Contains(said, "refuse source server: lets this role only read") {
		t.Errorf("check: %v\n%s", err, said)
	}
	if err := p.init(); err == nil || !strings.Contains(err.Error(), "only read") {
		t.Errorf("init: %v", err)
	}
}

// A pooler between is recognised in one go: by the sessions that it hands out, and by the parameters that it refuses.
func TestAPoolerBetweenIsRecognised(t *testing.T) {
	t.Parallel()
	p := newPair(t, filtered, filteredList)
	p.cfg.Source.DSN = throughPooler(t, p.cfg.Source.DSN)
	if said, err := p.check(); err != nil || !strings.Contains(said, "warning source connection: a connection pooler stands between") {
		t.Errorf("check: %v\n%s", err, said)
	}
	refusing := faulttest.NewPostgres(t, func(c *faulttest.Conversation) {
		if c.Startup() {
			_, _ = c.Conn.Write(faulttest.Encoded(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "08P01", Message: "unsupported startup parameter: intervalstyle"}))
		}
	})
	_, err := link.Open(t.Context(), "postgres://u@"+refusing.Address()+"/d?sslmode=disable", link.Options{Name: "source.dsn"})
	var server *pgconn.PgError
	if !errors.As(err, &server) || !strings.Contains(err.Error(), "PgBouncer") || !strings.Contains(err.Error(), "PostgreSQL's own host and port") {
		t.Errorf("got %v", err)
	}
}

// Something between that leaves out what a session asks for is recognised by what is missing: texts would not mean the same on
// both sides.
func TestSettingsThatAreLeftOutAreRecognised(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"extra_float_digits", "timezone"} {
		p := newPair(t, filtered, filteredList)
		p.cfg.Target.DSN = through(t, p.cfg.Target.DSN, func(client net.Conn, server string) { leaveOut(client, server, lost) })
		if _, err := p.target.Open(p.target.AdminDSN()).Exec(t.Context(), `ALTER DATABASE `+p.target.Name+` SET timezone = 'Asia/Kathmandu'`); err != nil {
			t.Fatal(err)
		}
		if said, err := p.check(); err == nil || !strings.Contains(said, "refuse target connection: the session did not get the settings that it asked for ("+lost+")") {
			t.Errorf("check: %v\n%s", err, said)
		}
		if err := p.init(); err == nil || !strings.Contains(err.Error(), lost) {
			t.Errorf("init: %v", err)
		}
	}
}

// leaveOut passes on what both sides say, but for one setting in the client's greeting, which becomes one that nobody knows.
func leaveOut(client net.Conn, server, setting string) {
	defer func() { _ = client.Close() }()
	to, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	go func() {
		buf := make([]byte, 64<<10)
		n, err := client.Read(buf)
		if err == nil {
			_, err = to.Write([]byte(strings.Replace(string(buf[:n]), "\x00"+setting+"\x00", "\x00x."+setting[2:]+"\x00", 1)))
		}
		if err == nil {
			_, _ = io.Copy(to, client)
		}
		_ = to.Close()
	}()
	_, _ = io.Copy(client, to)
}

// What the publication means for the application's migrations is said before it is made, and it is true.
func TestWhatPublishingMeansForMigrationsIsSaid(t *testing.T) {
	t.Parallel()
	p := newPair(t, filtered, filteredList)
	for _, again := range []string{`SELECT 1`, `DROP PUBLICATION portal`} {
		p.source.Exec(again)
		if said, err := p.check(); err != nil || !strings.Contains(said, "PostgreSQL refuses the application ALTER TYPE and DROP COLUMN") || !strings.Contains(said, "`syncer table release`") {
			t.Errorf("check: %v\n%s", err, said)
		}
		p.mustInit()
		for _, migration := range []string{`ALTER TABLE t ALTER pub TYPE text`, `ALTER TABLE t DROP COLUMN pub`} {
			if _, err := p.source.Pool.Exec(t.Context(), migration); err == nil {
				t.Errorf("%s is let through, so that what is said is not true", migration)
			}
		}
	}
}

// throughPooler leads to the server by a go-between that, as a pooler does, tells clients another process id than the
// server's. The first message with it is long before any data, so its type and length are enough to find it.
func throughPooler(t *testing.T, dsn string) string {
	t.Helper()
	return through(t, dsn, pool)
}

// through leads to the server by a go-between.
func through(t *testing.T, dsn string, between func(client net.Conn, server string)) string {
	t.Helper()
	c := pgConfig(t, dsn)
	server := net.JoinHostPort(c.Host, portOf(c))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go between(client, server)
		}
	}()
	return strings.Replace(dsn, server, l.Addr().String(), 1)
}

func pool(client net.Conn, server string) {
	defer func() { _ = client.Close() }()
	to, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	go func() { _, _ = io.Copy(to, client); _ = to.Close() }()
	buf := make([]byte, 64<<10)
	for changed := false; ; {
		n, err := to.Read(buf)
		if err != nil {
			return
		}
		if at := strings.Index(string(buf[:n]), "K\x00\x00\x00\x0c"); at >= 0 && !changed && at+9 <= n {
			changed, buf[at+8] = true, buf[at+8]^1
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}

// A whitelist that the replica was not made by is refused by check as by init, with the command that leads on.
func TestCheckAndInitAgreeAboutAnEditedWhitelist(t *testing.T) {
	t.Parallel()
	const t1, t2 = "  - {table: t1, columns: [id, n, v]}\n", "  - {table: t2, columns: [id, n]}\n"
	for name, c := range map[string]struct{ list, says string }{
		"a filter":      {"  - {table: t1, columns: [id, n, v], where: n > 5}\n" + t2, "`syncer table resync public.t1`"},
		"fewer columns": {"  - {table: t1, columns: [id, n]}\n" + t2, "`syncer table resync public.t1`"},
		"a new table":   {t1 + t2 + "  - {table: t3, columns: [id]}\n", "`syncer table add public.t3`"},
		"one less":      {t2, "`syncer table drop public.t1`"},
		"both":          {t2 + "  - {table: t3, columns: [id]}\n", "`syncer table apply`"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, `CREATE TABLE t1 (id int PRIMARY KEY, n int NOT NULL, v int); CREATE TABLE t2 (id int PRIMARY KEY, n int NOT NULL); CREATE TABLE t3 (id int PRIMARY KEY)`, t1+t2)
			p.mustInit()
			if said, err := p.check(); err != nil || strings.Contains(said, "whitelist") {
				t.Errorf("of the same whitelist check says: %v\n%s", err, said)
			}
			p.relist(c.list)
			said, err := p.check()
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(said, "refuse target replica: was made by another whitelist") || !strings.Contains(said, c.says) {
				t.Errorf("check: %v\n%s", err, said)
			}
			if strings.Contains(said, "were edited in the whitelist") {
				t.Errorf("check also calls it something for init to do:\n%s", said)
			}
			if err := p.init(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), c.says) {
				t.Errorf("init: %v", err)
			}
			if _, err := prepare.Plan(t.Context(), p.cfg, p.list); err != nil {
				t.Errorf("plan: %v", err)
			}
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
				t.Errorf("init --resync: %v", err)
			}
			if said, err := p.check(); err != nil || strings.Contains(said, "another whitelist") {
				t.Errorf("afterwards check says: %v\n%s", err, said)
			}
		})
	}
}
