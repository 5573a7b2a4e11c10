package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/replica"
)

// What operators get wrong at each verb: one line, exit code 2, and no server is asked.
func TestWrongUsageOfTheOtherVerbs(t *testing.T) {
	t.Parallel()
	path := files(t, goodConfig, goodList)
	for line, want := range map[string]string{
		"skip":                               "--lsn is missing",
		"skip --lsn here":                    "not a log position",
		"skip --lsn 0/0":                     "not a log position",
		"skip --lsn 0/1 --undo":              "exclude each other",
		"pause now":                          "unexpected argument",
		"resume --wait long":                 "invalid argument",
		"slot drop":                          "say --yes",
		"slot dorp":                          "unexpected argument",
		"documents --state lost":             "not one of waiting",
		"documents retry":                    "name the keys, or say --all",
		"documents retry a --all":            "name the keys, or say --all",
		"inbound":                            "nothing is fetched",
		"plan --side left":                   "neither source nor target",
		"validate --unit all":                "is not run, reader, writer or fetcher",
		"validate --unit fetcher":            "inbound.outside.dsn",
		"validate --unit reader":             "wire.socket",
		"status --watch --interval 1ns":      "too short",
		"status --exact --watch --no --json": "--help",
	} {
		_, problems, code := syncer(t, append(strings.Fields(line), "--config", path)...)
		oneLine(t, problems, want)
		if code != 2 {
			t.Errorf("%s: exit code %d, want 2 (%s)", line, code, problems)
		}
	}
}

// installation is a source and a target that `init` has prepared, and the configuration of each unit.
type installation struct {
	from, to               *pgtest.Database
	config, reader, writer string
}

func newInstallation(t *testing.T) installation {
	t.Helper()
	p := installation{from: pgtest.Source(t), to: pgtest.EmptyApart(t)}
	p.from.Exec(`CREATE TABLE items (id int PRIMARY KEY, name text); INSERT INTO items SELECT n, 'n' FROM generate_series(1, 50) n`)
	side := func(name string, db *pgtest.Database) string {
		return fmt.Sprintf("%s: {dsn: '%s'%s}\n", name, db.AdminDSN(), map[string]string{"source": ", slot: " + p.from.Name}[name])
	}
	p.config = files(t, side("source", p.from)+side("target", p.to)+"whitelist: whitelist.yaml\n", goodList)
	dir := filepath.Dir(p.config)
	p.reader, p.writer = filepath.Join(dir, "reader.yaml"), filepath.Join(dir, "writer.yaml")
	for path, text := range map[string]string{
		p.reader: side("source", p.from) + "whitelist: whitelist.yaml\nwire: {socket: s}\n",
		p.writer: "source: {slot: " + p.from.Name + "}\n" + side("target", p.to) + "whitelist: whitelist.yaml\nwire: {socket: s}\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, problems, code := syncer(t, "init", "--quiet", "--config", p.config); code != 0 {
		t.Fatalf("init: %d %s", code, problems)
	}
	t.Cleanup(func() { // a slot would keep its database
		run(context.Background(), []string{"slot", "drop", "--yes", "--config", p.config}, io.Discard, io.Discard)
	})
	return p
}

// admin runs SQL as the one who ran init.
func admin(t *testing.T, db *pgtest.Database, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.AdminDSN())
	if err == nil {
		_, err = conn.Exec(t.Context(), sql, args...)
		_ = conn.Close(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// says runs a verb and checks exit code and what it prints, on either stream.
func (p installation) says(t *testing.T, code int, want, line string) string {
	t.Helper()
	args := strings.Fields(line)
	if !strings.Contains(line, "--config") {
		args = append(args, "--config", p.config)
	}
	out, problems, got := syncer(t, args...)
	if got != code || !strings.Contains(out+problems, want) {
		t.Errorf("%s: exit code %d, want %d with %q; got:\n%s%s", line, got, code, want, out, problems)
	}
	return out
}

// While no syncer runs, a request is kept for the next one, and that is said.
func TestControlWhileNothingRuns(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	p.says(t, 0, "no syncer runs at the moment: the next one to start will be paused", "pause --reason reindexing")
	p.says(t, 1, "reindexing", "status")
	p.says(t, 0, `"paused": true`, "pause --json")
	p.says(t, 0, "no syncer runs at the moment: start one", "resume")
	if out := p.says(t, 1, "STOPPED", "status"); strings.Contains(out, "reindexing") {
		t.Errorf("a pause that was taken back still shows:\n%s", out)
	}
	p.says(t, 3, "not error: nothing needs to be skipped", "skip --lsn FF/1")
	p.says(t, 2, "already on the target", "skip --lsn 0/1 --force")
	p.says(t, 0, "the next one to start will leave out FF/1", "skip --lsn FF/1 --force")
	p.says(t, 1, "transaction FF/1", "status")
	p.says(t, 0, "will be applied after all", "skip --undo")
	p.says(t, 2, "nothing is to be skipped", "skip --undo")

	poison := &replica.Poison{Table: "public.items", Key: "id=7", LSN: 0xFF_0000_0002, Cause: fmt.Errorf("odd")}
	admin(t, p.to, `UPDATE sync.progress SET state = 'error', error = $1, poison_lsn = 'FF/2'`, poison.Error())
	p.says(t, 3, "stands at transaction FF/2, not at FF/1; use --lsn FF/2", "skip --lsn FF/1")
	p.says(t, 0, "will leave out FF/2", "skip --lsn FF/2")
	if out := p.says(t, 1, "cannot apply a change of public.items, row id=7", "status"); !strings.Contains(strings.Join(strings.Fields(out), " "), "`syncer skip --lsn FF/2`") {
		t.Errorf("the way on is not named:\n%s", out)
	}
	admin(t, p.to, `UPDATE sync.progress SET error = 'target: gone, and transaction FF/2 with it', poison_lsn = NULL`)
	p.says(t, 3, "no transaction is why", "skip --lsn FF/2")
}

// A target that `init` never saw, or that was wiped, is said as such by every verb that speaks to it.
func TestVerbsBeforeInit(t *testing.T) {
	t.Parallel()
	from, to := pgtest.Source(t), pgtest.EmptyApart(t)
	path := files(t, fmt.Sprintf("source: {dsn: '%s', slot: nothing_of_this}\ntarget: {dsn: '%s'}\nwhitelist: whitelist.yaml\n", from.AdminDSN(), to.AdminDSN()), goodList)
	for _, verb := range []string{"pause", "resume", "skip --lsn 0/1", "skip --undo", "documents", "slot", "slot drop --yes"} {
		_, problems, code := syncer(t, append(strings.Fields(verb), "--config", path)...)
		oneLine(t, problems, "syncer init")
		if code != 2 {
			t.Errorf("%s: exit code %d", verb, code)
		}
	}
	out, _, code := syncer(t, "status", "--config", path)
	if code != 1 || !strings.Contains(out, "run `syncer init`") || strings.Contains(out, "RESYNC") {
		t.Errorf("status: %d\n%s", code, out)
	}
}

func TestSlotIsShownAndGivenUp(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	p.says(t, 0, "reserved", "slot --measure 0")
	var slot struct {
		Name      string
		Active    bool
		Confirmed string `json:"confirmed_lsn"`
		Retained  *int64 `json:"retained_bytes"`
	}
	if err := json.Unmarshal([]byte(p.says(t, 0, "", "slot --json --measure 100ms")), &slot); err != nil || slot.Name != p.from.Name || slot.Active || slot.Retained == nil {
		t.Errorf("%+v %v", slot, err)
	}
	p.says(t, 0, "reserved", "slot --measure 0 --config "+p.reader)
	p.says(t, 2, "source.dsn", "slot --config "+p.writer)
	p.says(t, 0, "is dropped", "slot drop --yes")
	p.says(t, 2, "there is no replication slot", "slot")
	p.says(t, 1, "RESYNC REQUIRED", "status")
}

// A unit of a split installation asks its own side and says what it cannot ask.
func TestStatusOfOneSide(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	out := p.says(t, 1, "STOPPED", "status --config "+p.reader)
	if !strings.Contains(out, "there is no target.dsn here") || !strings.Contains(out, "slot") || strings.Contains(out, "TABLE") {
		t.Errorf("reader:\n%s", out)
	}
	out = p.says(t, 1, "STOPPED", "status --config "+p.writer)
	if !strings.Contains(out, "there is no source.dsn here") || !strings.Contains(out, "public.items") {
		t.Errorf("writer:\n%s", out)
	}
	out = p.says(t, 1, "", "status --json --exact")
	var report struct {
		Tables []struct {
			Rows      int
			Estimated bool
		}
		Healthy  bool
		Problems []string
		Slot     map[string]any
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Tables) != 1 || report.Tables[0].Rows != 50 || report.Tables[0].Estimated || report.Healthy || report.Slot["name"] != p.from.Name {
		t.Errorf("%v %s", err, out)
	}
	admin(t, p.to, `UPDATE sync.tables SET state = 'joining'; UPDATE sync.progress SET state = 'streaming'`)
	out = p.says(t, 1, "no syncer runs; the last one ended without a word while it was streaming", "status")
	if !strings.Contains(out, "joining public.items") || !strings.Contains(out, "1 of 1 tables, 1 beside the stream") {
		t.Errorf("joining:\n%s", out)
	}
	admin(t, p.to, `UPDATE sync.tables SET state = 'copying'; INSERT INTO sync.pieces (slot, name, piece, rows) SELECT slot, name, 'x', 1234 FROM sync.tables`)
	if out = p.says(t, 1, "1,234", "status"); strings.Contains(out, "~1,234") {
		t.Errorf("rows that were loaded are counted, not estimated:\n%s", out)
	}
}

func TestDocumentsAreListedAndTriedAgain(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	p.says(t, 0, "0 ready, 0 waiting, 0 failed", "documents")
	admin(t, p.to, `INSERT INTO sync.objects (key, sha256, state, attempts, next_try_at, error) VALUES
		('files/a', '', 'failed', 9, now() + interval '1 hour', 'the store does not have it'), ('files/b', '', 'ready', 1, now(), NULL)`)
	out := p.says(t, 3, "1 objects could not be copied", "documents")
	if !strings.Contains(out, "files/a") || !strings.Contains(out, "the store does not have it") || strings.Contains(out, "files/b") {
		t.Errorf("got:\n%s", out)
	}
	p.says(t, 3, "files/b", "documents --state ready,failed --json")
	p.says(t, 2, "0 of 1 keys name a failed object", "documents retry files/b")
	p.says(t, 0, "1 objects are due now", "documents retry files/a")
	p.says(t, 3, "now", "documents")
	p.says(t, 0, `"due": 1`, "documents retry --all --json")
}

func TestInboundAsksBothEnds(t *testing.T) {
	t.Parallel()
	inside, outside := pgtest.Internal(t), pgtest.External(t)
	store := "{endpoint: '127.0.0.1:1', bucket: b}"
	path := files(t, fmt.Sprintf("inbound: {outside: {dsn: '%s', store: %s}, inside: {dsn: '%s', store: %s}}\n",
		outside.As("syncer_fetcher"), store, inside.As("fetcher"), store), goodList)
	says := func(want string, args ...string) {
		t.Helper()
		out, problems, code := syncer(t, append(args, "--config", path)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%v: %d %s%s, want %q", args, code, out, problems, want)
		}
	}
	says("waiting  none\ndamaged  0 wait for staff", "inbound")
	outside.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments)
		VALUES (gen_random_uuid(), 'case', 'R-2026-0000-0001', '0123456789abcdef', convert_to(repeat('s', 5120), 'UTF8'), sha256(convert_to(repeat('s', 5120), 'UTF8')), '[]')`)
	inside.Exec(`SELECT intake.receive_damaged(gen_random_uuid(), 'R-2', 'cut short', now())`)
	says("1 messages, 5.0 kB", "inbound")
	says(`"damaged": 1`, "inbound", "--json")
	says("came in damaged and wait for staff", "status")
	says("is valid", "validate", "--unit", "fetcher")
}

// plan's SQL goes through psql as it stands, and leaves nothing to do.
func TestPlanIsForPsql(t *testing.T) {
	t.Parallel()
	from, to := pgtest.Source(t), pgtest.EmptyApart(t)
	from.Exec(`CREATE TABLE items (id int PRIMARY KEY, name text)`)
	path := files(t, fmt.Sprintf("source: {dsn: '%s', slot: %s}\ntarget: {dsn: '%s'}\nwhitelist: whitelist.yaml\n", from.AdminDSN(), from.Name, to.AdminDSN()), goodList)
	for side, db := range map[string]*pgtest.Database{"source": from, "target": to} {
		sql, problems, code := syncer(t, "plan", "--side", side, "--config", path)
		if code != 0 || !strings.Contains(sql, "ON_ERROR_STOP") {
			t.Fatalf("%s: %d %s", side, code, problems)
		}
		sql = strings.Replace(sql, "\\set ON_ERROR_STOP on\n", "", 1)
		conn, err := pgx.Connect(t.Context(), db.AdminDSN())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
			t.Errorf("%s: %v", side, err)
		}
		_ = conn.Close(t.Context())
	}
	out, problems, code := syncer(t, "plan", "--config", path)
	if code != 0 || strings.Count(out, "-- nothing to do") != 2 {
		t.Errorf("%d %s%s", code, out, problems)
	}
}
