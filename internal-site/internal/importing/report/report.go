// Package report keeps the account of an import: for every row of the source whether it was taken as it
// is, taken with changes (what, from, to) or refused (why), and what became of it in the database.
//
// Remarks carry codes; the words of both languages are in words/. The package decides nothing and knows no
// table. It may import shared/locale and the standard library.
package report

import (
	"cmp"
	"slices"
)

// Kind is what a row describes.
type Kind string

// Kinds of rows. Authorities and acts have no table of their own in a source: they are named by rows of others.
const (
	Unit      Kind = "unit"
	Service   Kind = "service"
	Category  Kind = "category"
	Authority Kind = "authority"
	Tag       Kind = "tag"
	Relation  Kind = "relation" // of a tag to the tag above it
	Link      Kind = "link"     // of a service to a tag
	Page      Kind = "page"
	Act       Kind = "act"
	Column    Kind = "column" // of a table, as a whole
)

// Kinds in the order of a summary.
var Kinds = []Kind{Unit, Service, Authority, Category, Tag, Relation, Link, Page, Act, Column}

// Outcome is what an import made of a row.
type Outcome string

// Outcomes. Noted remarks tell something without changing what happens to the row.
const (
	Taken   Outcome = "taken"
	Changed Outcome = "changed"
	Refused Outcome = "refused"
	Noted   Outcome = "noted"
)

// Stored is what became of a row in the database.
type Stored string

// What became of a row; "" for rows that are not kept as such.
const (
	Added   Stored = "added"
	Updated Stored = "updated"
	Same    Stored = "same"
	Kept    Stored = "kept" // staff have changed it since: left as it is
)

// Report is the account of one import. It is filled by one goroutine.
type Report struct {
	rows []*Row
}

// Row is the account of one row of the source. Line 0 means that the source has no such row: it was there
// before, or is a column.
type Row struct {
	File    string
	Line    int
	Kind    Kind
	ID      string
	Name    string
	Stored  Stored
	Remarks []Remark
}

// Remark is one thing to say of a row.
type Remark struct {
	Outcome Outcome
	Code    string // names the words
	Reason  string // replaces the words: the reason that a mapping gives
	Field   string
	From    string
	To      string
}

// Row begins the account of a row.
func (r *Report) Row(kind Kind, file string, line int, id, name string) *Row {
	row := &Row{File: file, Line: line, Kind: kind, ID: id, Name: name}
	r.rows = append(r.rows, row)
	return row
}

// Rows returns every row, in the order they were read.
func (r *Report) Rows() []*Row { return r.rows }

// Change says that field was repaired before it was taken.
func (r *Row) Change(code, field, from, to string) {
	r.Remarks = append(r.Remarks, Remark{Outcome: Changed, Code: code, Field: field, From: from, To: to})
}

// Refuse says that the row is not taken; value is what was wrong.
func (r *Row) Refuse(code, field, value string) {
	r.Remarks = append(r.Remarks, Remark{Outcome: Refused, Code: code, Field: field, From: value})
}

// RefuseFor is Refuse with a reason in the words of the mapping.
func (r *Row) RefuseFor(code, reason, field, value string) {
	r.Remarks = append(r.Remarks, Remark{Outcome: Refused, Code: code, Reason: reason, Field: field, From: value})
}

// Note says something that a person should know.
func (r *Row) Note(code, field, value string) {
	r.Remarks = append(r.Remarks, Remark{Outcome: Noted, Code: code, Field: field, From: value})
}

// Update says that the database had another value.
func (r *Row) Update(field, from, to string) {
	r.Stored = Updated
	r.Remarks = append(r.Remarks, Remark{Outcome: Noted, Code: "updated", Field: field, From: from, To: to})
}

// Outcome is the row's outcome as a whole.
func (r *Row) Outcome() Outcome {
	out := Taken
	for _, m := range r.Remarks {
		switch m.Outcome {
		case Refused:
			return Refused
		case Changed:
			out = Changed
		case Taken, Noted:
		}
	}
	return out
}

// said are the remarks that count: what was repaired in a row that is not taken is nobody's concern.
func (r *Row) said() []Remark {
	if r.Outcome() != Refused {
		return r.Remarks
	}
	return slices.DeleteFunc(slices.Clone(r.Remarks), func(m Remark) bool { return m.Outcome == Changed })
}

// Counts are the totals of one kind of rows.
type Counts struct {
	Kind    Kind `json:"kind"`
	Rows    int  `json:"rows"`
	Taken   int  `json:"taken"`
	Changed int  `json:"changed"`
	Refused int  `json:"refused"`
	Added   int  `json:"added"`
	Updated int  `json:"updated"`
	Same    int  `json:"same"`
	Kept    int  `json:"kept"`
}

// Group is how often one remark was made.
type Group struct {
	Kind    Kind    `json:"kind"`
	Outcome Outcome `json:"outcome"`
	Code    string  `json:"code"`
	Reason  string  `json:"reason,omitempty"`
	Rows    int     `json:"rows"`
}

// Summary is the report in numbers.
type Summary struct {
	Counts []Counts `json:"counts"`
	Groups []Group  `json:"groups"`
}

// Written is the number of rows that the import added or updated.
func (s Summary) Written() int {
	n := 0
	for _, c := range s.Counts {
		n += c.Added + c.Updated
	}
	return n
}

// Of returns the totals of one kind.
func (s Summary) Of(kind Kind) Counts {
	for _, c := range s.Counts {
		if c.Kind == kind {
			return c
		}
	}
	return Counts{Kind: kind}
}

// Count returns on how many rows of a kind the remark was made.
func (s Summary) Count(kind Kind, outcome Outcome, code string) int {
	n := 0
	for _, g := range s.Groups {
		if g.Kind == kind && g.Outcome == outcome && g.Code == code {
			n += g.Rows
		}
	}
	return n
}

// Summary counts the report.
func (r *Report) Summary() Summary {
	counts, groups := map[Kind]*Counts{}, map[Group]int{}
	for _, row := range r.rows {
		for g := range groupsOf(row) {
			groups[g]++
		}
		c := counts[row.Kind]
		if c == nil {
			c = &Counts{Kind: row.Kind}
			counts[row.Kind] = c
		}
		if row.Line > 0 { // others are remarks on what is not a row of the source
			c.add(row)
		}
	}
	var s Summary
	for _, k := range Kinds {
		if c := counts[k]; c != nil {
			s.Counts = append(s.Counts, *c)
		}
	}
	for g, n := range groups {
		g.Rows = n
		s.Groups = append(s.Groups, g)
	}
	slices.SortFunc(s.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(a.Outcome, b.Outcome),
			cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Reason, b.Reason))
	})
	return s
}

func (c *Counts) add(row *Row) {
	c.Rows++
	switch row.Outcome() {
	case Taken:
		c.Taken++
	case Changed:
		c.Changed++
	case Refused:
		c.Refused++
	case Noted:
	}
	switch row.Stored {
	case Added:
		c.Added++
	case Updated:
		c.Updated++
	case Same:
		c.Same++
	case Kept:
		c.Kept++
	}
}

// groupsOf returns the different remarks of a row: three repairs of one kind count as one row.
func groupsOf(row *Row) map[Group]bool {
	set := map[Group]bool{}
	for _, m := range row.said() {
		set[Group{Kind: row.Kind, Outcome: m.Outcome, Code: m.Code, Reason: m.Reason}] = true
	}
	return set
}
