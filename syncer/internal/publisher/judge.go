package publisher

import (
	"fmt"
	"slices"
	"strings"

	"portal.example/syncer/internal/relation"
)

// Judge returns what would go wrong if the table were published: nothing, something that `init` can put right (Todo), or something
// that a person must decide (Refuse). It never accepts what would make an UPDATE or DELETE of the authoritative application
// fail.
func (t Table) Judge() []relation.Finding {
	refuse := func(text string, mend ...string) []relation.Finding {
		return []relation.Finding{{Level: relation.Refuse, Side: "source", Subject: t.FullName(), Text: text, Mend: mend}}
	}
	switch {
	case t.Info == nil:
		return refuse(fmt.Sprintf("there is no such table; correct the whitelist, %s", t.At))
	case t.Info.Kind != 'r' && t.Info.Kind != 'p':
		return refuse("is not a table; only ordinary and partitioned tables can be replicated")
	case !t.Info.Persistent:
		return refuse("is unlogged or temporary, so its changes are not in the log", "ALTER TABLE "+t.Info.SQL()+" SET LOGGED;")
	case len(t.Info.UnloggedPartitions) > 0:
		return refuse("has partitions that are unlogged, so their changes are not in the log ("+strings.Join(t.Info.UnloggedPartitions, ", ")+")", setLogged(t.Info.UnloggedPartitions)...)
	case len(t.Info.ForeignPartitions) > 0:
		return refuse("has partitions on another server, whose changes are not in the log (" + strings.Join(t.Info.ForeignPartitions, ", ") + "); detach them, or list the other partitions one by one")
	case t.Root != "":
		return refuse(fmt.Sprintf("is a partition of %s, which is listed too: its changes would come as those of %s alone; take one of them off the whitelist (%s)", t.Root, t.Root, t.At))
	case t.Info.RowSecurity:
		return refuse("has row level security, which would hide rows from the snapshot but not from the stream; use a row filter instead",
			"ALTER TABLE "+t.Info.SQL()+" DISABLE ROW LEVEL SECURITY;")
	}
	for _, name := range t.Columns {
		c, ok := t.Info.Column(name)
		if !ok {
			return refuse(fmt.Sprintf("has no column %q; correct the whitelist, %s (it has: %s)", name, t.At, t.columnNames()))
		}
		if c.Generated {
			return refuse(fmt.Sprintf("column %q is generated and cannot be published; drop it from the whitelist and generate it on the target", name))
		}
	}
	if literal := t.momentary(); literal != "" {
		return refuse(fmt.Sprintf("the row filter's %s means the moment at which somebody reads it: the publication would keep the one at which it was made; write the date or time itself (whitelist, %s)",
			relation.Literal(literal), t.At))
	}
	_, findings := t.judgeIdentity()
	return findings
}

// setLogged is the SQL that brings the changes of tables into the log.
func setLogged(names []string) []string {
	sql := make([]string, len(names))
	for i, name := range names {
		sql[i] = "ALTER TABLE " + name + " SET LOGGED;"
	}
	return sql
}

func (t Table) columnNames() string {
	names := make([]string, len(t.Info.Columns))
	for i, c := range t.Info.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// judgeIdentity checks that the replica identity names a row by listed columns and holds every column
// of the row filter, and otherwise plans one that does.
func (t Table) judgeIdentity() (*Identity, []relation.Finding) {
	if t.Info == nil {
		return nil, nil
	}
	needed := t.filterColumns()
	for _, name := range needed {
		if !slices.Contains(t.Columns, name) {
			return nil, t.refuse(fmt.Sprintf("the row filter reads column %q, which is not listed; list it (whitelist, %s)", name, t.At))
		}
	}
	if t.Info.Kind == 'p' {
		return t.judgePartitions(needed)
	}
	if problem := t.identityProblem(needed); problem != "" {
		return t.judgePlan(problem, needed)
	}
	if t.Key == nil {
		return nil, t.refuse("no listed columns name a row; list its primary key")
	}
	return nil, t.warnOfOwn()
}

// identityProblem says what is wrong with the identity in force, "" for nothing.
func (t Table) identityProblem(needed []string) string {
	missing := without(needed, t.Info.IdentityColumns)
	hidden := without(t.Info.IdentityColumns, t.Columns)
	switch {
	case t.Info.Identity == relation.IdentityFull:
		return "has REPLICA IDENTITY FULL, which a column list excludes: every UPDATE there would fail"
	case len(t.Info.IdentityColumns) == 0:
		return "has no replica identity: every UPDATE and DELETE there would fail once it is published"
	case len(hidden) > 0:
		return "its replica identity holds columns that are not listed (" + strings.Join(hidden, ", ") + "): UPDATE there would fail"
	case len(missing) > 0:
		return "the row filter reads " + strings.Join(missing, ", ") + ", which its replica identity does not hold: UPDATE there would fail"
	}
	return ""
}

// Suffers says how the application suffers already because the publication has the table as it is now, with filter and
// columns of its own, which need not be the whitelist's; "" when it does not.
func (p *Publication) Suffers(t Table) string {
	i := slices.IndexFunc(p.Tables, func(x Published) bool { return x.Schema == t.Schema && x.Name == t.Name })
	switch {
	case i < 0 || t.Info == nil:
		return ""
	case t.Info.Kind == 'p' && len(t.Info.OddPartitions) == 0:
		return ""
	case t.Info.Kind == 'p':
		return "the application's UPDATE and DELETE in " + strings.Join(t.Info.OddPartitions, ", ") + " fail now, as it is published"
	}
	t.Where = p.Tables[i].Filter
	if t.Columns = p.Tables[i].Columns; t.Columns == nil {
		for _, c := range t.Info.Columns {
			t.Columns = append(t.Columns, c.Name)
		}
	}
	if t.identityProblem(t.filterColumns()) == "" {
		return ""
	}
	return "the application's UPDATE and DELETE of it fail now, as it is published"
}

// warnOfOwn warns of an index that we made over values that may grow beyond what it holds.
func (t Table) warnOfOwn() []relation.Finding {
	i := slices.IndexFunc(t.indexes, func(i relation.Index) bool { return i.Identity && t.isOurs(i) })
	if i < 0 || t.Info.Identity != relation.IdentityIndex {
		return nil
	}
	all := t.judgeFit(t.indexes[i].Columns)
	for n := range all {
		all[n].Level = relation.Warning
	}
	return all
}

// judgePartitions allows a partitioned table only what also holds for partitions that are made later: they have
// the identity DEFAULT, which is the primary key.
func (t Table) judgePartitions(needed []string) (*Identity, []relation.Finding) {
	key := t.Info.PrimaryKey
	switch missing := without(needed, key); {
	case len(key) == 0 || len(without(key, t.Columns)) > 0:
		return nil, t.refuse("is partitioned and has no primary key of listed columns: every UPDATE and DELETE in its partitions would fail; list its primary key, or list the partitions one by one")
	case len(missing) > 0:
		return nil, t.refuse("is partitioned and its row filter reads " + strings.Join(missing, ", ") +
			", which its primary key does not hold: UPDATE in a partition would fail; add it to the primary key, or list the partitions one by one")
	case t.Info.Identity != relation.IdentityDefault || len(t.Info.OddPartitions) > 0:
		plan := &Identity{Columns: key, Alter: t.defaultIdentitySQL()}
		return plan, []relation.Finding{{
			Level: relation.Todo, Side: "source", Subject: t.FullName(), Mend: plan.Steps(t),
			Text: "is partitioned and not all of it has the replica identity DEFAULT: UPDATE in such a partition would fail",
		}}
	}
	return nil, nil
}

func (t Table) defaultIdentitySQL() []string {
	all := make([]string, 0, len(t.Info.OddPartitions)+1)
	names := t.Info.OddPartitions
	if t.Info.Identity != relation.IdentityDefault {
		names = append([]string{t.Info.SQL()}, names...)
	}
	for _, name := range names {
		all = append(all, "ALTER TABLE "+name+" REPLICA IDENTITY DEFAULT;")
	}
	return all
}

func (t Table) refuse(text string, mend ...string) []relation.Finding {
	return []relation.Finding{{Level: relation.Refuse, Side: "source", Subject: t.FullName(), Text: text, Mend: mend}}
}

// judgePlan plans an identity over the table's key and the filter's columns, and judges whether it can hurt.
func (t Table) judgePlan(problem string, filter []string) (*Identity, []relation.Finding) {
	base := t.Info.PrimaryKey
	if len(base) == 0 || len(without(base, t.Columns)) > 0 {
		base = t.listedUnique()
	}
	if base == nil {
		return nil, t.refuse(problem+"; no unique columns of it are all listed and NOT NULL"+t.deferrable()+": list its primary key or create such an index", t.notNullSQL()...)
	}
	columns := append(slices.Clone(base), without(filter, base)...)
	for _, name := range columns {
		if c, _ := t.Info.Column(name); !c.NotNull {
			return nil, t.refuse(problem+fmt.Sprintf("; column %q must be NOT NULL first", name), t.setNotNullSQL(name)...)
		}
	}
	plan := t.planIdentity(columns)
	todo := relation.Finding{Level: relation.Todo, Side: "source", Subject: t.FullName(), Text: problem, Mend: plan.Steps(t)}
	if plan.Build == "" {
		return plan, []relation.Finding{todo}
	}
	return plan, append([]relation.Finding{todo}, t.judgeFit(columns)...)
}

// deferrable names the unique constraints that PostgreSQL takes for no identity, as they are checked late.
func (t Table) deferrable() string {
	var names []string
	for _, i := range t.indexes {
		if i.Unique && !i.Immediate {
			names = append(names, i.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + " is DEFERRABLE, which names no rows)"
}

// PlanIdentity is what must be done so that the table can be published; nil for nothing, and where a person must act
// first.
func (t Table) PlanIdentity() *Identity {
	if t.Released {
		return nil
	}
	if slices.ContainsFunc(t.Judge(), func(f relation.Finding) bool { return f.Level == relation.Refuse }) {
		return nil
	}
	plan, _ := t.judgeIdentity()
	return plan
}

// notNullSQL makes a key of listed columns that are unique and only lack NOT NULL, where there is such an index.
func (t Table) notNullSQL() []string {
	for _, columns := range t.Info.Unique {
		if len(without(columns, t.Columns)) > 0 {
			continue
		}
		var all []string
		for _, name := range columns {
			if c, _ := t.Info.Column(name); !c.NotNull {
				all = append(all, t.setNotNullSQL(name)...)
			}
		}
		return all
	}
	return nil
}

// setNotNullSQL makes a column NOT NULL. SET NOT NULL alone reads the whole table while nobody else may; where a CHECK says
// the same already, it reads nothing, and validating that lets everybody work.
func (t Table) setNotNullSQL(name string) []string {
	alter, rule := "ALTER TABLE "+t.Info.SQL(), relation.Quote(cutName(name, longestName-len("_is_there"))+"_is_there")
	return []string{
		fmt.Sprintf("%s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;", alter, rule, relation.Quote(name)),
		fmt.Sprintf("%s VALIDATE CONSTRAINT %s;", alter, rule),
		fmt.Sprintf("%s ALTER COLUMN %s SET NOT NULL;", alter, relation.Quote(name)),
		fmt.Sprintf("%s DROP CONSTRAINT %s;", alter, rule),
	}
}

// SpareApplication puts a short lock_timeout before what of a mending SQL locks a table: a person runs it while the
// application works, which would queue behind it otherwise. Indexes are made before: they may wait long and harm nobody.
func SpareApplication(f relation.Finding) relation.Finding {
	const limit = "SET lock_timeout = '1s';"
	at := slices.IndexFunc(f.Mend, func(sql string) bool { return strings.HasPrefix(sql, "ALTER TABLE ") })
	if f.Side == "source" && at >= 0 && !slices.Contains(f.Mend, limit) {
		f.Mend = slices.Insert(slices.Clone(f.Mend), at, limit)
	}
	return f
}

// PlannedKey is the key the table has, or will have once what Judge plans is done.
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

// fitting is a unique index over exactly these columns that is there already, whatever its name, "" for none. An
// index of a partitioned table does not reach its partitions' identities.
func (t Table) fitting(columns []string) string {
	want := slices.Sorted(slices.Values(columns))
	for i, have := range t.Info.Unique {
		if t.Info.Kind == 'r' && i < len(t.Info.UniqueIndexes) && slices.Equal(slices.Sorted(slices.Values(have)), want) {
			return t.Info.UniqueIndexes[i]
		}
	}
	return ""
}

// listedUnique is a key where there is no primary key: the unique index of the fewest columns, all listed and NOT NULL,
// that is not one we made for a filter.
func (t Table) listedUnique() []string {
	var best []string
	for i, columns := range t.Info.Unique {
		if len(without(columns, t.Columns)) > 0 || hasNullable(t.Info, columns) || isOurName(t.Schema, t.Name, columns, t.Info.UniqueIndexes[i]) {
			continue
		}
		if best == nil || len(columns) < len(best) {
			best = columns
		}
	}
	return best
}

// without returns what of a is not in b.
func without(a, b []string) []string {
	var rest []string
	for _, v := range a {
		if !slices.Contains(b, v) {
			rest = append(rest, v)
		}
	}
	return rest
}
