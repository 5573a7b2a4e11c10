package pgtest_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/pgtest"
)

// What operators run by hand must work as it stands in deploy/: roles twice, the database once, settings and
// access rules without an error.
func TestDeployFilesAreAccepted(t *testing.T) {
	for _, node := range []string{"internal", "external"} {
		t.Run(node, func(t *testing.T) {
			c := pgtest.New(t, pgtest.Options{})
			psql(t, c, "-f", "../../deploy/sql/"+node+"-roles.sql")
			psql(t, c, "-f", "../../deploy/sql/"+node+"-roles.sql", "-f", "../../deploy/sql/database.sql")
			acl := psql(t, c, "-c", "select datacl from pg_database where datname = 'portal'")
			if strings.Contains(acl, "{=") || strings.Contains(acl, ",=") {
				t.Errorf("PUBLIC may connect: %s", acl)
			}
			use(t, c, node, "pg_hba")
			if wrong := psql(t, c, "-c", "select line_number, error from pg_hba_file_rules where error is not null and error not like '%SSL is disabled'"); wrong != "" {
				t.Errorf("pg_hba.%s.conf: %s", node, wrong)
			}
			use(t, c, node, "settings")
			if wrong := psql(t, c, "-c", "select name, error from pg_file_settings where error is not null and name not in ('listen_addresses', 'ssl', 'wal_level', 'max_replication_slots', 'max_wal_senders')"); wrong != "" {
				t.Errorf("%s.conf: %s", node, wrong)
			}
			known := psql(t, c, "-c", "select count(*) from pg_file_settings where sourcefile like '%/under_test.conf' and name in (select name from pg_settings)")
			lines := settingsIn(t, node)
			if strings.TrimSpace(known) != lines {
				t.Errorf("%s.conf: the server knows %s of %s settings", node, known, lines)
			}
		})
	}
}

// use puts a file of deploy/postgresql where the server can be asked about it; the server does not obey it.
func use(t *testing.T, c *pgtest.Cluster, node, what string) {
	t.Helper()
	source, target := "../../deploy/postgresql/pg_hba."+node+".conf", filepath.Join(c.DataDir(), "pg_hba.conf")
	if what == "settings" {
		source, target = "../../deploy/postgresql/"+node+".conf", filepath.Join(c.DataDir(), "under_test.conf")
	}
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, text, 0o644); err != nil { // the server's user reads it
		t.Fatal(err)
	}
	if what != "settings" {
		return
	}
	conf, err := os.OpenFile(filepath.Join(c.DataDir(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conf.WriteString("include 'under_test.conf'\n")
	if err := errors.Join(err, conf.Close()); err != nil {
		t.Fatal(err)
	}
}

func settingsIn(t *testing.T, node string) string {
	t.Helper()
	out, err := exec.Command("grep", "-c", "^[a-z]", "../../deploy/postgresql/"+node+".conf").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func psql(t *testing.T, c *pgtest.Cluster, args ...string) string {
	t.Helper()
	bin, err := pgtest.BinDir()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(bin, "psql"), append([]string{"-X", "-At", "-q", "-v", "ON_ERROR_STOP=1", "-d", c.DSN("postgres")}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("psql %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
