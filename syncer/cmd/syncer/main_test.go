package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) {
	pgtest.Parallel(8)
	pgtest.Main(m)
}

// syncer runs the command line and returns what it said.
func syncer(t *testing.T, args ...string) (out, problems string, code int) {
	t.Helper()
	var o, p bytes.Buffer
	code = run(t.Context(), args, &o, &p)
	return o.String(), p.String(), code
}

// files writes syncer.yaml and whitelist.yaml and returns the first one's path.
func files(t *testing.T, cfg, list string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"syncer.yaml": cfg, "whitelist.yaml": list} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "syncer.yaml")
}

const (
	goodConfig = "source: {dsn: 'postgres://a:hunter2@127.0.0.1:1/x'}\ntarget: {dsn: 'postgres://b:hunter2@127.0.0.1:1/y'}\nwhitelist: whitelist.yaml\n"
	goodList   = "version: 1\ntables:\n  - {table: items, columns: [id, name]}\n"
)

// Everything that can be wrong before any server is asked: one line that says what to do, and exit code 2.
func TestWrongUsageIsOneClearLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cases := map[string]struct {
		cfg, list, want string
		verb            []string
	}{
		"no file":          {"", goodList, "--config", []string{"validate", "--config", "nowhere.yaml"}},
		"not YAML":         {"source: [", goodList, "not valid YAML", nil},
		"unknown key":      {goodConfig + "whitelst: x\n", goodList, `did you mean "whitelist"`, nil},
		"no source":        {"target: {dsn: 'postgres://b@127.0.0.1/y'}\nwhitelist: w\n", goodList, "source.dsn: is missing", nil},
		"odd dsn":          {strings.Replace(goodConfig, "postgres://a", "mysql://a", 1), goodList, "source.dsn: cannot be read", nil},
		"odd slot":         {strings.Replace(goodConfig, "source: {", "source: {slot: 'a b', ", 1), goodList, "source.slot", nil},
		"no whitelist":     {strings.Replace(goodConfig, "whitelist.yaml", "gone.yaml", 1), goodList, "no such file", nil},
		"empty whitelist":  {goodConfig, "version: 1\ntables: []\n", "the list is empty", nil},
		"odd level":        {goodConfig + "log_level: loud\n", goodList, "log_level", nil},
		"documents":        {goodConfig + "documents: {source: {endpoint: localhost, bucket: b}, target: {endpoint: localhost, bucket: b}}\n", goodList, "lists no documents", nil},
		"no bucket":        {goodConfig + "documents: {source: {endpoint: a}}\n", goodList, "endpoint (host:port) and bucket are required", nil},
		"unknown flag":     {goodConfig, goodList, "--help", []string{"run", "--util-current"}},
		"extra argument":   {goodConfig, goodList, "unexpected argument", []string{"status", "now"}},
		"odd position":     {goodConfig, goodList, "not a log position", []string{"run", "--until-lsn", "x"}},
		"occupied port":    {goodConfig + "listen: " + taken.Addr().String() + "\n", goodList, "address already in use", []string{"run"}},
		"two ends":         {goodConfig, goodList, "until", []string{"run", "--until-lsn", "0/1", "--until-current"}},
		"unknown verb":     {goodConfig, goodList, "unknown command", []string{"rum"}},
		"heartbeat format": {strings.Replace(goodConfig, "source: {", "source: {heartbeat: soon, ", 1), goodList, "heartbeat", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			args := c.verb
			if args == nil {
				args = []string{"validate"}
			}
			if name != "no file" {
				args = append(args, "--config", files(t, c.cfg, c.list))
			}
			_, problems, code := syncer(t, args...)
			oneLine(t, problems, c.want)
			if code != 2 {
				t.Errorf("exit code %d, want 2 (%s)", code, problems)
			}
		})
	}
}

// oneLine checks that a problem is one line with want in it and no password.
func oneLine(t *testing.T, problems, want string) {
	t.Helper()
	if strings.Count(problems, "\n") != 1 || !strings.Contains(problems, want) || strings.Contains(problems, "hunter2") {
		t.Errorf("got %q, want one line with %q and no password", problems, want)
	}
}

func TestUnreachableDatabases(t *testing.T) {
	t.Parallel()
	path := files(t, goodConfig, goodList)
	for _, verb := range []string{"check", "plan", "init", "run --until-lsn 0/1", "pause", "slot"} {
		_, problems, code := syncer(t, append(strings.Fields(verb), "--config", path)...)
		oneLine(t, problems, "127.0.0.1:1")
		if code != 1 {
			t.Errorf("%s: exit code %d", verb, code)
		}
	}
	out, problems, code := syncer(t, "status", "--json", "--config", path)
	oneLine(t, problems, "does not follow")
	var report struct{ State, Error string }
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 1 || report.State != "error" || report.Error == "" || strings.Contains(out, "hunter2") {
		t.Errorf("status: %d %s %v", code, out, err)
	}
}

// The way an operator goes: validate, check, plan, init, run, status, on two plain databases with nothing but three fields.
func TestTheUsualOrder(t *testing.T) {
	t.Parallel()
	from, to := pgtest.Source(t), pgtest.EmptyApart(t)
	from.Exec(`CREATE TABLE items (id int PRIMARY KEY, name text); INSERT INTO items SELECT n, 'n' FROM generate_series(1, 50) n`)
	path := files(t, fmt.Sprintf("source: {dsn: '%s', slot: %s}\ntarget: {dsn: '%s'}\nwhitelist: whitelist.yaml\n",
		from.AdminDSN(), from.Name, to.AdminDSN()), goodList)
	said := func(want string, args ...string) {
		t.Helper()
		out, problems, code := syncer(t, append(args, "--config", path)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v: exit code %d: %s%s", args, code, out, problems)
		}
	}
	said("are valid: 1 tables", "validate")
	said("todo", "check")
	said("CREATE PUBLICATION", "plan")
	said(`"steps"`, "plan", "--json")
	if _, problems, code := syncer(t, "run", "--config", path); code != 2 || !strings.Contains(problems, "syncer init") {
		t.Errorf("run before init: %d %s", code, problems)
	}
	said("1 tables are loaded", "init")
	said("1 tables are loaded", "init") // again: nothing to do
	said("-- nothing to do", "plan")
	from.Exec(`UPDATE items SET name = 'changed'`)
	said("", "run", "--until-current")
	var n int
	if err := to.Pool.QueryRow(t.Context(), `SELECT count(*) FROM items WHERE name = 'changed'`).Scan(&n); err == nil && n != 50 {
		t.Errorf("%d of 50 rows arrived", n)
	}
	out, _, code := syncer(t, "status", "--json", "--config", path)
	var report map[string]any
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 1 || report["state"] != "stopped" {
		t.Errorf("status after the end: %d %s %v", code, out, err)
	}
	for _, field := range []string{"source_lsn", "applied_lsn", "lag_bytes", "lag_seconds", "last_message_at", "tables"} {
		if report[field] == nil {
			t.Errorf("status --json lacks %s", field)
		}
	}
}
