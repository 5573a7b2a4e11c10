package program_test

import (
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/shared/program"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func run(t *testing.T, dsn string, args ...string) (string, error) {
	t.Helper()
	files := fstest.MapFS{"001_first.sql": {Data: []byte("create table first (id int)")}}
	verb := program.Migrate(files, "public.schema_version", func(*cobra.Command) (string, error) { return dsn, nil })
	root := program.Root("portal", "for the test", verb)
	var out strings.Builder
	root.SetOut(&out)
	root.SetErr(io.Discard)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestMigrateSaysWhatItDid(t *testing.T) {
	db := pgtest.Empty(t)
	out, err := run(t, db.DSN, "migrate")
	if err != nil || !strings.Contains(out, "001_first.sql") || !strings.HasSuffix(out, "migrations applied: 1\n") {
		t.Fatalf("first: %q, %v", out, err)
	}
	if out, err = run(t, db.DSN, "migrate"); err != nil || out != "the schema is this release's already\n" {
		t.Fatalf("second: %q, %v", out, err)
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{"migrat"}, {"--colour"}, {"migrate", "--colour"}} {
		if _, err := run(t, "", args...); fault.ExitCode(err) != fault.ExitUsage || !strings.Contains(err.Error(), "--help") {
			t.Errorf("%v: %v", args, err)
		}
	}
	if _, err := run(t, "postgres://nobody@127.0.0.1:1/none", "migrate"); fault.ExitCode(err) != fault.ExitFailed {
		t.Errorf("unreachable: %v", err)
	}
}
