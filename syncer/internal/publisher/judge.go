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
	switch {
	case t.Info == nil:
		return t.refuse(fmt.Sprintf("there is no such table; correct the whitelist, %s", t.At))
	case t.Info.Kind != 'r' && t.Info.Kind != 'p':
		return t.refuse("is not a table; only ordinary and partitioned tables can be replicated")
	case !t.Info.Persistent:
		return t.refuse("is unlogged or temporary, so its changes are not in the log", "ALTER TABLE "+t.Info.SQL()+" SET LOGGED;")
	case len(t.Info.UnloggedPartitions) > 0:
		return t.refuse("has partitions that are unlogged, so their changes are not in the log ("+strings.Join(t.Info.UnloggedPartitions, ", ")+")", setLogged(t.Info.UnloggedPartitions)...)
	case len(t.Info.ForeignPartitions) > 0:
		return t.refuse("has partitions on another server, whose changes are not in the log (" + strings.Join(t.Info.ForeignPartitions, ", ") + "); detach them, or list the other partitions one by one")
	case t.Root != "":
		return t.refuse(fmt.Sprintf("is a partition of %s, which is listed too: its changes would come as those of %s alone; take one of them off the whitelist (%s)", t.Root, t.Root, t.At))
	case t.Info.RowSecurity:
		return t.refuse("has row level security, which would hide rows from the snapshot but not from the stream; use a row filter instead",
			"ALTER TABLE "+t.Info.SQL()+" DISABLE ROW LEVEL SECURITY;")
	}
	for _, name := range t.Columns {
		c, ok := t.Info.Column(name)
		if !ok {
			return t.refuse(fmt.Sprintf("has no column %q; correct the whitelist, %s (it has: %s)", name, t.At, strings.Join(t.columnNames(), ", ")))
		}
		if c.Generated {
			return t.refuse(fmt.Sprintf("column %q is generated and cannot be published; drop it from the whitelist and generate it on the target", name))
		}
	}
	if literal := t.rowFilter().findMoment(); literal != "" {
		return t.refuse(fmt.Sprintf("the row filter's %s means the moment at which somebody reads it: the publication would keep the one at which it was made; write the date or time itself (whitelist, %s)",
			relation.Literal(literal), t.At))
	}
	_, findings := t.judgeIdentity()
	return findings
}

// setLogged returns the SQL that brings the changes of the tables, whose quoted names it is given, into the log.
func setLogged(names []string) []string {
	sql := make([]string, len(names))
	for i, name := range names {
		sql[i] = "ALTER TABLE " + name + " SET LOGGED;"
	}
	return sql
}

func (t Table) columnNames() []string {
	names := make([]string, len(t.Info.Columns))
	for i, c := range t.Info.Columns {
		names[i] = c.Name
	}
	return names
}

func (t Table) refuse(text string, mend ...string) []relation.Finding {
	return []relation.Finding{{Level: relation.Refuse, Side: "source", Subject: t.FullName(), Text: text, Mend: mend}}
}

// PlanIdentity returns what must be done so that the table can be published; nil if nothing must, or if a person has to act first.
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

// SpareApplication puts a short lock_timeout before the first statement of a finding's SQL that locks a table. A person runs that SQL
// while the application works, which would queue behind it otherwise. Indexes are made before: they may wait long and harm nobody.
func SpareApplication(f relation.Finding) relation.Finding {
	const limit = "SET lock_timeout = '1s';"
	at := slices.IndexFunc(f.Mend, func(sql string) bool { return strings.HasPrefix(sql, "ALTER TABLE ") })
	if f.Side == "source" && at >= 0 && !slices.Contains(f.Mend, limit) {
		f.Mend = slices.Insert(slices.Clone(f.Mend), at, limit)
	}
	return f
}

// without returns the values of a that are not in b.
func without(a, b []string) []string {
	var rest []string
	for _, v := range a {
		if !slices.Contains(b, v) {
			rest = append(rest, v)
		}
	}
	return rest
}
