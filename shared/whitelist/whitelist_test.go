package whitelist_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
)

const good = `version: 1
tables:
  - table: catalogue.services
    columns: [id, code, published]
    where: "published"
  - table: plain
    columns: [id, "Odd Name"]
documents:
  - table: catalogue.services
    key: code
    sha256: code
`

func TestParseGood(t *testing.T) {
	l, err := whitelist.Parse("w.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Tables) != 2 || l.Tables[1].FullName() != "public.plain" || l.Tables[1].Columns[1] != "Odd Name" {
		t.Errorf("tables: %+v", l.Tables)
	}
	if len(l.Documents) != 1 || l.Documents[0].Key != "code" {
		t.Errorf("documents: %+v", l.Documents)
	}
}

func TestParseRefuses(t *testing.T) {
	cases := map[string]struct{ yaml, want string }{
		"empty file":          {"", "line 1: empty"},
		"not YAML":            {"a: [", "not valid YAML"},
		"no version":          {"tables: [{table: a.b, columns: [c]}]", "version: 1"},
		"later version":       {"version: 2\ntables: [{table: a.b, columns: [c]}]", "version: 1"},
		"no tables":           {"version: 1", "tables"},
		"empty tables":        {"version: 1\ntables: []", "line 2: tables: the list is empty"},
		"unknown key":         {"version: 1\ntable: []", `line 2: unknown key "table"`},
		"unknown table key":   {"version: 1\ntables:\n  - table: a.b\n    colums: [c]", `line 4: unknown key "colums"`},
		"no columns":          {"version: 1\ntables:\n  - table: a.b", `no "columns"`},
		"empty columns":       {"version: 1\ntables:\n  - {table: a.b, columns: []}", "the list is empty"},
		"star":                {"version: 1\ntables:\n  - {table: a.b, columns: ['*']}", "name each column"},
		"double column":       {"version: 1\ntables:\n  - {table: a.b, columns: [c, d, c]}", `"c" is listed twice`},
		"double table":        {"version: 1\ntables:\n  - {table: a.b, columns: [c]}\n  - {table: a.b, columns: [d]}", "line 4: table a.b is listed twice (first at line 3)"},
		"double key":          {"version: 1\nversion: 1\ntables:\n  - {table: a.b, columns: [c]}", "twice"},
		"three-part name":     {"version: 1\ntables:\n  - {table: a.b.c, columns: [c]}", "not a table name"},
		"name with a tab":     {"version: 1\ntables:\n  - {table: a.b, columns: [\"c\\t\"]}", "not a column name"},
		"name as in SQL":      {"version: 1\ntables:\n  - {table: a.b, columns: ['\"c\"']}", "not a column name"},
		"empty where":         {"version: 1\ntables:\n  - {table: a.b, columns: [c], where: ''}", `"where" must not be empty`},
		"where two":           {"version: 1\ntables:\n  - {table: a.b, columns: [c], where: 'true; drop table x'}", "not one SQL expression"},
		"where escape":        {"version: 1\ntables:\n  - {table: a.b, columns: [c], where: 'true) or (true'}\n  - {table: a.c, columns: [c], where: 'x)'}", "not one SQL expression"},
		"where comment":       {"version: 1\ntables:\n  - {table: a.b, columns: [c], where: 'c -- x'}", "not one SQL expression"},
		"documents elsewhere": {"version: 1\ntables:\n  - {table: a.b, columns: [c]}\ndocuments:\n  - {table: a.x, key: c, sha256: c}", `not under "tables"`},
		"documents key":       {"version: 1\ntables:\n  - {table: a.b, columns: [c]}\ndocuments:\n  - {table: a.b, key: k, sha256: c}", `column "k"`},
		"documents sha":       {"version: 1\ntables:\n  - {table: a.b, columns: [c]}\ndocuments:\n  - {table: a.b, key: c}", `"sha256" is missing`},
		"two documents":       {good + "---\nversion: 1\n", "more than one YAML document"},
		"scalar":              {"hello", "expected a mapping"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := whitelist.Parse("w.yaml", []byte(c.yaml))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "w.yaml") || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line with %q", err, c.want)
			}
			var usage fault.UsageError
			if !errors.As(err, &usage) {
				t.Error("not a usage error")
			}
		})
	}
}

func TestFilter(t *testing.T) {
	cases := []struct {
		where  string
		row    map[string]string // a missing column is NULL
		known  bool
		passes bool
	}{
		{"published", map[string]string{"published": "t"}, true, true},
		{"published", map[string]string{"published": "f"}, true, false},
		{"published", nil, true, false},
		{"not hidden and (state = 'it''s')", map[string]string{"hidden": "f", "state": "it's"}, true, true},
		{"NOT hidden AND state IN ('a','b')", map[string]string{"hidden": "f", "state": "b"}, true, true},
		{"state IN ('a','b')", map[string]string{"state": "c"}, true, false},
		{`"Odd" IS NOT NULL`, map[string]string{"Odd": ""}, true, true},
		{"x is null", nil, true, true},
		{"Стан = 'a' AND State = 'b'", map[string]string{"Стан": "a", "state": "b"}, true, true},
		{"x = 1", nil, false, false},
		{"a or b", nil, false, false},
		{"lower(a) = 'b'", nil, false, false},
		{"a = E'b'", nil, false, false},
	}
	for _, c := range cases {
		list, err := whitelist.Parse("w", []byte("version: 1\ntables:\n  - table: a.b\n    columns: [c]\n    where: "+quote(c.where)))
		if err != nil {
			if c.known {
				t.Errorf("%s: %v", c.where, err)
			}
			continue
		}
		f := list.Tables[0].Filter
		if (f != nil) != c.known {
			t.Errorf("%s: known = %v", c.where, f != nil)
			continue
		}
		if f == nil {
			continue
		}
		columns := f.Columns()
		values := make([][]byte, len(columns))
		for i, name := range columns {
			if v, ok := c.row[name]; ok {
				values[i] = []byte(v)
			}
		}
		equal := map[string]whitelist.Equality{}
		for _, name := range columns {
			e := whitelist.Equality{Truth: true, Null: true, Text: map[string]string{}}
			for _, literal := range f.Literals(name) {
				e.Text[literal] = literal
			}
			equal[name] = e
		}
		if f.Bind(columns, equal).Match(values, nil) != c.passes {
			t.Errorf("%s: passes != %v", c.where, c.passes)
		}
		if f.Bind(nil, nil) != nil {
			t.Errorf("%s: bound to a row without its columns", c.where)
		}
	}
}

// A test whose column cannot be compared by text is left out; the others still count.
func TestFilterJudgesWhatTextCanTell(t *testing.T) {
	list, err := whitelist.Parse("w", []byte("version: 1\ntables:\n  - table: a.b\n    columns: [c]\n    where: \"a = '1.5' AND b = 'x' AND c IS NULL AND d IN ('ab', 'cd')\""))
	if err != nil {
		t.Fatal(err)
	}
	equal := map[string]whitelist.Equality{
		"a": {Form: whitelist.Digits, Text: map[string]string{"1.5": "1.5"}},
		"d": {Form: whitelist.Blanks, Text: map[string]string{"ab": "ab", "cd": "cd"}},
	}
	b := list.Tables[0].Filter.Bind([]string{"a", "b", "c", "d"}, equal)
	if !slices.Equal(b.Left(), []string{"b", "c"}) {
		t.Errorf("left are %v", b.Left())
	}
	for text, passes := range map[string]bool{"1.5,ab": true, "1.50,cd    ": true, "1.500,ab ": true, "1.05,ab": false, "15,ab": false, "1.5, ab": false, "1.5,abc": false} {
		a, d, _ := strings.Cut(text, ",")
		if got := b.Match([][]byte{[]byte(a), []byte("other"), []byte("not null"), []byte(d)}, nil); got != passes {
			t.Errorf("%s: %t", text, got)
		}
	}
	for number, want := range map[string]string{"100": "100", "100.00": "100", "0.10": "0.1", "NaN": "NaN", "-2.0": "-2"} {
		if got := string(whitelist.Digits([]byte(number))); got != want {
			t.Errorf("%s is %s", number, got)
		}
	}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func TestDigestIgnoresOrder(t *testing.T) {
	a, _ := whitelist.Parse("a", []byte("version: 1\ntables:\n  - {table: a.b, columns: [c, d]}\n  - {table: a.e, columns: [f]}"))
	b, _ := whitelist.Parse("b", []byte("version: 1\ntables:\n  - {table: a.e, columns: [f]}\n  - {table: a.b, columns: [d, c]}"))
	c, _ := whitelist.Parse("c", []byte("version: 1\ntables:\n  - {table: a.e, columns: [f]}\n  - {table: a.b, columns: [d]}"))
	if a.Digest() != b.Digest() || a.Digest() == c.Digest() {
		t.Error("digest must follow what is allowed, not how it is written")
	}
}

func TestWholeDigestCoversDocuments(t *testing.T) {
	list := func(documents string) *whitelist.List {
		l, err := whitelist.Parse("list", []byte("version: 1\ntables:\n  - {table: a.b, columns: [k, s, other]}\n  - {table: a.e, columns: [k, s]}\n"+documents))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	const b, e = "  - {table: a.b, key: k, sha256: s}\n", "  - {table: a.e, key: k, sha256: s}\n"
	none, one, both := list(""), list("documents:\n"+b), list("documents:\n"+b+e)
	if none.WholeDigest() == none.Digest() || one.Digest() != none.Digest() {
		t.Error("documents must not change what a replica's rows are made by, and nobody may take one digest for the other")
	}
	if both.WholeDigest() != list("documents:\n"+e+b).WholeDigest() {
		t.Error("the order of documents must not matter")
	}
	seen := map[string]string{}
	for name, l := range map[string]*whitelist.List{
		"none": none, "one": one, "both": both, "another key": list("documents:\n  - {table: a.b, key: other, sha256: s}\n"),
	} {
		if other, taken := seen[l.WholeDigest()]; taken {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[l.WholeDigest()] = name
	}
}

// Units call tables by their place in the list, so that it must not depend on the layout of the files.
func TestOrderIsByName(t *testing.T) {
	l, err := whitelist.Parse("w", []byte("version: 1\ntables:\n  - {table: b.a, columns: [c]}\n  - {table: a.b, columns: [c]}\n  - {table: a.a, columns: [c]}"))
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{l.Tables[0].FullName(), l.Tables[1].FullName(), l.Tables[2].FullName()}; !slices.IsSorted(got) {
		t.Errorf("order: %v", got)
	}
}

// FuzzParse: whatever comes in, there is no panic, and what is accepted obeys the rules.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	if real, err := os.ReadFile("../../deploy/whitelist.d/documents.yaml"); err == nil {
		f.Add(real)
	}
	f.Add([]byte("version: 1\ntables: &a\n  - {table: a.b, columns: [*a]}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := whitelist.Parse("fuzz", raw)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		if len(l.Tables) == 0 {
			t.Fatal("accepted a list of nothing")
		}
		for _, table := range l.Tables {
			if len(table.Columns) == 0 || table.Schema == "" || table.Name == "" {
				t.Fatalf("accepted %+v", table)
			}
		}
	})
}
