package publisher

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"portal.example/syncer/internal/relation"
)

// MostIndexed is how many bytes an entry of a btree index may take: a third of a page of 8 kB. PostgreSQL refuses the application
// a row that needs more.
const MostIndexed = 2704

const indexHead = 16

// fitJudge decides whether an index over a table's columns could refuse a row to the application.
type fitJudge struct {
	t       Table
	indexes indexView
}

// judgeColumns judges an index by what its columns' types allow, not by the values that are there: it objects to a type without
// btree, and to values without limit.
func (j fitJudge) judgeColumns(columns []string) []relation.Finding {
	var all []relation.Finding
	say := func(level relation.Level, text string, mend ...string) {
		all = append(all, relation.Finding{Level: level, Side: "source", Subject: j.t.FullName(), Text: text, Mend: mend})
	}
	sum := indexHead
	var open []string
	for _, name := range columns {
		s, ok := j.t.storage[name]
		if !ok {
			continue
		}
		bytes, bounded := s.Most()
		switch {
		case !s.Btree:
			say(relation.Refuse, fmt.Sprintf("the row filter reads column %q of type %s, which no btree index can hold, so that no replica identity can; filter by another column (whitelist, %s)", name, s.Type, j.t.At))
		case bounded:
			sum += bytes
		default:
			open = append(open, name)
		}
	}
	if sum > MostIndexed {
		say(relation.Refuse, fmt.Sprintf("key and filter columns (%s) may take %d bytes together, an index holds %d: a row with longer values would be refused to the application; filter by shorter columns (whitelist, %s)",
			strings.Join(columns, ", "), sum, MostIndexed, j.t.At))
	}
	for _, name := range open {
		level, text := j.judgeOpen(name, (MostIndexed-sum)/len(open))
		say(level, text, j.boundSQL(name)...)
	}
	return all
}

// judgeOpen judges a column whose values may be of any length. A state that the filter compares with whole words, and a key that an
// index of the application holds already, are short in practice, so they only get a warning. Anything else is refused.
func (j fitJudge) judgeOpen(name string, room int) (relation.Level, string) {
	s := j.t.storage[name]
	level := relation.Refuse
	if s.Type == "numeric" || j.indexes.limitsColumn(name) || statesOnly(j.t.Where, name) {
		level = relation.Warning
	}
	return level, fmt.Sprintf("column %q is of type %s without a limit, and its replica identity holds it: the application cannot store a value longer than some %d bytes there; limit it, or filter by a column of limited length (whitelist, %s)",
		name, s.Type, max(room, 0), j.t.At)
}

// boundSQL returns the SQL that limits a column's length; nobody is kept from using the table while its rows are checked.
func (j fitJudge) boundSQL(name string) []string {
	s, most := j.t.storage[name], 1000
	if s.Category != "S" && s.Type != "bytea" {
		return nil
	}
	rule := relation.Quote(cutName(name, longestName-len("_is_short")) + "_is_short")
	alter := "ALTER TABLE " + j.t.Info.SQL()
	return []string{
		fmt.Sprintf("%s ADD CONSTRAINT %s CHECK (octet_length(%s) <= %d) NOT VALID;", alter, rule, relation.Quote(name), most),
		fmt.Sprintf("%s VALIDATE CONSTRAINT %s;", alter, rule),
	}
}

var (
	textLiteral  = regexp.MustCompile(`'(?:[^']|'')+'`)
	emptyLiteral = regexp.MustCompile(`''`)
)

// statesOnly reports whether the filter reads the column only to compare it with words: state = 'open',
// kind IN ('a', 'b'), lang <> 'uk'.
func statesOnly(where, column string) bool {
	where = textLiteral.ReplaceAllStringFunc(where, func(s string) string {
		if s == "''" {
			return s
		}
		return "'#'"
	})
	where = emptyLiteral.ReplaceAllString(where, " NULL ")
	m := mentionsOf(column)
	n := len(m.read.FindAllString(where, -1))
	return n > 0 && len(m.stated.FindAllString(where, -1)) == n
}

// mentions finds where a filter reads a column, and where it only compares it with words.
type mentions struct{ read, stated *regexp.Regexp }

// mentionsKnown are the mentions by column: thousands of tables filter by columns of a few names, each judged several times.
var mentionsKnown sync.Map

func mentionsOf(column string) *mentions {
	if m, ok := mentionsKnown.Load(column); ok {
		return m.(*mentions)
	}
	name := `(?:` + regexp.QuoteMeta(relation.Quote(column)) + `|\b` + regexp.QuoteMeta(column) + `\b)`
	const operator = `\s*(?:=|<>|!=)\s*`
	m := &mentions{
		read:   regexp.MustCompile(`(?i)` + name),
		stated: regexp.MustCompile(`(?i)` + name + `(?:\s*::\s*\w+)?\s*(?:(?:=|<>|!=)\s*(?:any\s*\(\s*(?:array\s*\[)?\s*)?|(?:not\s+)?in\s*\(\s*)'#'|'#'(?:\s*::\s*\w+)?` + operator + name),
	}
	mentionsKnown.Store(column, m)
	return m
}

// OpenColumns returns the columns of the index to be made whose types do not limit their values.
func (t Table) OpenColumns() []string {
	plan := t.PlanIdentity()
	if plan == nil || plan.Build == "" {
		return nil
	}
	var open []string
	for _, name := range plan.Columns {
		if s, ok := t.storage[name]; ok {
			if _, bounded := s.Most(); !bounded {
				open = append(open, name)
			}
		}
	}
	return open
}
