package katottg_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/katottg"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/pgtest"
)

var options = importing.Options{By: audit.System("test"), Now: time.Now, NewID: uuid.New}

func load(t *testing.T, db *pgtest.Database, files fs.FS, name string, o importing.Options) (report.Summary, error) {
	t.Helper()
	r, err := katottg.Import(t.Context(), db.Pool, katottg.Source{Files: files, Name: name}, o)
	return r.Summary(), err
}

func text(s string) fs.FS { return fstest.MapFS{"k.csv": {Data: []byte(s)}} }

// state is every row with the transaction that wrote it last: equal states mean that nothing was touched.
func state(t *testing.T, db *pgtest.Database) string {
	t.Helper()
	var s string
	err := db.Pool.QueryRow(t.Context(), `
		select coalesce((select string_agg(u.xmin::text || u::text, E'\n' order by code) from org.units u), '') ||
		       (select count(*) from audit.events)`).Scan(&s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestImportTwiceChangesNothing(t *testing.T) {
	db := pgtest.Internal(t)
	s, err := load(t, db, text(header+consist), "k.csv", options)
	if err != nil || s.Of(report.Unit).Added != 6 {
		t.Fatalf("%+v, %v", s, err)
	}
	before := state(t, db)
	if !strings.HasSuffix(before, "1") {
		t.Errorf("no event in the trail: %s", before)
	}
	s, err = load(t, db, text(header+consist), "k.csv", options)
	if err != nil || s.Written() != 0 || s.Of(report.Unit).Same != 6 {
		t.Errorf("%+v, %v", s, err)
	}
	if after := state(t, db); after != before {
		t.Errorf("touched:\n%s\n%s", before, after)
	}
}

func TestImportUpdatesOnlyWhatChanged(t *testing.T) {
	db := pgtest.Internal(t)
	if _, err := load(t, db, text(header+consist), "k.csv", options); err != nil {
		t.Fatal(err)
	}
	before := strings.Split(state(t, db), "\n")
	s, err := load(t, db, text(header+strings.Replace(consist, "C;Андріївка", "X;Нова Андріївка", 1)), "k.csv", options)
	if err != nil || s.Of(report.Unit).Updated != 1 || s.Of(report.Unit).Same != 5 {
		t.Fatalf("%+v, %v", s, err)
	}
	after, changed := strings.Split(state(t, db), "\n"), 0
	for i := range before {
		if before[i] != after[i] && i < len(before)-1 { // the last line ends in the number of events
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d rows touched", changed)
	}
}

func TestImportKeepsUnitsThatAreGone(t *testing.T) {
	db := pgtest.Internal(t)
	if _, err := load(t, db, text(header+consist), "k.csv", options); err != nil {
		t.Fatal(err)
	}
	s, err := load(t, db, text(header+strings.Replace(consist, village, "", 1)), "k.csv", options)
	if err != nil || s.Count(report.Unit, report.Noted, "gone") != 1 || s.Written() != 0 || s.Of(report.Unit).Rows != 5 {
		t.Errorf("%+v, %v", s, err)
	}
	if n := strings.Count(state(t, db), "UA01020010010075540"); n != 1 {
		t.Errorf("the unit is there %d times", n)
	}
}

func TestNothingChangesWhenItCannot(t *testing.T) {
	db := pgtest.Internal(t)
	if _, err := load(t, db, text(header+consist), "k.csv", options); err != nil {
		t.Fatal(err)
	}
	before := state(t, db)
	changed := header + strings.Replace(consist, "Андріївка", "Інша назва", 1)
	full := errors.New("disk full")
	noReport, dry := options, options
	noReport.Keep = func(*report.Report) error { return full }
	dry.DryRun = true
	for name, c := range map[string]struct {
		text string
		o    importing.Options
		want error
		ok   bool
	}{
		"a quoted field is cut off": {text: changed + "\"UA02", o: options},
		"the report cannot be kept": {text: changed, o: noReport, want: full},
		"a dry run":                 {text: changed, o: dry, ok: true},
	} {
		s, err := load(t, db, text(c.text), "k.csv", c.o)
		if (err == nil) != c.ok || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && s.Of(report.Unit).Updated != 1 {
			t.Errorf("%s reports %+v", name, s)
		}
		if after := state(t, db); after != before {
			t.Errorf("%s changed the database", name)
		}
	}
}

func TestTwoImportsAtOnceAreKeptApart(t *testing.T) {
	db := pgtest.Internal(t)
	o := options
	o.Keep = func(*report.Report) error { // while the first one is still in its transaction
		if _, err := load(t, db, text(header+consist), "k.csv", options); err == nil || !strings.Contains(err.Error(), "another import is running") {
			t.Errorf("the second import: %v", err)
		}
		return nil
	}
	if _, err := load(t, db, text(header+consist), "k.csv", o); err != nil {
		t.Error(err)
	}
}

// mostLog is far below half of the room that deploy/postgresql/internal.conf leaves a slot (max_slot_wal_keep_size = 16GB): an
// import is one transaction, and the syncer gets none of it before it ends.
const mostLog = 128 << 20

const (
	realFolder = "../../../../../shared/data/katottg"
	realFile   = "kodifikator-16-05-2025.csv"
	realUnits  = 31748
)

func realCodifier(t *testing.T) fs.FS {
	t.Helper()
	if _, err := os.Stat(realFolder + "/" + realFile); err != nil {
		t.Skip("the official codifier is not here: ../shared/data/katottg")
	}
	return os.DirFS(realFolder)
}

// TestRealCodifier imports the official file twice, from CSV and from a workbook made of it.
func TestRealCodifier(t *testing.T) {
	files, db := realCodifier(t), pgtest.Internal(t)
	began, written := time.Now(), db.LogWritten()
	s, err := load(t, db, files, realFile, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d units in %s", realUnits, time.Since(began).Round(time.Millisecond))
	if wrote := db.LogWritten() - written; wrote > mostLog {
		t.Errorf("wrote %d MiB of log, want at most %d", wrote>>20, mostLog>>20)
	} else {
		t.Logf("wrote %d MiB of log", wrote>>20)
	}
	want := report.Counts{Kind: report.Unit, Rows: realUnits, Taken: 31429, Changed: 319, Added: realUnits}
	if got := s.Of(report.Unit); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if n := s.Count(report.Unit, report.Changed, "spaces"); n != 319 {
		t.Errorf("%d names had spaces at the end, want 319", n)
	}
	checkRealUnits(t, db)
	before := state(t, db)
	for name, again := range map[string]fs.FS{realFile: files, "k.xlsx": fstest.MapFS{"k.xlsx": {Data: asWorkbook(t, files)}}} {
		s, err := load(t, db, again, name, options)
		if err != nil || s.Of(report.Unit).Same != realUnits || s.Written() != 0 {
			t.Errorf("%s again: %+v, %v", name, s.Of(report.Unit), err)
		}
	}
	if state(t, db) != before {
		t.Error("importing again touched something")
	}
}

func checkRealUnits(t *testing.T, db *pgtest.Database) {
	t.Helper()
	rows, err := db.Pool.Query(t.Context(), `select level || category, count(*) from org.units group by 1 order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var kind string
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d", kind, n))
	}
	want := "1K 2, 1O 25, 2P 136, 3H 1772, 4C 27237, 4M 461, 4X 2007, 5B 108"
	if strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	var orphans, padded int
	err = db.Pool.QueryRow(t.Context(), `select count(*) filter (where level > 1 and parent_code is null), count(*) filter (where name <> trim(name))
		from org.units`).Scan(&orphans, &padded)
	if err != nil || orphans != 0 || padded != 0 {
		t.Errorf("%d without parents, %d with spaces, %v", orphans, padded, err)
	}
}

// asWorkbook writes the CSV as the ministry's XLSX looks: titles first, then the table.
func asWorkbook(t *testing.T, files fs.FS) []byte {
	t.Helper()
	tab, err := table.Read(files, realFile, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	put := func(line int, cells []string) {
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = c
		}
		if err := w.SetRow(fmt.Sprintf("A%d", line), row); err != nil {
			t.Fatal(err)
		}
	}
	put(1, []string{"Кодифікатор адміністративно-територіальних одиниць"})
	put(3, tab.Header)
	for i, r := range tab.Rows {
		put(i+4, r.Cells)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
