package services_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/services"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/pgtest"
)

// mostLog is far below half of the room that deploy/postgresql/internal.conf leaves a slot (max_slot_wal_keep_size = 16GB): an
// import is one transaction, and the syncer gets none of it before it ends.
const mostLog = 128 << 20

const (
	exampleMapping = "../../../../deploy/import/igov.yaml"
	realFolder     = "../../../../../shared/data/igov"
)

func realSource(t *testing.T) services.Source {
	t.Helper()
	if _, err := os.Stat(realFolder + "/Service.csv"); err != nil {
		t.Skip("the real catalogue is not here: ../shared/data/igov")
	}
	m, err := services.LoadMapping(exampleMapping)
	if err != nil {
		t.Fatal(err)
	}
	return services.Source{Files: os.DirFS(realFolder), Name: "Service.csv", Mapping: m}
}

// refusedRows explains every row of the real catalogue that is not taken.
var refusedRows = map[string]int{
	"вільний номер без послуги": 235, // «_можно занимать»
	"тестова послуга":           75,  // _test_…, _doc_test_…, _system_feedback
	"назви немає":               18,  // only underscores
	"послугу приховано в джерелі (назва починається з «_»)": 30,
	"суб’єкт надання — тестова служба":                      2, // 22 and 147, real names under the operator of tests
}

func TestRealCatalogue(t *testing.T) {
	src, db := realSource(t), pgtest.Internal(t)
	began, written := time.Now(), db.LogWritten()
	s := load(t, db, src)
	t.Logf("imported in %s", time.Since(began).Round(time.Millisecond))
	if wrote := db.LogWritten() - written; wrote > mostLog {
		t.Errorf("wrote %d MiB of log, want at most %d", wrote>>20, mostLog>>20)
	} else {
		t.Logf("wrote %d MiB of log", wrote>>20)
	}
	checkRealCounts(t, s)
	checkRealCatalogue(t, db)

	before := state(t, db)
	for name, again := range map[string]services.Source{"CSV": src, "XLSX": inWorkbook(t, src)} {
		s := load(t, db, again)
		if n := touched(before, state(t, db)); len(n) > 0 || s.Written() != 0 {
			t.Errorf("%s again: touched %v, reported %+v", name, n, s.Counts)
		}
	}
}

func checkRealCounts(t *testing.T, s report.Summary) {
	t.Helper()
	for _, want := range []report.Counts{
		{Kind: report.Service, Rows: 1426, Taken: 873, Changed: 193, Refused: 360, Added: 1066},
		{Kind: report.Authority, Rows: 73, Taken: 73, Added: 73},
		{Kind: report.Category, Rows: 27, Taken: 25, Refused: 2, Added: 25},
		{Kind: report.Tag, Rows: 67, Taken: 41, Refused: 26, Added: 41},
		{Kind: report.Relation, Rows: 52, Taken: 52},
		{Kind: report.Link, Rows: 1501, Taken: 514, Refused: 987},
		{Kind: report.Page, Rows: 367, Taken: 150, Changed: 179, Refused: 38},
		{Kind: report.Act, Rows: 42, Taken: 42, Added: 42},
	} {
		if got := s.Of(want.Kind); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	reasons := 0
	for _, g := range s.Groups {
		if g.Kind != report.Service || g.Outcome != report.Refused {
			continue
		}
		reasons++
		if refusedRows[g.Reason] != g.Rows {
			t.Errorf("%d rows refused for %q, want %d", g.Rows, g.Reason, refusedRows[g.Reason])
		}
	}
	if reasons != len(refusedRows) {
		t.Errorf("%d reasons, want %d", reasons, len(refusedRows))
	}
	for code, want := range map[string]int{"spaces": 78, "apostrophe": 77, "quotes": 2, "letters": 10, "corrected": 42, "spelling": 2} {
		if got := s.Count(report.Service, report.Changed, code); got != want {
			t.Errorf("%s: %d services, want %d", code, got, want)
		}
	}
	if s.Count(report.Service, report.Noted, "same_name") != 14 || s.Count(report.Service, report.Noted, "page_missing") != 3 ||
		s.Count(report.Page, report.Refused, "page_unmarked") != 11 || s.Count(report.Page, report.Noted, "act_differs") != 1 {
		t.Errorf("%+v", s.Groups)
	}
}

func checkRealCatalogue(t *testing.T, db *pgtest.Database) {
	t.Helper()
	for sql, want := range map[string]int{
		`select count(*)::int from catalogue.services where published and source = 'igov'`:                                                                        1066,
		`select count(*)::int from catalogue.cards where published and number = 1`:                                                                                1066,
		`select count(*)::int from catalogue.services where name ~ '^_' or name ~* 'можно занимать|_test'`:                                                        0,
		`select count(*)::int from catalogue.services where name <> btrim(name) or name ~ '  |[''` + "`" + `]'`:                                                   0,
		`select count(*)::int from catalogue.services where name ~ '[а-яіїєґ][a-z]|[a-z][а-яіїєґ]'`:                                                               0,
		`select count(*)::int from catalogue.cards where content -> 'description' ->> 'uk' ~* '<(script|style|img|form|font|div|span)|javascript:| lang='`:        0,
		`select count(*)::int from catalogue.cards where (content -> 'term' ->> 'days')::int <> -1 or not (content -> 'fee' ->> 'not_stated')::boolean`:           0,
		`select count(*)::int from catalogue.cards where content -> 'description' ->> 'uk' <> ''`:                                                                 309,
		`select count(*)::int from catalogue.cards where jsonb_array_length(content -> 'acts') > 0`:                                                               16,
		`select count(*)::int from catalogue.services s where applicant_types = '{entrepreneur,entity}' and authority_id is not null and category_id is not null`: 662,
	} {
		if got := one[int](t, db, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if got := one[string](t, db, `select name from catalogue.services where code = 'igov-1'`); got != "Довідка про відсутність або наявність судимості" {
		t.Error(got)
	}
	_, card := currentCard(t, db, "igov-49")
	if len(card.Acts) != 8 || card.Acts[0].Note.UK != "стаття 19" || !strings.Contains(card.Description.UK, "<h3>Правові підстави</h3>") {
		t.Errorf("%d acts: %+v\n%s", len(card.Acts), card.Acts, card.Description.UK)
	}
	if safe := clean.Policy().Sanitize(card.Description.UK); safe != card.Description.UK {
		t.Error("the description does not pass the policy unchanged")
	}
}

// inWorkbook is the same source with its services in XLSX.
func inWorkbook(t *testing.T, src services.Source) services.Source {
	t.Helper()
	tab, err := table.Read(src.Files, src.Name, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, cells := range append([]table.Row{{Cells: tab.Header}}, tab.Rows...) {
		row := cells.Cells
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	src.Name = "Service.xlsx"
	src.Files = overlay{src.Files, fstest.MapFS{src.Name: {Data: b.Bytes()}}}
	return src
}

// overlay is a folder with another one over it.
type overlay struct{ below, above fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	if f, err := o.above.Open(name); err == nil && name != "." {
		return f, nil
	}
	return o.below.Open(name)
}
