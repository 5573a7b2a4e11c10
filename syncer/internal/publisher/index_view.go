package publisher

import (
	"slices"

	"portal.example/syncer/internal/relation"
)

// indexView is what the source has of a table's indexes. It tells those that we made from those of the application.
type indexView struct {
	schema, name string
	info         *relation.Table
	all          []relation.Index
	taken        map[string]bool // names of relations that exist, of those that we could give
}

func (t Table) indexView() indexView {
	return indexView{schema: t.Schema, name: t.Name, info: t.Info, all: t.indexes, taken: t.taken}
}

func (v indexView) find(name string) (relation.Index, bool) {
	i := slices.IndexFunc(v.all, func(i relation.Index) bool { return i.Name == name })
	if i < 0 {
		return relation.Index{}, false
	}
	return v.all[i], true
}

// isOurs reports whether `init` or `table` made the index. Its name says so, as that contains a hash of the columns. The name that
// earlier versions gave contains none, so there the columns must be a key followed by others, which is what they built.
func (v indexView) isOurs(i relation.Index) bool {
	if !i.Unique || i.Constrained || !i.Plain || !i.Btree {
		return false
	}
	if !isOurName(v.schema, v.name, i.Columns, i.Name) {
		return false
	}
	if i.Name != earlierName(v.name) {
		return true
	}
	key := v.info.PrimaryKey
	if len(key) == 0 {
		return slices.ContainsFunc(v.info.Unique, func(key []string) bool { return begins(i.Columns, key) })
	}
	return begins(i.Columns, key)
}

// ownIdentity returns the index of ours that is the replica identity in force.
func (v indexView) ownIdentity() (relation.Index, bool) {
	if v.info.Identity != relation.IdentityIndex {
		return relation.Index{}, false
	}
	i := slices.IndexFunc(v.all, func(i relation.Index) bool { return i.Identity && v.isOurs(i) })
	if i < 0 {
		return relation.Index{}, false
	}
	return v.all[i], true
}

// limitsColumn reports whether an index of the application refuses long values of the column already.
func (v indexView) limitsColumn(name string) bool {
	return slices.ContainsFunc(v.all, func(i relation.Index) bool {
		return i.Valid && i.Plain && i.Btree && !v.isOurs(i) && slices.Contains(i.Columns, name)
	})
}

// deferrable names the unique constraints that PostgreSQL does not take for an identity because they are checked late.
func (v indexView) deferrable() []string {
	var names []string
	for _, i := range v.all {
		if i.Unique && !i.Immediate {
			names = append(names, i.Name)
		}
	}
	return names
}

// superseded returns the names of indexes of ours that neither the identity in force uses nor plan, which may be nil: made for an
// earlier filter, or never finished.
func (v indexView) superseded(plan *Identity) []string {
	var all []string
	for _, i := range v.all {
		inForce := i.Identity && v.info.Identity == relation.IdentityIndex
		if plan == nil && inForce && i.Valid || !v.isOurs(i) {
			continue
		}
		if plan != nil && (plan.Uses == i.Name || plan.Uses == relation.Quote(i.Name)) {
			continue
		}
		all = append(all, i.Name)
	}
	return all
}

// planOver plans the identity over columns: the primary key, an index that is there, or one to be made.
func (v indexView) planOver(columns []string) *Identity {
	alter := "ALTER TABLE " + v.info.SQL() + " REPLICA IDENTITY "
	if slices.Equal(columns, v.info.PrimaryKey) {
		return &Identity{Columns: columns, Alter: []string{alter + "DEFAULT;"}}
	}
	if index := v.findUnique(columns); index != "" {
		return &Identity{Columns: columns, Uses: index, Alter: []string{alter + "USING INDEX " + index + ";"}}
	}
	name, broken := v.freeName(columns)
	uses := relation.Quote(name)
	return &Identity{Columns: columns, Build: name, Broken: broken, Uses: uses, Alter: []string{alter + "USING INDEX " + uses + ";"}}
}

// findUnique returns the quoted name of a unique index over exactly these columns in any order, "" if there is none. An index of a
// partitioned table is none, because its partitions' identities do not follow from it.
func (v indexView) findUnique(columns []string) string {
	want := slices.Sorted(slices.Values(columns))
	for i, have := range v.info.Unique {
		if v.info.Kind == 'r' && i < len(v.info.UniqueIndexes) && slices.Equal(slices.Sorted(slices.Values(have)), want) {
			return v.info.UniqueIndexes[i]
		}
	}
	return ""
}

// freeName returns the first of our names for an index over columns that no other relation has. broken says that an attempt of ours
// has left an INVALID index under that name.
func (v indexView) freeName(columns []string) (name string, broken bool) {
	for n := range names {
		name = identityName(v.schema, v.name, columns, n)
		if !v.taken[name] {
			return name, false
		}
		if i, ok := v.find(name); ok && !i.Valid && i.Unique && !i.Constrained && slices.Equal(i.Columns, columns) {
			return name, true
		}
	}
	return name, false
}

// Superseded returns the names of indexes of ours that neither the identity in force uses nor plan, which may be nil.
func (t Table) Superseded(plan *Identity) []string { return t.indexView().superseded(plan) }

// HasOurIdentity reports whether the table's replica identity is an index that `init` or `table` made.
func (t Table) HasOurIdentity() bool {
	_, ours := t.indexView().ownIdentity()
	return ours
}
