package ui

import (
	"fmt"
	"html/template"
	"reflect"
)

// DataTable is the pattern for rows of data: columns, each with its heading and the template that writes its
// cells. A page says once what a column is; the caption, scopes, the labels that a phone shows beside each
// value and the words for "nothing here" follow.
//
//	{{table (t "cases.caption") "cases" .Cases .
//	  (column "number" (t "cases.number") | asRowHeader | unbroken)
//	  (column "days" (t "cases.days") | asNumber)
//	| compact | whenEmpty (t "cases.none") | showTable}}
//
//	{{define "cases/cell/number"}}<a class="govuk-link" href="/cases/{{.Row.ID}}">{{.Row.Number}}</a>{{end}}
type DataTable struct {
	Caption        string
	CaptionClasses string // hidden from the eye when empty, for a table under a heading that says the same
	Area           string // cells are the templates AREA/cell/COLUMN
	Rows           any    // a slice
	Page           any    // handed to every cell beside its row
	Columns        []Column
	Empty          string
	Classes        string
	Wide           bool   // stays a table on a phone: two short columns, or controls that have labels of their own
	Headless       bool   // the columns need no names: days and their hours
	RowID          string // rows get the ids ROWID-0, ROWID-1 …, for links to them
	Step           int    // number of the row at which a process stands, from 1
	Foot           []FootRow
}

// Column is one column of a DataTable.
type Column struct {
	Name    string // of its cell template
	Heading Content
	Header  bool // its cells name the rows
	Number  bool // aligned to the right
	Classes string
}

// FootRow is a sum under a table: its name, and the value under the last columns.
type FootRow struct {
	Name  string
	Value any // text or HTML
	Span  int // how many columns the value takes, 1 when zero
}

// TableCell is what a cell template sees.
type TableCell struct {
	Row  any
	Page any
	I    int // from 0
	N    int // from 1
	// Column is the number of the column, for rows that are lists of values.
	Column int
}

// tables are the constructor and the modifiers of DataTable.
func tables() template.FuncMap {
	return template.FuncMap{
		"table": func(caption, area string, rows, page any, columns ...Column) DataTable {
			return DataTable{Caption: caption, Area: area, Rows: rows, Page: page, Columns: columns}
		},
		"column": newColumn,
		"withColumn": func(c Column, t DataTable) DataTable {
			t.Columns = append(t.Columns[:len(t.Columns):len(t.Columns)], c)
			return t
		},
		"asRowHeader": func(c Column) Column { c.Header = true; return c },
		"asNumber":    func(c Column) Column { c.Number = true; return c },
		"unbroken":    func(c Column) Column { c.Classes = join(c.Classes, "portal-nowrap"); return c },
		"narrowed":    func(class string, c Column) Column { c.Classes = join(c.Classes, class); return c },
		"compact":     func(t DataTable) DataTable { t.Classes = join(t.Classes, "portal-table--compact"); return t },
		"titled":      func(t DataTable) DataTable { t.CaptionClasses = "govuk-table__caption--m"; return t },
		"wide":        func(t DataTable) DataTable { t.Wide = true; return t },
		"headless":    func(t DataTable) DataTable { t.Headless, t.Wide = true, true; return t },
		"forEditing": func(rowID string, t DataTable) DataTable {
			t.Classes, t.Wide, t.RowID = join(t.Classes, "portal-table--edit"), true, rowID
			return t
		},
		"whenEmpty": func(text string, t DataTable) DataTable { t.Empty = text; return t },
		"atStep":    func(n int, t DataTable) DataTable { t.Step = n; return t },
		"withFoot": func(name string, value any, span int, t DataTable) DataTable {
			t.Foot = append(t.Foot[:len(t.Foot):len(t.Foot)], FootRow{name, value, span})
			return t
		},
	}
}

// newColumn makes a column; its heading is text or HTML.
func newColumn(name string, heading any) Column { return Column{Name: name, Heading: content(heading)} }

// showTable renders the table, or what it says when there are no rows.
func (c *Components) showTable(t DataTable, part func(string, any) (template.HTML, error)) (template.HTML, error) {
	rows := reflect.ValueOf(t.Rows)
	if rows.IsValid() && rows.Kind() != reflect.Slice && rows.Kind() != reflect.Array {
		return "", fmt.Errorf("table %q: rows are %T, want a slice", t.Caption, t.Rows)
	}
	if (!rows.IsValid() || rows.Len() == 0) && t.Empty != "" {
		return template.HTML(`<p class="govuk-body">` + template.HTMLEscapeString(t.Empty) + `</p>`), nil // #nosec G203 -- escaped
	}
	table := t.frame()
	for i := 0; rows.IsValid() && i < rows.Len(); i++ {
		cells, err := t.cells(TableCell{Row: rows.Index(i).Interface(), Page: t.Page, I: i, N: i + 1}, part)
		if err != nil {
			return "", err
		}
		table.Rows = append(table.Rows, cells)
		table.RowAttributes = append(table.RowAttributes, t.rowAttributes(i))
	}
	return c.render("table", table)
}

// frame is the table around the rows.
func (t DataTable) frame() Table {
	table := Table{Caption: t.Caption, CaptionClasses: t.CaptionClasses, Classes: t.Classes, Stack: !t.Wide}
	if t.CaptionClasses == "" {
		table.CaptionClasses = "govuk-visually-hidden"
	}
	for _, c := range t.Columns {
		if !t.Headless {
			table.Head = append(table.Head, Cell{Content: c.Heading, Format: c.format(), Classes: c.Classes})
		}
	}
	for _, f := range t.Foot {
		span := max(f.Span, 1)
		table.Foot = append(table.Foot, []Cell{
			{Content: Content{Text: f.Name}, Header: true, Colspan: len(t.Columns) - span},
			{Content: content(f.Value), Colspan: span, Format: t.Columns[len(t.Columns)-1].format()},
		})
	}
	return table
}

func (t DataTable) cells(at TableCell, part func(string, any) (template.HTML, error)) ([]Cell, error) {
	cells := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		at.Column = i
		html, err := part(t.Area+"/cell/"+c.Name, at)
		if err != nil {
			return nil, err
		}
		cells[i] = Cell{Content: Content{HTML: html}, Header: c.Header, Format: c.format(), Classes: c.Classes}
	}
	return cells, nil
}

func (t DataTable) rowAttributes(i int) Attributes {
	a := Attributes{}
	if t.RowID != "" {
		a["id"] = fmt.Sprintf("%s-%d", t.RowID, i)
	}
	if t.Step == i+1 {
		a["aria-current"] = "step"
	}
	return a
}

func (c Column) format() string {
	if c.Number {
		return "numeric"
	}
	return ""
}
