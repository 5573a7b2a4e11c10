// Package katottg imports КАТОТТГ, the official codifier of administrative and territorial units, from the
// table that the ministry publishes. A row names its unit and all units above it, one in each column; some
// editions repeat a unit where a level does not exist (a city district right under a city).
//
// Rules are in parse.go, SQL in store.go.
package katottg

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/fault"
	"portal.example/shared/ukr"
)

// Unit is one administrative or territorial unit.
type Unit struct {
	Code     ukr.KATOTTG
	Parent   ukr.KATOTTG // "" at the first level
	Level    int
	Category ukr.Category
	Name     string
}

// maxRefused is the share of rows beyond which the file is not taken for an edition of the codifier.
const maxRefused = 0.05

// maxName is the longest name that is taken; the longest real one has 46 letters.
const maxName = 200

// headers are the names of the seven columns, folded, each with the variants in circulation.
var headers = [7][]string{
	{"перший рівень", "level1", "level 1", "first level"},
	{"другий рівень", "level2", "level 2", "second level"},
	{"третій рівень", "level3", "level 3", "third level"},
	{"четвертий рівень", "level4", "level 4", "fourth level"},
	{"додатковий рівень", "level5", "level 5", "additional level"},
	{"категорія обєкта", "категорія", "category", "object category"},
	{"назва обєкта", "назва", "name", "object name"},
}

const (
	levels   = 5
	category = 5 // position in headers
	name     = 6
)

// Source is a file of the codifier.
type Source struct {
	Files    fs.FS
	Name     string
	Encoding string // "" is UTF-8; see table.Options
	Sheet    string // of a workbook; "" is the first
}

// Read reads the file and returns the units that can be taken. Rows that cannot are refused in r; a file
// that is not the codifier is a fault.
func Read(src Source, r *report.Report, bar *progress.Bar) ([]Unit, error) {
	bar.Stage("read", 1)
	t, err := table.Read(src.Files, src.Name, table.Options{Encoding: src.Encoding, Sheet: src.Sheet, IsHeader: isHeader})
	if err != nil {
		return nil, err
	}
	bar.Add(1)
	order, err := columns(t)
	if err != nil {
		return nil, err
	}
	p := &parser{table: t, order: order, report: r, seen: map[ukr.KATOTTG]*record{}}
	bar.Stage("check", len(t.Rows))
	for _, row := range t.Rows {
		p.row(row)
		bar.Add(1)
	}
	return p.units()
}

func isHeader(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return slices.Contains(headers[0], fold(c)) })
}

func fold(s string) string {
	return strings.NewReplacer("'", "", "’", "", "_", " ").Replace(clean.Fold(s))
}

// columns finds the position of each of the seven columns; there may be no others.
func columns(t *table.Table) ([7]int, error) {
	var order [7]int
	for i, names := range headers {
		order[i] = slices.IndexFunc(t.Header, func(h string) bool { return slices.Contains(names, fold(h)) })
		if order[i] < 0 {
			return order, table.Broken(t.Name, 0, "not the codifier: no column %q; the header has: %s", names[0], strings.Join(t.Header, ", "))
		}
	}
	for i, h := range t.Header {
		if h != "" && !slices.Contains(order[:], i) {
			return order, table.Broken(t.Name, 0, "not the codifier: it has no column %q", h)
		}
	}
	if len(t.Rows) == 0 {
		return order, table.Broken(t.Name, 0, "no rows under the header")
	}
	return order, nil
}

// record is a row that has passed the checks that need no other row.
type record struct {
	unit  Unit
	above []ukr.KATOTTG // the units above, from the top, without repetitions
	row   *report.Row
}

type parser struct {
	table   *table.Table
	order   [7]int
	report  *report.Report
	records []*record
	seen    map[ukr.KATOTTG]*record
}

func (p *parser) row(r table.Row) {
	row := p.report.Row(report.Unit, p.table.Name, r.Line, "", "")
	if !p.table.Fits(r) {
		row.Refuse("cells", "", strconv.Itoa(len(r.Cells)))
		return
	}
	var cells [7]string
	for i, at := range p.order {
		cells[i] = r.Cells[at]
	}
	row.ID, row.Name = lastCell(cells[:levels]), strings.TrimSpace(cells[name])
	rec := &record{row: row}
	if !rec.codes(cells[:levels]) || !rec.category(cells[category]) || !rec.name(cells[name]) {
		return
	}
	if first := p.seen[rec.unit.Code]; first != nil {
		row.Refuse("duplicate_line", "", strconv.Itoa(first.row.Line))
		return
	}
	p.seen[rec.unit.Code] = rec
	p.records = append(p.records, rec)
}

func lastCell(cells []string) string {
	for _, c := range slices.Backward(cells) {
		if c = strings.TrimSpace(c); c != "" {
			return c
		}
	}
	return ""
}

// codes reads the five columns of levels.
func (rec *record) codes(cells []string) bool {
	var path []ukr.KATOTTG
	depth := 0
	for i, cell := range cells {
		field := headers[i][0]
		if strings.TrimSpace(cell) == "" {
			continue
		}
		if i != depth {
			rec.row.Refuse("level_gap", field, cell)
			return false
		}
		code, err := ukr.ParseKATOTTG(cell)
		if err != nil {
			rec.row.Refuse(fault.MessageKey(err), field, cell)
			return false
		}
		if string(code) != cell {
			rec.row.Change("code", field, cell, string(code))
		}
		if len(path) == 0 || path[len(path)-1] != code {
			path = append(path, code)
		}
		depth = i + 1
	}
	if depth == 0 {
		rec.row.Refuse("no_code", "", "")
		return false
	}
	return rec.place(path, depth)
}

// place checks that the digits of the code say what its column says.
func (rec *record) place(path []ukr.KATOTTG, depth int) bool {
	code, above := path[len(path)-1], path[:len(path)-1]
	rec.unit.Code, rec.unit.Level, rec.above = code, depth, above
	if code.Level() != depth {
		rec.row.Refuse("level_code", headers[depth-1][0], string(code))
		return false
	}
	if depth == 1 {
		return true
	}
	if len(above) == 0 {
		rec.row.Refuse("no_parent", "", string(code))
		return false
	}
	rec.unit.Parent = above[len(above)-1]
	if !code.Within(rec.unit.Parent) {
		rec.row.Refuse("not_within", "", string(rec.unit.Parent))
		return false
	}
	return true
}

func (rec *record) category(cell string) bool {
	c, err := ukr.ParseCategory(cell)
	if err != nil {
		rec.row.Refuse(fault.MessageKey(err), headers[category][0], cell)
		return false
	}
	if c.Level() != rec.unit.Level {
		rec.row.Refuse("category_level", headers[category][0], cell)
		return false
	}
	if string(c) != cell {
		rec.row.Change("code", headers[category][0], cell, string(c))
	}
	rec.unit.Category = c
	return true
}

func (rec *record) name(cell string) bool {
	text, repairs := clean.Text(cell)
	switch {
	case text == "":
		rec.row.Refuse("no_name", headers[name][0], "")
		return false
	case len([]rune(text)) > maxName:
		rec.row.Refuse("too_long", headers[name][0], fmt.Sprint(len([]rune(text))))
		return false
	case strings.ContainsRune(text, '\ufffd'):
		rec.row.Refuse("lost_characters", headers[name][0], text)
		return false
	}
	for _, repair := range repairs {
		rec.row.Change(string(repair), headers[name][0], cell, text)
	}
	rec.unit.Name, rec.row.Name = text, text
	return true
}

// units checks the records against each other, from the top down, and returns those that can be taken.
func (p *parser) units() ([]Unit, error) {
	slices.SortStableFunc(p.records, func(a, b *record) int { return a.unit.Level - b.unit.Level })
	taken := map[ukr.KATOTTG]*record{}
	var units []Unit
	for _, rec := range p.records {
		if parent := rec.unit.Parent; parent != "" {
			above := taken[parent]
			if above == nil {
				rec.row.Refuse("parent_missing", "", string(parent))
				continue
			}
			if !slices.Equal(rec.above[:len(rec.above)-1], above.above) {
				rec.row.Refuse("path", "", fmt.Sprint(rec.above))
				continue
			}
		}
		taken[rec.unit.Code] = rec
		units = append(units, rec.unit)
	}
	if refused := len(p.table.Rows) - len(units); float64(refused) > maxRefused*float64(len(p.table.Rows)) {
		return nil, table.Broken(p.table.Name, 0, "%d of %d rows cannot be taken (%s); this is not an edition of the codifier",
			refused, len(p.table.Rows), p.mostly())
	}
	return units, nil
}

// mostly is the commonest reason of refusal, for the person who has to find out.
func (p *parser) mostly() string {
	for _, g := range p.report.Summary().Groups {
		if g.Outcome == report.Refused {
			return fmt.Sprintf("mostly %s: %d", g.Code, g.Rows)
		}
	}
	return ""
}
