package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/internal-site/internal/scan/scantest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

const (
	codifierText = "Перший рівень;Другий рівень;Третій рівень;Четвертий рівень;Додатковий рівень;Категорія об’єкта;Назва об’єкта\n" +
		"UA01000000000013043;;;;;O;Степова \nUA01000000000013043;UA01020000000022387;;;;P;Лиманський\n"
	servicesText = "id;name\n1;Довідка \n2;_тест\n"
	mappingText  = "source: old\npublish: true\neffective_from: \"2020-01-15\"\nservices: {columns: {id: id, name: name}}\n" +
		"refuse:\n  - {table: services, field: name, pattern: '^_', reason: приховано}\n"
)

// node is a folder with a configuration and files to import, and a database.
type node struct {
	folder string
	db     *pgtest.Database
}

func newNode(t *testing.T) node {
	t.Helper()
	n := node{t.TempDir(), pgtest.Internal(t)}
	for name, text := range map[string]string{
		"site.yaml": fmt.Sprintf("database: {dsn: %q, owner_dsn: %q}\n", n.db.As("internal_site"), n.db.DSN),
		"k.csv":     codifierText, "s.csv": servicesText, "m.yaml": mappingText,
	} {
		n.write(t, name, text)
	}
	return n
}

func (n node) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(n.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (n node) path(name string) string { return filepath.Join(n.folder, name) }

func (n node) read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(n.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// run runs the command with {} in its arguments standing for the folder.
func (n node) run(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, log bytes.Buffer
	root := newRoot()
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{}", n.folder)
	}
	root.SetArgs(append([]string{"--config", n.path("site.yaml")}, args...))
	root.SetOut(&out)
	root.SetErr(&log)
	err = root.ExecuteContext(t.Context())
	return out.String(), log.String(), err
}

func count(t *testing.T, db *pgtest.Database, table string) int {
	t.Helper()
	var n int
	if err := db.Pool.QueryRow(t.Context(), `select count(*)::int from `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportKatottgCommand(t *testing.T) {
	n := newNode(t)
	out, log, err := n.run(t, "import", "katottg", "--file", "{}/k.csv", "--report", "{}/r.csv")
	if err != nil || !strings.Contains(out, "рядків 2: взято без змін 1, взято з виправленнями 1, не взято 0") ||
		!strings.Contains(out, "Повний звіт: "+n.path("r.csv")) || !strings.Contains(log, "Перевірка рядків: 2 за") {
		t.Fatalf("%v\n%s%s", err, out, log)
	}
	if r := n.read(t, "r.csv"); !strings.Contains(r, "k.csv;2;одиниця;UA01000000000013043;Степова;виправлено;додано;spaces;зайві пробіли прибрано;назва обєкта;Степова ;Степова\r\n") {
		t.Error(r)
	}
	if count(t, n.db, "org.units") != 2 {
		t.Error("units are missing")
	}
	out, _, err = n.run(t, "import", "katottg", "--file", "{}/k.csv", "--report", "{}/r2.json", "--language", "en")
	if err != nil || !strings.Contains(out, "nothing was changed") || strings.Count(n.read(t, "r2.json"), "\n") != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestImportServicesCommand(t *testing.T) {
	n := newNode(t)
	out, _, err := n.run(t, "import", "services", "--file", "{}/s.csv", "--mapping", "{}/m.yaml", "--report", "{}/r.csv", "--json")
	var got struct {
		Written int
		Report  string
		Counts  []struct {
			Kind                                 string
			Rows, Taken, Changed, Refused, Added int
		}
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if c := got.Counts[0]; got.Written != 1 || got.Report != n.path("r.csv") || c.Rows != 2 || c.Changed != 1 || c.Refused != 1 || c.Added != 1 {
		t.Errorf("%+v", got)
	}
	var actor string
	if err := n.db.Pool.QueryRow(t.Context(), `select actor from audit.events where action = 'import.services'`).Scan(&actor); err != nil || !strings.HasPrefix(actor, "import") {
		t.Errorf("%q, %v", actor, err)
	}
}

func TestImportCommandRefuses(t *testing.T) {
	n := newNode(t)
	n.write(t, "broken.csv", codifierText+"\"UA")
	n.write(t, "there.csv", "mine")
	n.write(t, "bad.yaml", mappingText+"publis: true\n")
	for name, c := range map[string]struct {
		args []string
		want string
		exit int
	}{
		"no file":        {[]string{"import", "katottg"}, "--file is missing", fault.ExitUsage},
		"no mapping":     {[]string{"import", "services", "--file", "{}/s.csv"}, "--mapping is missing", fault.ExitUsage},
		"bad mapping":    {[]string{"import", "services", "--file", "{}/s.csv", "--mapping", "{}/bad.yaml"}, `did you mean "publish"`, fault.ExitUsage},
		"language":       {[]string{"import", "katottg", "--file", "{}/k.csv", "--language", "de"}, "--language: want uk or en", fault.ExitUsage},
		"encoding":       {[]string{"import", "katottg", "--file", "{}/k.csv", "--encoding", "koi8"}, "--encoding: want utf-8 or windows-1251", fault.ExitUsage},
		"no such folder": {[]string{"import", "katottg", "--file", "{}/none/k.csv"}, "--file: ", fault.ExitUsage},
		"report exists":  {[]string{"import", "katottg", "--file", "{}/k.csv", "--report", "{}/there.csv"}, "there.csv exists; name another file", fault.ExitUsage},
		"report's name":  {[]string{"import", "katottg", "--file", "{}/k.csv", "--report", "{}/r.txt"}, "ends in .csv or .json", fault.ExitUsage},
		"no such file":   {[]string{"import", "katottg", "--file", "{}/none.csv", "--report", "{}/new.csv"}, "none.csv: cannot be opened", fault.ExitFailed},
		"broken file":    {[]string{"import", "katottg", "--file", "{}/broken.csv", "--report", "{}/new.csv"}, "broken.csv, line 4: a quoted field begins here", fault.ExitFailed},
	} {
		_, _, err := n.run(t, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.ExitCode(err) != c.exit {
			t.Errorf("%s: %v (exit %d); want %q, %d", name, err, fault.ExitCode(err), c.want, c.exit)
		}
	}
	if n.read(t, "there.csv") != "mine" {
		t.Error("a file was overwritten")
	}
	if _, err := os.Stat(n.path("new.csv")); err == nil {
		t.Error("the report of an import that did not happen was left behind")
	}
	if count(t, n.db, "org.units") != 0 || count(t, n.db, "catalogue.services") != 0 {
		t.Error("something was imported")
	}
}

func TestImportCommandWithoutDatabase(t *testing.T) {
	n := newNode(t)
	n.write(t, "site.yaml", "database: {dsn: \"postgres://nobody@127.0.0.1:1/none\"}\n")
	_, _, err := n.run(t, "import", "katottg", "--file", "{}/k.csv", "--report", "{}/new.csv")
	if !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
	if _, err := os.Stat(n.path("new.csv")); err == nil {
		t.Error("a report without an import")
	}
}

// Files that are imported are scanned like those that are uploaded, and none is taken while the scanner is away.
func TestImportScansItsFiles(t *testing.T) {
	n := newNode(t)
	config := n.read(t, "site.yaml")
	scanner := scantest.Clamd(t)
	n.write(t, "site.yaml", config+fmt.Sprintf("scanner: {address: %q}\n", scanner))
	n.write(t, "bad.csv", codifierText+scantest.EICAR+"\n")
	if _, _, err := n.run(t, "import", "katottg", "--file", "{}/bad.csv", "--report", "{}/bad-report.csv"); !strings.Contains(fmt.Sprint(err), "malware") {
		t.Errorf("malware: %v", err)
	}
	if _, _, err := n.run(t, "import", "katottg", "--file", "{}/k.csv", "--report", "{}/report.csv"); err != nil || count(t, n.db, "org.units") != 2 {
		t.Errorf("a clean file: %v", err)
	}
	n.write(t, "site.yaml", config+fmt.Sprintf("scanner: {address: %q}\n", n.path("nothing.sock")))
	if _, _, err := n.run(t, "import", "services", "--file", "{}/s.csv", "--mapping", "{}/m.yaml", "--report", "{}/s-report.csv"); err == nil {
		t.Error("imported while the scanner is away")
	}
	if count(t, n.db, "catalogue.services") != 0 {
		t.Error("a service was written")
	}
}

func TestImportDryRun(t *testing.T) {
	n := newNode(t)
	out, _, err := n.run(t, "import", "katottg", "--file", "{}/k.csv", "--report", "{}/r.csv", "--dry-run")
	if err != nil || !strings.Contains(out, "Це була перевірка") || !strings.Contains(out, "додано 2") || count(t, n.db, "org.units") != 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
