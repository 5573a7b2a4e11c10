package conflict

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// Meaning says how a field is shown to a person instead of as it stands in the form.
type Meaning struct {
	Label string              // instead of the message under the prefix
	Words map[string]string   // what values mean: names of ids, words of choices, of a tick
	Set   bool                // the order means nothing: what was added and removed is shown
	Row   func(n int) string  // of a list: what the row with the number is called, from 1
	Key   string              // of a list: field by which a row is the same one in both versions; "" compares by number
	Show  func(string) string // how a value reads, for values that have no list of words
}

// OneOf is the meaning of a select.
func OneOf(items []ui.SelectItem) Meaning {
	words := map[string]string{}
	for _, item := range items {
		if item.Value != "" {
			words[item.Value] = item.Text
		}
	}
	return Meaning{Words: words}
}

// SetOf is the meaning of checkboxes.
func SetOf(items []ui.Choice) Meaning {
	words := map[string]string{}
	for _, item := range items {
		words[item.Value] = item.Text
	}
	return Meaning{Words: words, Set: true}
}

// Tick is the meaning of a single box.
func Tick(p *locale.Printer) Meaning {
	return Meaning{Words: map[string]string{"true": p.T("conflict.yes"), "": p.T("conflict.no")}}
}

// List is the meaning of a list of rows, which stands as one row of the comparison.
func List(label string, row func(n int) string) Meaning { return Meaning{Label: label, Row: row} }

// KeyedList is List whose rows are known by one of their fields, so that a row that was added or removed is told alone and
// does not shift the others.
func KeyedList(label, key string, row func(n int) string) Meaning {
	return Meaning{Label: label, Row: row, Key: key}
}

// comparison compares two forms.
type comparison struct {
	p           *locale.Printer
	prefix      string
	meanings    map[string]Meaning
	saved, mine url.Values
}

var index = regexp.MustCompile(`\.\d+`)

// Compare makes rows of the fields in which two forms differ. A field is shown by its meaning, which stands under its
// name without the numbers of rows; without one its label is the message under prefix and that name, and its values
// are texts.
func Compare(p *locale.Printer, prefix string, saved, mine url.Values, meanings map[string]Meaning) []Row {
	c := comparison{p, prefix, meanings, saved, mine}
	var rows []Row
	for _, field := range c.fields() {
		row := c.field(field)
		if list, ok := meanings[field]; ok && list.Row != nil {
			row = c.list(field, list)
		}
		if !slices.Equal(row.Saved, row.Mine) {
			rows = append(rows, row)
		}
	}
	return rows
}

// fields are the names in either form, a list only once.
func (c comparison) fields() []string {
	names := map[string]bool{}
	for _, v := range []url.Values{c.saved, c.mine} {
		for name := range v {
			if name == "version" || name == "do" || name == BaseField || strings.HasSuffix(name, ".row") || strings.HasPrefix(name, pick) {
				continue
			}
			if at := index.FindStringIndex(name); at != nil && c.meanings[name[:at[0]]].Row != nil {
				name = name[:at[0]]
			}
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// field compares a single field.
func (c comparison) field(name string) Row {
	m := c.meanings[index.ReplaceAllString(name, "")]
	row := Row{Field: name, Label: c.label(name), Saved: c.words(m, c.saved[name]), Mine: c.words(m, c.mine[name])}
	if m.Set {
		slices.Sort(row.Saved)
		slices.Sort(row.Mine)
		row.Mine = c.changes(row.Saved, row.Mine)
	}
	return row
}

// changes says of a set what mine adds to what is saved and takes from it; the same set says nothing new.
func (c comparison) changes(saved, mine []string) []string {
	var changes []string
	for _, v := range mine {
		if !slices.Contains(saved, v) {
			changes = append(changes, c.p.T("conflict.added", v))
		}
	}
	for _, v := range saved {
		if !slices.Contains(mine, v) {
			changes = append(changes, c.p.T("conflict.removed", v))
		}
	}
	if changes == nil {
		return saved
	}
	return changes
}

// words are values as a person reads them, line by line.
func (c comparison) words(m Meaning, values []string) []string {
	if m.Words == nil {
		out := lines(values)
		for i := range out {
			if m.Show != nil {
				out[i] = m.Show(out[i])
			}
		}
		return out
	}
	if len(values) == 0 {
		values = []string{""}
	}
	var out []string
	for _, v := range values {
		word, known := m.Words[v]
		if !known && v != "" {
			word = c.p.T("conflict.unknown")
		}
		if word != "" {
			out = append(out, word)
		}
	}
	return out
}

// list compares a whole list; only rows in which something differs are shown.
func (c comparison) list(field string, m Meaning) Row {
	row := Row{Field: field, Label: m.Label}
	rows := map[int]bool{}
	for _, v := range []url.Values{c.saved, c.mine} {
		for name := range v {
			if n, ok := rowOf(name, field); ok {
				rows[n] = true
			}
		}
	}
	if m.Key != "" {
		return c.keyedList(field, m, slices.Sorted(maps.Keys(rows)))
	}
	for _, n := range slices.Sorted(maps.Keys(rows)) {
		before, after := c.rowText(c.saved, field, n, ""), c.rowText(c.mine, field, n, "")
		if before == after {
			continue
		}
		for text, side := range map[*string]*[]string{&before: &row.Saved, &after: &row.Mine} {
			if *text != "" {
				*side = append(*side, m.Row(n+1)+": "+*text)
			}
		}
	}
	return row
}

// keyedList compares the rows that have the same key; numbers are those of rows in either form.
func (c comparison) keyedList(field string, m Meaning, numbers []int) Row {
	row := Row{Field: field, Label: m.Label}
	saved, mine := c.byKey(c.saved, field, m.Key, numbers), c.byKey(c.mine, field, m.Key, numbers)
	keys := map[string]bool{}
	for key := range saved {
		keys[key] = true
	}
	for key := range mine {
		keys[key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		before, was := saved[key]
		after, is := mine[key]
		switch {
		case before == after:
		case !is:
			row.Saved, row.Mine = append(row.Saved, before), append(row.Mine, c.p.T("conflict.removed", before))
		case !was:
			row.Mine = append(row.Mine, c.p.T("conflict.added", after))
		default:
			row.Saved, row.Mine = append(row.Saved, before), append(row.Mine, after)
		}
	}
	return row
}

// byKey are the rows of a list in words by their keys; of rows with the same key, or without one, each has its own.
func (c comparison) byKey(v url.Values, list, key string, numbers []int) map[string]string {
	rows := map[string]string{}
	for _, n := range numbers {
		text := c.rowText(v, list, n, key)
		if text == "" {
			continue
		}
		name := strings.ToLower(strings.TrimSpace(v.Get(list + "." + strconv.Itoa(n) + "." + key)))
		for rows[name] != "" {
			name += "\x00"
		}
		rows[name] = text
	}
	return rows
}

// rowOf is the number of the row of the list that the name belongs to.
func rowOf(name, list string) (int, bool) {
	rest, ok := strings.CutPrefix(name, list+".")
	if !ok {
		return 0, false
	}
	first, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(first)
	return n, err == nil
}

// rowText is a row of a list in one line: its fields that hold something, the key first.
func (c comparison) rowText(v url.Values, list string, n int, key string) string {
	prefix := list + "." + strconv.Itoa(n)
	names := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
		return cmp.Or(-cmp.Compare(rank(a, prefix, key), rank(b, prefix, key)), strings.Compare(a, b))
	})
	var parts []string
	for _, name := range names {
		if !belongs(name, prefix) || strings.HasSuffix(name, ".row") || strings.HasSuffix(name, ".id") && c.meanings[index.ReplaceAllString(name, "")].Words == nil {
			continue
		}
		words := strings.Join(c.words(c.meanings[index.ReplaceAllString(name, "")], v[name]), " ")
		if words == "" {
			continue
		}
		if label := c.label(name); label != name {
			words = label + " – " + words
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, "; ")
}

// rank is higher for the key of the row.
func rank(name, prefix, key string) int {
	if key != "" && name == prefix+"."+key {
		return 1
	}
	return 0
}

func lines(values []string) []string {
	var out []string
	for _, v := range values {
		for line := range strings.Lines(v) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

// label is what a field is called; the name itself where nobody has said.
func (c comparison) label(name string) string {
	bare := index.ReplaceAllString(name, "")
	if m := c.meanings[bare]; m.Label != "" {
		return m.Label
	}
	key, language := c.prefix+bare, ""
	for suffix, words := range map[string]string{".uk": "conflict.in_uk", ".en": "conflict.in_en"} {
		if short, ok := strings.CutSuffix(key, suffix); ok && !c.p.Has(key) {
			key, language = short, " "+c.p.T(words)
		}
	}
	if !c.p.Has(key) {
		return name
	}
	return c.p.T(key) + language
}
