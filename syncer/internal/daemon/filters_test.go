package daemon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
)

// literal is a column of a type, a filter of it, and values: those that pass, and those that do not.
type literal struct {
	typed, where string
	in, out      []string
	judged       bool // by the reader, too
}

var literals = []literal{
	{typed: "char(6)", where: "k = 'ab'", in: []string{"ab"}, out: []string{"abc", " ab"}, judged: true},
	{typed: "char(6)", where: "k IN ('ab', 'cd ')", in: []string{"ab", "cd"}, out: []string{"ef"}, judged: true},
	{typed: "boolean", where: "k = 'true'", in: []string{"true"}, out: []string{"false"}, judged: true},
	{typed: "boolean", where: "k = 'yes'", in: []string{"true"}, out: []string{"false"}, judged: true},
	{typed: "boolean", where: "k IN ('off', '0')", in: []string{"false"}, out: []string{"true"}, judged: true},
	{typed: "numeric(8,2)", where: "k = '1.5'", in: []string{"1.5"}, out: []string{"1.51", "15"}, judged: true},
	{typed: "numeric", where: "k = '1.500' AND true", in: []string{"1.5", "1.50"}, out: []string{"1.05"}},
	{typed: "numeric", where: "k IN ('1.500', '10')", in: []string{"1.5", "1.50", "10.0"}, out: []string{"1"}, judged: true},
	{typed: "date", where: "k = '2026-1-2'", in: []string{"2026-01-02"}, out: []string{"2026-02-01"}, judged: true},
	{typed: "date", where: "k = 'January 2, 2026'", in: []string{"2026-01-02"}, out: []string{"2026-02-01"}},
	{typed: "timestamptz", where: "k = '2026-01-02 12:00+02'", in: []string{"2026-01-02 10:00Z"}, out: []string{"2026-01-02 12:00Z"}, judged: true},
	{typed: "timestamp(0)", where: "k = '2026-1-2T10:00'", in: []string{"2026-01-02 10:00"}, out: []string{"2026-01-02 10:01"}, judged: true},
	{typed: "integer", where: "k = '007'", in: []string{"7"}, out: []string{"70"}, judged: true},
	{typed: "bigint", where: "k IN (' 1 ', '+2')", in: []string{"1", "2"}, out: []string{"3"}, judged: true},
	{typed: "uuid", where: "k = 'A0EEBC999C0B4EF8BB6D6BB9BD380A11'", in: []string{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, out: []string{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"}, judged: true},
	{typed: "float8", where: "k = '1e1'", in: []string{"10"}, out: []string{"1"}},
	{typed: "real", where: "k = '0'", in: []string{"-0", "0"}, out: []string{"1"}},
	{typed: "jsonb", where: `k = '{"b": 1.0, "a":2}'`, in: []string{`{"a": 2, "b": 1}`}, out: []string{`{"a": 2}`}},
	{typed: "interval", where: "k = '24 hours'", in: []string{"1 day"}, out: []string{"25 hours"}},
	{typed: "inet", where: "k = '10.0.0.1/32'", in: []string{"10.0.0.1"}, out: []string{"10.0.0.2"}},
	{typed: "integer[]", where: "k = '{1, 2}'", in: []string{"{1,2}"}, out: []string{"{2,1}"}},
	{typed: "bytea", where: `k = 'ab'`, in: []string{`\x6162`}, out: []string{`\x6163`}, judged: true},
	{typed: "name", where: "k = 'ab'", in: []string{"ab"}, out: []string{"abc"}, judged: true},
	{typed: "text", where: "k = 'ab'", in: []string{"ab"}, out: []string{"AB", "ab "}, judged: true},
	{typed: "varchar(9)", where: "k = 'ab'", in: []string{"ab"}, out: []string{"AB", "ab "}, judged: true},
}

// Whatever a filter's literal looks like, the stream goes on with the rows that pass it, and only they leave. Each case has a
// table of its own in one replica.
func TestFilterLiterals(t *testing.T) {
	t.Parallel()
	p := newPair(t, literalTables(), literalLists())
	judgedAsExpected(p)
	p.init()
	stop := p.start()
	p.waitFor()
	for i, c := range literals {
		for id, v := range slices.Concat(c.in, c.out, c.in) {
			p.source.Exec("INSERT INTO "+literalTable(i)+" VALUES ($1, $2::text::"+c.typed+")", id, v)
		}
	}
	p.waitFor()
	p.equal()
	for i, c := range literals {
		if n := p.count(p.target, `SELECT count(*) FROM `+literalTable(i)); n != 2*len(c.in) {
			t.Errorf("%s where %s: %d rows on the target, want %d", c.typed, c.where, n, 2*len(c.in))
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func literalTable(i int) string { return fmt.Sprintf("shop.t%d", i) }

func literalTables() string {
	sql := "CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO syncer_reader;"
	for i, c := range literals {
		sql += "CREATE TABLE " + literalTable(i) + " (id int PRIMARY KEY, k " + c.typed + " NOT NULL);"
	}
	return sql
}

func literalLists() (all string) {
	for i, c := range literals {
		all += fmt.Sprintf("  - {table: %s, columns: [id, k], where: %q}\n", literalTable(i), c.where)
	}
	return all
}

// judgedAsExpected fails unless `check` says of exactly those tables whose filter the reader cannot judge that it is left to PostgreSQL.
func judgedAsExpected(p *pair) {
	p.t.Helper()
	report, err := prepare.Examine(p.t.Context(), p.cfg, p.list)
	if err != nil {
		p.t.Fatal(err)
	}
	for i, c := range literals {
		left := slices.ContainsFunc(report.Findings, func(f relation.Finding) bool {
			return f.Subject == literalTable(i) && strings.Contains(f.Text, "PostgreSQL's publication alone decides")
		})
		if left == c.judged {
			p.t.Errorf("%s where %s: the reader judges it: %t, want %t", c.typed, c.where, !left, c.judged)
		}
	}
}
