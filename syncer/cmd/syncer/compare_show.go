package main

import (
	"fmt"
	"strings"
	"time"

	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/terminal"
)

// printComparison shows the verdict, the tables, the keys, and the objects.
func (a *app) printComparison(r *compare.Report) {
	a.printf("%s  at %s, in %s\n\n", a.comparisonLine(r), r.LSN, terminal.Duration(time.Duration(r.Seconds*float64(time.Second))))
	columns := []terminal.Column{
		{Title: "table", Cut: true},
		{Title: "rows", Right: true},
		{Title: "missing", Right: true},
		{Title: "extra", Right: true},
		{Title: "different", Right: true},
		{Title: "result", Wrap: true},
	}
	rows := make([][]string, len(r.Tables))
	for i, t := range r.Tables {
		rows[i] = tableLine(t)
	}
	terminal.Table(a.out, columns, rows...)
	a.printKeys(r.Tables)
	a.printStore(r.Objects)
}

func (a *app) comparisonLine(r *compare.Report) string {
	switch {
	case !r.Equal:
		return a.out.Bad("DIFFERENT")
	case !r.Complete:
		return a.out.Warn("NOT COMPLETE")
	}
	return a.out.Good("EQUAL")
}

func tableLine(t compare.TableReport) []string {
	if t.State == compare.Skipped || t.State == compare.Failed {
		return []string{t.Name, "", "", "", "", string(t.State) + ": " + t.Reason}
	}
	result := string(t.State)
	if t.AtLeast {
		result = "different: more than these; load it anew with `syncer table resync " + t.Name + "`"
	}
	return []string{t.Name, terminal.Count(t.Rows), terminal.Count(t.Missing), terminal.Count(t.Extra), terminal.Count(t.Different), result}
}

func (a *app) printKeys(tables []compare.TableReport) {
	var rows [][]string
	for _, t := range tables {
		for _, k := range t.Keys {
			rows = append(rows, []string{t.Name, string(k.Kind), keyOf(t.KeyColumns, k.Key)})
		}
		if more := t.Total() - int64(len(t.Keys)); more > 0 && len(t.Keys) > 0 {
			rows = append(rows, []string{t.Name, "", "and " + terminal.Count(more) + " more; --keys shows more"})
		}
	}
	if len(rows) > 0 {
		a.printf("\n")
		terminal.Table(a.out, []terminal.Column{{Title: "table", Cut: true}, {Title: "row is"}, {Title: "key", Wrap: true}}, rows...)
	}
}

// keyOf formats a key as name=value.
func keyOf(columns []string, values []*string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		text := "NULL"
		if v != nil {
			text = *v
		}
		if strings.ContainsAny(text, " ,=\"") || text == "" || v != nil && text == "NULL" {
			text = fmt.Sprintf("%q", text)
		}
		parts[i] = columns[i] + "=" + text
	}
	return strings.Join(parts, ", ")
}

func (a *app) printStore(o *compare.Objects) {
	if o == nil {
		return
	}
	a.printf("\n")
	how := "found in the store, size compared"
	if o.Deep {
		how = "read, SHA-256 compared"
	}
	var rows [][]string
	line := func(state compare.ObjectState, n int64, what string) {
		if n > 0 || state == compare.ObjectReady {
			rows = append(rows, []string{string(state), terminal.Count(n), what})
		}
	}
	line(compare.ObjectReady, o.Ready, how)
	line(compare.ObjectWaiting, o.Waiting, "not copied yet; the syncer is about to")
	line(compare.ObjectDeleting, o.Deleting, "not removed yet; the syncer is about to")
	line(compare.ObjectFailed, o.Failed, "could not be copied; `syncer documents` says why")
	line(compare.ObjectMissing, o.Missing, "said to be here, but the store does not have it")
	line(compare.ObjectChanged, o.Different, "other size or bytes than the row says")
	line(compare.ObjectExtra, o.Extra, "named by no row")
	terminal.Table(a.out, []terminal.Column{{Title: "objects"}, {Title: "number", Right: true}, {Wrap: true}}, rows...)
	if len(o.Keys) == 0 {
		return
	}
	a.printf("\n")
	rows = nil
	for _, k := range o.Keys {
		rows = append(rows, []string{string(k.State), k.Key})
	}
	terminal.Table(a.out, []terminal.Column{{Title: "object is"}, {Title: "key", Wrap: true}}, rows...)
}
