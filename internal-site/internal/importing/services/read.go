package services

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/ukr"
)

// Limits of single values.
const (
	maxName  = 1000 // the longest real name has about 450 letters
	maxValue = 10_000
)

// Source is the file of services, the files beside it, and what they mean.
type Source struct {
	Files   fs.FS
	Name    string
	Mapping *Mapping
}

// reader turns a source into a Catalogue.
type reader struct {
	Source
	report *report.Report
	bar    *progress.Bar
	cat    Catalogue

	categories  map[string]*Category // by Key; nil when refused
	tags        map[string]*Situation
	hidden      map[string]bool // tags that a rule refused
	authorities map[string]*Authority
	services    map[string]*Service // by Key; nil when refused
	acts        map[string]*Act
}

// Read reads a source. Rows that cannot be taken are refused in r; a source that is broken is a fault.
func Read(src Source, r *report.Report, bar *progress.Bar) (*Catalogue, error) {
	rd := &reader{
		Source: src, report: r, bar: bar,
		categories: map[string]*Category{}, tags: map[string]*Situation{}, hidden: map[string]bool{},
		authorities: map[string]*Authority{}, services: map[string]*Service{}, acts: map[string]*Act{},
	}
	bar.Stage("read", src.Mapping.tables())
	for _, step := range []func() error{rd.readCategories, rd.readSubcategories, rd.readTags, rd.readServices, rd.readTagLinks, rd.readPages} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	rd.noteSameNames()
	rd.dropUnusedSituations()
	return &rd.cat, nil
}

// view is a table whose columns are known by the mapping's field names.
type view struct {
	*table.Table
	name   string // services, categories …: what rules call it
	fields []string
	at     map[string]int
}

// open reads a table and finds the columns that the mapping names. Columns that nobody asked for are noted.
func (rd *reader) open(name string, s Sheet, columns map[string]string) (*view, error) {
	file := s.File
	if file == "" {
		file = rd.Name
	}
	t, err := table.Read(rd.Files, file, table.Options{Encoding: rd.Mapping.Encoding, Delimiter: rd.Mapping.delimiter, Sheet: s.Sheet})
	if err != nil {
		return nil, err
	}
	v := &view{Table: t, name: name, at: map[string]int{}}
	for field, column := range columns {
		if column == "" {
			continue
		}
		if v.at[field], err = t.Column(column); err != nil {
			return nil, err
		}
		v.fields = append(v.fields, field)
	}
	slices.Sort(v.fields)
	rd.noteUnused(v)
	return v, nil
}

func (rd *reader) noteUnused(v *view) {
	for i, h := range v.Header {
		used := false
		for _, at := range v.at {
			used = used || at == i
		}
		if !used && h != "" {
			rd.report.Row(report.Column, v.Name, 0, h, "").Note("column_unused", h, "")
		}
	}
}

// record is one row with its values cleaned and corrected, by field.
type record struct {
	row    *report.Row
	values map[string]string
	hidden bool // a rule refused it
}

// textFields hold words for people; other fields hold codes, of which only the ends are trimmed.
var textFields = []string{"name", "name_en", "authority", "summary", "keywords"}

var sourceID = regexp.MustCompile(`^[0-9A-Za-z._/-]{1,64}$`)

// read cleans a row and applies the mapping's corrections and refusals. It returns false when the row is refused.
func (rd *reader) read(v *view, kind report.Kind, r table.Row) (record, bool) {
	rec := record{row: rd.report.Row(kind, v.Name, r.Line, "", ""), values: map[string]string{}}
	if !v.Fits(r) {
		rec.row.Refuse("cells", "", strconv.Itoa(len(r.Cells)))
		return rec, false
	}
	for _, field := range v.fields {
		if !rec.take(field, r.Cells[v.at[field]]) {
			return rec, false
		}
	}
	rd.correct(v.name, rec)
	rec.row.ID, rec.row.Name = rec.values["id"], rec.values["name"]
	if rd.refused(v.name, &rec) {
		return rec, false
	}
	_, hasID := v.at["id"]
	switch {
	case hasID && !sourceID.MatchString(rec.values["id"]):
		rec.row.Refuse("bad_id", "id", rec.values["id"])
		return rec, false
	case hasID && rec.values["name"] == "":
		rec.row.Refuse("no_name", "name", "")
		return rec, false
	}
	return rec, true
}

func (rec record) take(field, raw string) bool {
	text, repairs := strings.TrimSpace(raw), []clean.Repair(nil)
	limit := maxValue
	if slices.Contains(textFields, field) {
		text, repairs = clean.Text(raw)
	} else if text != raw {
		repairs = []clean.Repair{clean.Spaces}
	}
	if field == "name" || field == "authority" {
		limit = maxName
	}
	rec.values[field] = text
	switch {
	case strings.ContainsRune(text, '\ufffd'):
		rec.row.Refuse("lost_characters", field, text)
		return false
	case len([]rune(text)) > limit:
		rec.row.Refuse("too_long", field, fmt.Sprint(len([]rune(text))))
		return false
	case text == "": // only spaces: nothing was lost
		return true
	}
	for _, repair := range repairs {
		rec.row.Change(string(repair), field, raw, text)
	}
	return true
}

func (rd *reader) correct(tableName string, rec record) {
	for _, c := range rd.Mapping.Correct {
		value, known := rec.values[c.Field]
		if c.Table != tableName || !known || !c.pattern.MatchString(value) {
			continue
		}
		if with := c.pattern.ReplaceAllString(value, c.With); with != value {
			rec.values[c.Field] = with
			rec.row.Change("corrected", c.Field, value, with)
		}
	}
}

func (rd *reader) refused(tableName string, rec *record) bool {
	for _, r := range rd.Mapping.Refuse {
		value, known := rec.values[r.Field]
		if r.Table == tableName && known && r.pattern.MatchString(value) {
			rec.row.RefuseFor("rule", r.Reason, r.Field, value)
			rec.hidden = true
			return true
		}
	}
	return false
}

// number reads an order; rows without one come last among their equals.
func (rec record) number(field string) int {
	const last = 1000
	value := rec.values[field]
	if value == "" {
		return last
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 1_000_000 {
		rec.row.Note("bad_number", field, value)
		return last
	}
	return n
}

// duplicate refuses the second row with one id.
func duplicate[T any](rec record, seen map[string]T, key string) bool {
	if _, twice := seen[key]; twice {
		rec.row.Refuse("duplicate", "id", rec.values["id"])
		return true
	}
	return false
}

func (rd *reader) noteSameNames() {
	byName := map[string][]*Service{}
	for _, s := range rd.cat.Services {
		key := clean.Fold(s.Name)
		byName[key] = append(byName[key], s)
	}
	for _, s := range rd.cat.Services {
		for _, other := range byName[clean.Fold(s.Name)] {
			if other != s {
				s.row.Note("same_name", "name", other.Key)
			}
		}
	}
}

// code is a public code made of a name: the prefix and the name in Latin letters.
func (m *Mapping) code(name string) string {
	const longest = 60
	slug := ukr.Slug(name)
	if len(slug) > longest {
		slug = strings.TrimRight(slug[:longest], "-")
	}
	return m.CodePrefix + slug
}
