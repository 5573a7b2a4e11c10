package services

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/config"
	"portal.example/shared/fault"
)

// Mapping says what the files of one source mean. It is a YAML file of these keys; one that is not here, or
// a value that cannot be right, is refused. deploy/import/igov.yaml is a complete example.
type Mapping struct {
	// Source is the short name under which rows are found again at the next import. Required.
	Source string `koanf:"source"`
	// Title says in words where the data comes from; the history of every card shows it.
	Title string `koanf:"title"`
	// CodePrefix begins the codes of everything imported; "" means the source and a hyphen.
	CodePrefix string `koanf:"code_prefix"`
	// Publish makes what is imported public at once; false leaves services and cards as drafts.
	Publish bool `koanf:"publish"`
	// EffectiveFrom is the date (2017-06-01) from which the first version of a card counts. Required.
	EffectiveFrom string `koanf:"effective_from"`
	// Encoding of all CSV files and pages: utf-8 (also "") or windows-1251.
	Encoding string `koanf:"encoding"`
	// Delimiter of all CSV files, one character; "" finds it.
	Delimiter string `koanf:"delimiter"`

	// Services describes the file given with --file; other files are named relative to its folder.
	Services ServiceTable `koanf:"services"`
	// Categories and Subcategories are the two levels of classification. Services name a subcategory; without
	// Subcategories they name a category.
	Categories    *CategoryTable `koanf:"categories"`
	Subcategories *CategoryTable `koanf:"subcategories"`
	// Tags become life situations when their type is one of Tags.Situations.
	Tags *TagTable `koanf:"tags"`
	// TagLinks join services and tags.
	TagLinks *LinkTable `koanf:"tag_links"`
	// TagRelations put tags under tags: one whose parents were all refused is refused too.
	TagRelations *RelationTable `koanf:"tag_relations"`
	// Pages are folders of HTML files named by the service's id, in the order in which they join the description.
	Pages []PageFolder `koanf:"pages"`

	// Applicants says by the id of a top category whom its services are for: person, entrepreneur, entity.
	Applicants map[string][]string `koanf:"applicants"`
	// DefaultApplicants serve where Applicants is silent; empty means person.
	DefaultApplicants []string `koanf:"default_applicants"`
	// Refuse lists rows that are not taken; the first rule that matches gives the reason.
	Refuse []Rule `koanf:"refuse"`
	// Correct lists values that are wrong in the source. Corrections come before rules of refusal.
	Correct []Correction `koanf:"correct"`
	// AuthorityLevels says by name whether an authority is state, regional or local; without a match it is local.
	AuthorityLevels []AuthorityLevel `koanf:"authority_levels"`

	effective time.Time
	delimiter rune
}

// Sheet names a table: a CSV or XLSX file, or a sheet of the workbook of services.
type Sheet struct {
	// File is relative to the folder of the services; "" means the services' own workbook.
	File string `koanf:"file"`
	// Sheet of a workbook; "" is the first.
	Sheet string `koanf:"sheet"`
}

// ServiceTable names the columns of services. ID and Name are required.
type ServiceTable struct {
	Sheet   string `koanf:"sheet"`
	Columns struct {
		ID        string `koanf:"id"`
		Name      string `koanf:"name"`
		Category  string `koanf:"category"`
		Authority string `koanf:"authority"`
		Summary   string `koanf:"summary"`
		Keywords  string `koanf:"keywords"`
	} `koanf:"columns"`
}

// CategoryTable names the columns of categories or subcategories; Parent belongs to subcategories only.
type CategoryTable struct {
	Sheet   `koanf:",squash"`
	Columns struct {
		ID     string `koanf:"id"`
		Name   string `koanf:"name"`
		NameEN string `koanf:"name_en"`
		Parent string `koanf:"parent"`
		Order  string `koanf:"order"`
	} `koanf:"columns"`
}

// TagTable names the columns of tags.
type TagTable struct {
	Sheet   `koanf:",squash"`
	Columns struct {
		ID     string `koanf:"id"`
		Name   string `koanf:"name"`
		NameEN string `koanf:"name_en"`
		Type   string `koanf:"type"`
		Order  string `koanf:"order"`
	} `koanf:"columns"`
	// Situations are the values of Type that mean a life situation.
	Situations []string `koanf:"situations"`
}

// LinkTable names the columns that join services and tags.
type LinkTable struct {
	Sheet   `koanf:",squash"`
	Columns struct {
		Service string `koanf:"service"`
		Tag     string `koanf:"tag"`
	} `koanf:"columns"`
}

// RelationTable names the columns that put tags under tags.
type RelationTable struct {
	Sheet   `koanf:",squash"`
	Columns struct {
		Parent string `koanf:"parent"`
		Child  string `koanf:"child"`
	} `koanf:"columns"`
}

// PageFolder is one folder of pages.
type PageFolder struct {
	Folder string `koanf:"folder"`
	// Column of services that says whether there is a page: Placeholder means yes, any other text is the page itself.
	// "" takes every page there is.
	Column      string `koanf:"column"`
	Placeholder string `koanf:"placeholder"`
	// Heading over this part of the description; "" puts none.
	Heading string `koanf:"heading"`
	// Acts takes links to the Verkhovna Rada's base of legislation out of the text and into the card's legal acts.
	Acts bool `koanf:"acts"`
	// TakeUnmarked takes a page although Column does not announce it; false reports and leaves it.
	TakeUnmarked bool `koanf:"take_unmarked"`
}

// Rule refuses rows of a table by a pattern (RE2) that a value matches. Reason is for the report.
type Rule struct {
	Table   string `koanf:"table"` // services, categories, subcategories, tags
	Field   string `koanf:"field"` // a key of that table's columns
	Pattern string `koanf:"pattern"`
	Reason  string `koanf:"reason"`

	pattern *regexp.Regexp
}

// Correction replaces a value that matches Pattern as a whole; $1 stands for a group.
type Correction struct {
	Table   string `koanf:"table"`
	Field   string `koanf:"field"`
	Pattern string `koanf:"pattern"`
	With    string `koanf:"with"`

	pattern *regexp.Regexp
}

// AuthorityLevel gives a level to authorities whose name matches.
type AuthorityLevel struct {
	Pattern string `koanf:"pattern"`
	Level   string `koanf:"level"`

	pattern *regexp.Regexp
}

// LoadMapping reads and checks a mapping. Every error is a fault.UsageError.
func LoadMapping(path string) (*Mapping, error) {
	m := &Mapping{}
	if err := config.Load(path, "", m); err != nil {
		return nil, err
	}
	return m, m.check(path)
}

// ParseMapping is LoadMapping for YAML that is already in memory.
func ParseMapping(name string, raw []byte) (*Mapping, error) {
	m := &Mapping{}
	if err := config.Parse(name, raw, "", m); err != nil {
		return nil, err
	}
	return m, m.check(name)
}

var shortName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

func (m *Mapping) check(path string) error {
	wrong := func(format string, args ...any) error {
		return fault.Usagef("mapping %s: %s", path, fmt.Sprintf(format, args...))
	}
	if !shortName.MatchString(m.Source) || m.Source == "own" {
		return wrong("source: want a short name of small Latin letters, such as igov")
	}
	if m.CodePrefix == "" {
		m.CodePrefix = m.Source + "-"
	}
	var err error
	if m.effective, err = time.Parse(time.DateOnly, m.EffectiveFrom); err != nil {
		return wrong("effective_from: want a date such as 2017-06-01, have %q", m.EffectiveFrom)
	}
	if m.Encoding != "" && m.Encoding != table.EncodingUTF8 && m.Encoding != table.EncodingWindows1251 {
		return wrong("encoding: want %s or %s, have %q", table.EncodingUTF8, table.EncodingWindows1251, m.Encoding)
	}
	if m.Delimiter != "" {
		r, size := utf8.DecodeRuneInString(m.Delimiter)
		if size != len(m.Delimiter) || r == '"' || r == '\n' || r == '\r' {
			return wrong("delimiter: want one character, have %q", m.Delimiter)
		}
		m.delimiter = r
	}
	for _, step := range []func() error{m.checkTables, m.checkApplicants, m.checkRules} {
		if err := step(); err != nil {
			return wrong("%v", err)
		}
	}
	return nil
}

func (m *Mapping) checkTables() error {
	need := map[string]string{"services.columns.id": m.Services.Columns.ID, "services.columns.name": m.Services.Columns.Name}
	if t := m.Categories; t != nil {
		need["categories.columns.id"], need["categories.columns.name"] = t.Columns.ID, t.Columns.Name
	}
	if t := m.Subcategories; t != nil {
		need["subcategories.columns.id"], need["subcategories.columns.name"] = t.Columns.ID, t.Columns.Name
		need["subcategories.columns.parent"] = t.Columns.Parent
	}
	if t := m.Tags; t != nil {
		need["tags.columns.id"], need["tags.columns.name"], need["tags.columns.type"] = t.Columns.ID, t.Columns.Name, t.Columns.Type
	}
	if t := m.TagLinks; t != nil {
		need["tag_links.columns.service"], need["tag_links.columns.tag"] = t.Columns.Service, t.Columns.Tag
	}
	if t := m.TagRelations; t != nil {
		need["tag_relations.columns.parent"], need["tag_relations.columns.child"] = t.Columns.Parent, t.Columns.Child
	}
	for i, p := range m.Pages {
		need[fmt.Sprintf("pages, entry %d: folder", i+1)] = p.Folder
		if p.Column != "" {
			need[fmt.Sprintf("pages, entry %d: placeholder", i+1)] = p.Placeholder
		}
	}
	for _, key := range slices.Sorted(maps.Keys(need)) {
		if need[key] == "" {
			return fmt.Errorf("%s is missing", key)
		}
	}
	switch {
	case m.Subcategories != nil && m.Categories == nil:
		return fmt.Errorf("subcategories need categories")
	case m.Services.Columns.Category != "" && m.Categories == nil:
		return fmt.Errorf("services.columns.category needs categories")
	case (m.TagLinks != nil || m.TagRelations != nil) && m.Tags == nil:
		return fmt.Errorf("tag_links and tag_relations need tags")
	}
	return nil
}

// tables is the number of tables that are read before the services are checked.
func (m *Mapping) tables() int {
	n := 1
	for _, there := range []bool{m.Categories != nil, m.Subcategories != nil, m.Tags != nil, m.TagRelations != nil} {
		if there {
			n++
		}
	}
	return n
}

var applicantTypes = []string{"person", "entrepreneur", "entity"}

func (m *Mapping) checkApplicants() error {
	if len(m.DefaultApplicants) == 0 {
		m.DefaultApplicants = []string{"person"}
	}
	lists := map[string][]string{"default_applicants": m.DefaultApplicants}
	for id, list := range m.Applicants {
		lists["applicants."+id] = list
	}
	for key, list := range lists {
		for _, a := range list {
			if !slices.Contains(applicantTypes, a) {
				return fmt.Errorf("%s: want person, entrepreneur or entity, have %q", key, a)
			}
		}
		if len(list) == 0 {
			return fmt.Errorf("%s is empty", key)
		}
	}
	return nil
}

// ruleFields are the fields that rules and corrections may name, by table.
var ruleFields = map[string][]string{
	"services":      {"id", "name", "category", "authority", "summary", "keywords"},
	"categories":    {"id", "name", "name_en"},
	"subcategories": {"id", "name", "name_en", "parent"},
	"tags":          {"id", "name", "name_en", "type"},
}

func (m *Mapping) checkRules() error {
	var err error
	for i := range m.Refuse {
		r := &m.Refuse[i]
		if r.pattern, err = compile(r.Table, r.Field, r.Pattern); err != nil {
			return fmt.Errorf("refuse, rule %d: %w", i+1, err)
		}
		if r.Reason == "" {
			return fmt.Errorf("refuse, rule %d: reason is missing", i+1)
		}
	}
	for i := range m.Correct {
		c := &m.Correct[i]
		if c.pattern, err = compile(c.Table, c.Field, "^(?:"+c.Pattern+")$"); err != nil {
			return fmt.Errorf("correct, entry %d: %w", i+1, err)
		}
	}
	for i := range m.AuthorityLevels {
		l := &m.AuthorityLevels[i]
		if l.pattern, err = regexp.Compile(l.Pattern); err != nil {
			return fmt.Errorf("authority_levels, entry %d: %w", i+1, err)
		}
		if !slices.Contains([]string{"state", "regional", "local"}, l.Level) {
			return fmt.Errorf("authority_levels, entry %d: want state, regional or local, have %q", i+1, l.Level)
		}
	}
	return nil
}

func compile(tableName, field, pattern string) (*regexp.Regexp, error) {
	fields, ok := ruleFields[tableName]
	if !ok {
		return nil, fmt.Errorf("table: want services, categories, subcategories or tags, have %q", tableName)
	}
	if !slices.Contains(fields, field) {
		return nil, fmt.Errorf("field: %s have %v, not %q", tableName, fields, field)
	}
	return regexp.Compile(pattern)
}
