package publisher

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"portal.example/syncer/internal/relation"
)

// MostIndexed is how many bytes an entry of a btree index may take: a third of a page of 8 kB. A row that needs more is
// refused to the application.
const MostIndexed = 2704

const indexHead = 16

// judgeFit says whether an index over columns could ever refuse a row to the application, whose values today may be
// short: a type without btree, or values without limit.
func (t Table) judgeFit(columns []string) []relation.Finding {
	var all []relation.Finding
	say := func(level relation.Level, text string, mend ...string) {
		all = append(all, relation.Finding{Level: level, Side: "source", Subject: t.FullName(), Text: text, Mend: mend})
	}
	sum := indexHead
	var open []string
	for _, name := range columns {
		s, ok := t.storage[name]
		if !ok {
			continue
		}
		bytes, bounded := s.Most()
		switch {
		case !s.Btree:
			say(relation.Refuse, fmt.Sprintf("the row filter reads column %q of type %s, which no btree index can hold, so that no replica identity can; filter by another column (whitelist, %s)", name, s.Type, t.At))
		case bounded:
			sum += bytes
		default:
			open = append(open, name)
		}
	}
	if sum > MostIndexed {
		say(relation.Refuse, fmt.Sprintf("key and filter columns (%s) may take %d bytes together, an index holds %d: a row with longer values would be refused to the application; filter by shorter columns (whitelist, %s)",
			strings.Join(columns, ", "), sum, MostIndexed, t.At))
	}
	for _, name := range open {
		level, text := t.judgeOpen(name, (MostIndexed-sum)/len(open))
		say(level, text, t.boundSQL(name)...)
	}
	return all
}

// judgeOpen judges a column whose values may be of any length. Those of a state, which the filter compares with whole
// words, and of a key, which an index holds already, are short in practice: that is said and left to a person. Anything
// else is refused.
func (t Table) judgeOpen(name string, room int) (relation.Level, string) {
	s := t.storage[name]
	level := relation.Refuse
	if s.Type == "numeric" || t.isIndexed(name) || statesOnly(t.Where, name) {
		level = relation.Warning
	}
	return level, fmt.Sprintf("column %q is of type %s without a limit, and its replica identity holds it: the application cannot store a value longer than some %d bytes there; limit it, or filter by a column of limited length (whitelist, %s)",
		name, s.Type, max(room, 0), t.At)
}

// isIndexed reports whether an index of its own already refuses long values of the column.
func (t Table) isIndexed(name string) bool {
	return slices.ContainsFunc(t.indexes, func(i relation.Index) bool {
		return i.Valid && i.Plain && i.Btree && !t.isOurs(i) && slices.Contains(i.Columns, name)
	})
}

// boundSQL limits a column; checking the rows that are there keeps nobody from using the table.
func (t Table) boundSQL(name string) []string {
	s, most := t.storage[name], 1000
	if s.Category != "S" && s.Type != "bytea" {
		return nil
	}
	rule := relation.Quote(cutName(name, longestName-len("_is_short")) + "_is_short")
	alter := "ALTER TABLE " + t.Info.SQL()
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

// OpenColumns are those of the index that is to be made whose types do not limit their values.
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
