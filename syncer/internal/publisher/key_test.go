package publisher

import (
	"slices"
	"strings"
	"testing"

	"portal.example/syncer/internal/relation"
)

func TestKeyOfATable(t *testing.T) {
	wide := func(t *relation.Table) {
		t.Identity, t.IdentityColumns = relation.IdentityIndex, []string{"id", "state"}
		t.Unique, t.UniqueIndexes = append(t.Unique, t.IdentityColumns), append(t.UniqueIndexes, `"by_both"`)
	}
	for _, c := range []struct {
		name   string
		change func(*relation.Table)
		listed []string
		key    []string
	}{
		{"the primary key", func(*relation.Table) {}, []string{"id", "note"}, []string{"id"}},
		{"the primary key within a wider identity", wide, []string{"id", "state"}, []string{"id"}},
		{"the identity where the primary key is not listed", func(t *relation.Table) { t.IdentityColumns, t.Identity = []string{"state"}, relation.IdentityIndex }, []string{"state"}, []string{"state"}},
		{"an identity of somebody's, without a primary key", func(t *relation.Table) { wide(t); t.PrimaryKey = nil }, []string{"id", "state"}, []string{"id", "state"}},
		{"an identity of ours, without a primary key", func(t *relation.Table) {
			wide(t)
			t.PrimaryKey, t.UniqueIndexes[1] = nil, relation.Quote(identityName("app", "orders", t.IdentityColumns, 0))
		}, []string{"id", "state"}, []string{"id"}},
		{"nothing listed", func(*relation.Table) {}, []string{"note"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			info := orders()
			c.change(info)
			if got := keyOf(info, c.listed); !slices.Equal(got, c.key) {
				t.Errorf("%v", got)
			}
		})
	}
}

// An identity is built on the fewest columns, and never on what was made for a filter.
func TestSmallestKeyIsFound(t *testing.T) {
	info := orders()
	info.PrimaryKey = nil
	info.Unique = [][]string{{"id", "state"}, {"note"}, {"state"}, {"id"}}
	info.UniqueIndexes = []string{`"a"`, `"b"`, relation.Quote(identityName("app", "orders", []string{"state"}, 0)), `"c"`}
	keys := keySearch{info, []string{"id", "state", "note"}}
	if got := keys.findBase(); !slices.Equal(got, []string{"id"}) {
		t.Errorf("%v", got)
	}
	info.Unique, info.UniqueIndexes = [][]string{{"note"}}, []string{`"b"`}
	if got := keys.findBase(); got != nil {
		t.Errorf("a column that may be NULL: %v", got)
	}
	if sql := strings.Join(keys.notNullSQL(), "\n"); !strings.Contains(sql, `ALTER COLUMN "note" SET NOT NULL`) {
		t.Errorf("%s", sql)
	}
}
