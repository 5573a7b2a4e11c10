package relation_test

import (
	"slices"
	"testing"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/relation"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// Of a domain counts what it is made of, however many domains lie between: the first limit on the way down, and the
// checks of all of them. Columns of one type in several tables are told apart by their own limits.
func TestStorageOfDomains(t *testing.T) {
	db := pgtest.Empty(t)
	db.Exec(`CREATE DOMAIN word AS varchar(30) CHECK (length(VALUE) <= 20);
		CREATE DOMAIN code AS word CHECK (octet_length(VALUE) < 9);
		CREATE DOMAIN amount AS numeric(6,2);
		CREATE TABLE a (w word, c code, n amount, v varchar(7), t text CHECK (length(t) <= 5));
		CREATE TABLE b (v varchar(300), c code, t text, gone int, n numeric);
		ALTER TABLE b DROP COLUMN gone`)
	all, err := relation.Storages(t.Context(), db.Pool, []string{"public", "public", "public"}, []string{"b", "missing", "a"})
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		column, kind  string
		limit, checks int
		bounded       bool
	}
	for at, want := range [][]seen{
		{{"v", "varchar", 304, 0, true}, {"c", "varchar", 34, 2, true}, {"t", "text", -1, 0, false}, {"n", "numeric", -1, 0, false}},
		nil,
		{{"w", "varchar", 34, 1, true}, {"c", "varchar", 34, 2, true}, {"n", "numeric", 6<<16 + 2 + 4, 0, true}, {"v", "varchar", 11, 0, true}, {"t", "text", -1, 1, true}},
	} {
		var got []seen
		for _, s := range all[at] {
			_, bounded := s.Most()
			got = append(got, seen{s.Column, s.Type, s.Limit, len(s.Checks), bounded})
		}
		if !slices.Equal(got, want) {
			t.Errorf("table %d:\n got %v\nwant %v", at, got, want)
		}
	}
}
