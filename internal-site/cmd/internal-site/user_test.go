package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

// commandLine runs the program as a terminal would, on a database of its own.
type commandLine struct {
	t      *testing.T
	config string
	db     *pgtest.Database
}

func newCommandLine(t *testing.T) commandLine {
	t.Helper()
	db := pgtest.Internal(t)
	db.Exec(`insert into org.centres (id, code, name) values (gen_random_uuid(), '01', 'ЦНАП')`)
	path := filepath.Join(t.TempDir(), "internal-site.yaml")
	yaml := fmt.Sprintf("database: {dsn: %q}\nobjects: {endpoint: \"127.0.0.1:1\"}\n", db.As("internal_site"))
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return commandLine{t, path, db}
}

func (c commandLine) run(stdin string, args ...string) (string, error) {
	root := newRoot()
	var out bytes.Buffer
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append(args, "--config", c.config))
	err := root.ExecuteContext(c.t.Context())
	return out.String(), err
}

func TestUserCommands(t *testing.T) {
	c := newCommandLine(t)
	const good = "синій кит пливе\n"
	for _, step := range []struct {
		stdin string
		args  string
		says  string // in the output or the error
		exit  int
	}{
		{good, "user add O.Koval --name=Коваль --password-stdin", "added o.koval", fault.ExitOK},
		{good, "user add o.koval --name=Коваль --password-stdin", "taken", fault.ExitFailed},
		{"коротко\n", "user add second --name=Друга --password-stdin", "at least 12", fault.ExitFailed},
		{good, "user add ім'я --name=Третя --password-stdin", "Latin letters", fault.ExitUsage},
		{good, "user add fourth --password-stdin", "--name", fault.ExitUsage},
		{"", "user grant o.koval king", "user groups", fault.ExitUsage},
		{"", "user grant o.koval administrator", "--centre", fault.ExitUsage},
		{"", "user grant o.koval administrator --centre=99", "there are: 01", fault.ExitFailed},
		{"", "user grant o.koval administrator --centre=01", "grant administrator", fault.ExitOK},
		{"", "user grant o.koval regional_manager --centre=01", "whole region", fault.ExitUsage},
		{"", "user groups", "portal_administrator", fault.ExitOK},
		{"", "user list", "administrator@01", fault.ExitOK},
		{"", "user revoke o.koval administrator --centre=01", "revoke administrator", fault.ExitOK},
		{"", "user revoke o.koval administrator --centre=01", "not in the group", fault.ExitFailed},
		{"", "user block o.koval", "blocked o.koval", fault.ExitOK},
		{"", "user list", "blocked", fault.ExitOK},
		{"", "user unblock o.koval", "unblocked o.koval", fault.ExitOK},
		{"зелений кит пливе\n", "user reset-password o.koval --password-stdin", "asked to change", fault.ExitOK},
		{"", "user reset-factors o.koval", "no second factor any more", fault.ExitOK},
		{"", "user block nobody", `no account "nobody"`, fault.ExitFailed},
		{"", "user block", "want the login", fault.ExitUsage},
	} {
		out, err := c.run(step.stdin, strings.Fields(step.args)...)
		if err != nil {
			out += err.Error()
		}
		if !strings.Contains(out, step.says) || fault.ExitCode(err) != step.exit {
			t.Errorf("%s: exit %d, %q", step.args, fault.ExitCode(err), out)
		}
		if strings.Contains(out, "кит пливе") {
			t.Errorf("%s shows a password", step.args)
		}
	}
	var trail string
	err := c.db.Pool.QueryRow(t.Context(), `select string_agg(action, ' ' order by id) from audit.events where actor like 'command line%'`).Scan(&trail)
	const want = "access.user.add access.user.grant access.user.revoke access.user.block access.user.unblock access.user.reset_password access.user.reset_factors"
	if err != nil || trail != want {
		t.Errorf("the trail has %q, %v", trail, err)
	}
}

func TestValidate(t *testing.T) {
	c := newCommandLine(t)
	if out, err := c.run("", "validate"); err != nil || !strings.Contains(out, "valid") {
		t.Errorf("%q, %v", out, err)
	}
	for yaml, says := range map[string]string{
		"database: {dsn: \"postgres://x@y/z\"}\nobjects: {endpoint: e}\nlisten: nowhere\n": "host:port",
		"objects: {endpoint: e}\n":                                                    "database.dsn",
		"database: {dsn: \"postgres://x@y/z\"}\n":                                     "objects.endpoint",
		"database: {dsn: \"postgres://x@y/z\"}\nobjects: {endpoint: e}\nlisen: a:1\n": `did you mean "listen"`,
		"database: {dsn: \"host=a port=secret\"}\nobjects: {endpoint: e}\n":           "database address",
	} {
		if err := os.WriteFile(c.config, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := c.run("", "validate")
		if err == nil || !strings.Contains(err.Error(), says) || fault.ExitCode(err) != fault.ExitUsage || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %q, %v", yaml, out, err)
		}
	}
}
