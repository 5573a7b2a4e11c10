// Package paths imports two lists that staff keep as tables: services that others give (catalogue.elsewhere), and the order in which
// the services of a life situation are applied for. Rows are added and updated, never removed; what staff have changed in
// pages stays theirs and is reported. The rest of a table is taken when a row cannot be.
//
// SQL is in store.go. It may import the packages of importing beside it and shared.
package paths

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/plain"
)

// Limits of a cell.
const (
	maxName  = 500
	maxWords = 4000
	maxCode  = 100
)

// Elsewhere is a service that others give, as catalogue.elsewhere keeps it.
type Elsewhere struct {
	Code, Name, NameEN, Words, Provider, ProviderEN, URL string
	Position                                             int
}

// Step is the place of a service on the path of a life situation; both are named by their codes.
type Step struct {
	Situation, Service, Note, NoteEN string
	Step                             int
}

// ImportElsewhere reads a table with the columns code, name, words, provider and, when there, name_en, provider_en, url, position.
func ImportElsewhere(ctx context.Context, db importing.DB, files fs.FS, name string, o importing.Options) (*report.Report, error) {
	r := &report.Report{}
	t, err := read(files, name, "code", "name", "words", "provider")
	if err != nil {
		return r, err
	}
	rows := map[string]*report.Row{}
	var list []Elsewhere
	for _, line := range t.Rows {
		c := cellsOf(t, line)
		row := r.Row(report.Service, name, line.Line, c["code"], c["name"])
		e := Elsewhere{c["code"], c["name"], c["name_en"], c["words"], c["provider"], c["provider_en"], c["url"], 100}
		if !fits(t, line, row) || !named(row, rows, e.Code, e.Name) || !short(row, c) {
			continue
		}
		if e.Provider == "" {
			row.Refuse("no_name", "provider", "")
			continue
		}
		if e.URL != "" && !plain.IsLink(e.URL) {
			row.Refuse("address_https", "url", e.URL)
			continue
		}
		if !number(row, "position", c["position"], &e.Position, 100_000) {
			continue
		}
		rows[e.Code] = row
		list = append(list, e)
	}
	event := audit.Entry{Action: "import.elsewhere", ObjectType: "import", ObjectID: name}
	err = importing.Transact(ctx, db, o, r, event, func(tx importing.Tx) error { return writeElsewhere(ctx, tx, list, rows, o) })
	return r, err
}

// ImportSteps reads a table with the columns situation, service, step and, when there, note and note_en. A service that does not belong
// to the situation yet is added to it.
func ImportSteps(ctx context.Context, db importing.DB, files fs.FS, name string, o importing.Options) (*report.Report, error) {
	r := &report.Report{}
	t, err := read(files, name, "situation", "service", "step")
	if err != nil {
		return r, err
	}
	rows := map[string]*report.Row{}
	var list []Step
	for _, line := range t.Rows {
		c := cellsOf(t, line)
		s := Step{Situation: c["situation"], Service: c["service"], Note: c["note"], NoteEN: c["note_en"], Step: 0}
		row := r.Row(report.Link, name, line.Line, s.key(), c["note"])
		if !fits(t, line, row) || !named(row, rows, s.key(), s.Service) || !short(row, c) || !number(row, "step", c["step"], &s.Step, 100) {
			continue
		}
		rows[s.key()] = row
		list = append(list, s)
	}
	event := audit.Entry{Action: "import.steps", ObjectType: "import", ObjectID: name}
	err = importing.Transact(ctx, db, o, r, event, func(tx importing.Tx) error { return writeSteps(ctx, tx, list, rows) })
	return r, err
}

func (s Step) key() string { return s.Situation + " " + s.Service }

// read finds the table; a file without one of the columns is not it.
func read(files fs.FS, name string, columns ...string) (*table.Table, error) {
	t, err := table.Read(files, name, table.Options{IsHeader: func(cells []string) bool {
		return slices.ContainsFunc(cells, func(c string) bool { return clean.Fold(c) == columns[0] })
	}})
	if err != nil {
		return nil, err
	}
	for _, column := range columns {
		if !slices.ContainsFunc(t.Header, func(h string) bool { return clean.Fold(h) == column }) {
			return nil, table.Broken(name, 0, "no column %q; the header has: %s", column, strings.Join(t.Header, ", "))
		}
	}
	return t, nil
}

// cellsOf are the cells of a line by the names of their columns, with blanks in order.
func cellsOf(t *table.Table, line table.Row) map[string]string {
	cells := map[string]string{}
	for i, h := range t.Header {
		if i < len(line.Cells) {
			text, _ := clean.Text(line.Cells[i])
			cells[clean.Fold(h)] = text
		}
	}
	return cells
}

func fits(t *table.Table, line table.Row, row *report.Row) bool {
	if !t.Fits(line) {
		row.Refuse("cells", "", strconv.Itoa(len(line.Cells)))
		return false
	}
	return true
}

// named refuses a row without a code or a name, and a code that has been.
func named(row *report.Row, before map[string]*report.Row, code, name string) bool {
	switch first := before[code]; {
	case strings.TrimSpace(code) == "" || len([]rune(code)) > 2*maxCode:
		row.Refuse("no_code", "code", "")
	case name == "":
		row.Refuse("no_name", "name", "")
	case first != nil:
		row.Refuse("duplicate_line", "code", strconv.Itoa(first.Line))
	default:
		return true
	}
	return false
}

// short refuses a row with a cell that is too long.
func short(row *report.Row, cells map[string]string) bool {
	for field, text := range cells {
		limit := maxName
		if field == "words" {
			limit = maxWords
		}
		if n := len([]rune(text)); n > limit {
			row.Refuse("too_long", field, fmt.Sprint(n))
			return false
		}
	}
	return true
}

// number reads a number from 1 to most; an empty cell keeps what into holds, unless that is 0.
func number(row *report.Row, field, text string, into *int, most int) bool {
	if text == "" && *into > 0 {
		return true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		row.Refuse("number_range", field, text)
		return false
	}
	*into = n
	return true
}
