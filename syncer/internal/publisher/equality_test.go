package publisher

import (
	"fmt"
	"testing"

	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
)

// Where the reader judges, it stops what the filter does not let out, in whatever way the literal was written; where it
// cannot, nothing is stopped by mistake.
func TestSecondWallByType(t *testing.T) {
	db := pgtest.Empty(t)
	for i, c := range []struct {
		typed, where, in, out string
		judged                bool
	}{
		{"char(6)", "k = 'ab'", "ab", "abc", true},
		{"boolean", "k = 'yes'", "t", "f", true},
		{"boolean", "NOT k", "f", "t", true},
		{"numeric(8,2)", "k = '1.5'", "1.5", "1.51", true},
		{"date", "k = '2026-1-2'", "2026-01-02", "2026-02-01", true},
		{"date", "k = 'today'", "2026-01-02", "2026-02-01", false},
		{"timestamptz", "k = '2026-01-02 10:00'", "2026-01-02 10:00Z", "2026-01-02 12:00Z", false},
		{"uuid", "k = '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12", true},
		{"mood", "k = 'glad'", "glad", "sad", true},
		{"mood", "k IN ('glad', 'of no such kind')", "glad", "sad", false},
		{`text COLLATE loose`, "k = 'ab'", "AB", "c", false},
		{`text COLLATE "C"`, "k = 'ab'", "ab", "AB", true},
		{"spot", "k IS NULL", "(,)", "(1,2)", false},
		{"money", "k = '1'", "1.00", "2", false},
	} {
		t.Run(c.typed+" "+c.where, func(t *testing.T) {
			if i == 0 {
				db.Exec(`CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TYPE spot AS (x int, y int);
					CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
			}
			name := fmt.Sprintf("t%d", i)
			db.Exec(`CREATE TABLE ` + name + ` (id int PRIMARY KEY, k ` + c.typed + `)`)
			db.Exec(`INSERT INTO `+name+` VALUES (1, `+"CAST($1::text AS "+firstWord(c.typed)+")), (2, CAST($2::text AS "+firstWord(c.typed)+"))", c.in, c.out)
			list, err := whitelist.Parse("w", fmt.Appendf(nil, "version: 1\ntables:\n  - {table: public.%s, columns: [id, k], where: %q}", name, c.where))
			if err != nil {
				t.Fatal(err)
			}
			conn, err := link.Open(t.Context(), db.DSN, link.Options{Name: "source.dsn", Application: "test"})
			if err != nil {
				t.Fatal(err)
			}
			defer link.Close(conn)
			table := &Table{Table: list.Tables[0]}
			equal, _, err := ReadEqualities(t.Context(), conn, table)
			if err != nil {
				t.Fatal(err)
			}
			bound := table.Filter.Bind(table.Columns, equal)
			if bound.Judges() != c.judged {
				t.Errorf("judged: %t", bound.Judges())
			}
			for id, passes := range map[int]bool{1: true, 2: !c.judged} {
				var text string
				if err := conn.QueryRow(t.Context(), "SELECT format('%s', k) FROM public."+name+" WHERE id = $1", id).Scan(&text); err != nil {
					t.Fatal(err)
				}
				if bound.Match([][]byte{[]byte("1"), []byte(text)}, nil) != passes {
					t.Errorf("row %d passes: %t", id, !passes)
				}
			}
		})
	}
}

// firstWord is a type without its collation.
func firstWord(typed string) string {
	for i, c := range typed {
		if c == ' ' {
			return typed[:i]
		}
	}
	return typed
}
