package publisher

import (
	"fmt"
	"slices"

	"portal.example/syncer/internal/relation"
)

// keyOf returns the columns that name a row, nil if listed columns cannot. It prefers the primary key, as the identity may hold
// more columns than are needed. Without a primary key, and with an identity that we made, the key is what we added the filter's
// columns to, so that it stays the same when the filter changes.
func keyOf(info *relation.Table, listed []string) []string {
	within := func(columns, in []string) bool { return len(columns) > 0 && len(without(columns, in)) == 0 }
	if within(info.PrimaryKey, listed) && within(info.PrimaryKey, info.IdentityColumns) {
		return info.PrimaryKey
	}
	if !within(info.IdentityColumns, listed) {
		return nil
	}
	for _, columns := range info.Unique {
		if begins(info.IdentityColumns, columns) && !hasNullable(info, columns) && madeIdentity(info) {
			return columns
		}
	}
	return info.IdentityColumns
}

// PlannedKey is the key that the table has, or will have once what Judge plans is done.
func (t Table) PlannedKey() []string {
	plan, _ := t.judgeIdentity()
	if plan == nil {
		return t.Key
	}
	then := *t.Info
	then.IdentityColumns, then.Identity = plan.Columns, relation.IdentityDefault
	if plan.Uses != "" {
		then.Identity = relation.IdentityIndex
	}
	if plan.Build != "" {
		then.Unique = append(slices.Clone(then.Unique), plan.Columns)
		then.UniqueIndexes = append(slices.Clone(then.UniqueIndexes), plan.Uses)
	}
	return keyOf(&then, t.Columns)
}

func hasNullable(info *relation.Table, columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool { c, _ := info.Column(name); return !c.NotNull })
}

// madeIdentity reports whether the index that is the identity has a name that we give.
func madeIdentity(info *relation.Table) bool {
	for i, columns := range info.Unique {
		if info.Identity != relation.IdentityIndex || !slices.Equal(columns, info.IdentityColumns) {
			continue
		}
		if isOurName(info.Schema, info.Name, columns, info.UniqueIndexes[i]) {
			return true
		}
	}
	return false
}

// begins reports whether columns are those of the key and more.
func begins(columns, key []string) bool {
	return len(columns) > len(key) && slices.Equal(columns[:len(key)], key)
}

// keySearch looks for columns that could name a table's rows.
type keySearch struct {
	info   *relation.Table
	listed []string
}

// findBase returns the columns that an identity is to be built on: the primary key, or else the listed unique index of the fewest
// columns; nil if there is neither.
func (k keySearch) findBase() []string {
	if base := k.info.PrimaryKey; len(base) > 0 && len(without(base, k.listed)) == 0 {
		return base
	}
	return k.findUnique()
}

// findUnique returns the columns of the smallest unique index whose columns are all listed and NOT NULL. Those that we made for a
// filter do not count.
func (k keySearch) findUnique() []string {
	var best []string
	for i, columns := range k.info.Unique {
		if len(without(columns, k.listed)) > 0 || hasNullable(k.info, columns) || isOurName(k.info.Schema, k.info.Name, columns, k.info.UniqueIndexes[i]) {
			continue
		}
		if best == nil || len(columns) < len(best) {
			best = columns
		}
	}
	return best
}

// notNullSQL returns the SQL that makes a key of listed unique columns which only lack NOT NULL; nil if there is no such index.
func (k keySearch) notNullSQL() []string {
	for _, columns := range k.info.Unique {
		if len(without(columns, k.listed)) > 0 {
			continue
		}
		var all []string
		for _, name := range columns {
			if c, _ := k.info.Column(name); !c.NotNull {
				all = append(all, k.setNotNullSQL(name)...)
			}
		}
		return all
	}
	return nil
}

// setNotNullSQL makes a column NOT NULL. SET NOT NULL alone reads the whole table under a lock that stops everybody. With a valid
// CHECK that says the same it reads nothing, and validating a CHECK lets everybody work.
func (k keySearch) setNotNullSQL(name string) []string {
	alter, rule := "ALTER TABLE "+k.info.SQL(), relation.Quote(cutName(name, longestName-len("_is_there"))+"_is_there")
	return []string{
		fmt.Sprintf("%s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;", alter, rule, relation.Quote(name)),
		fmt.Sprintf("%s VALIDATE CONSTRAINT %s;", alter, rule),
		fmt.Sprintf("%s ALTER COLUMN %s SET NOT NULL;", alter, relation.Quote(name)),
		fmt.Sprintf("%s DROP CONSTRAINT %s;", alter, rule),
	}
}
