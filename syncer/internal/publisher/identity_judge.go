package publisher

import (
	"fmt"
	"slices"
	"strings"

	"portal.example/syncer/internal/relation"
)

// identityJudge decides whether a table's replica identity names rows by listed columns and holds every column of its row filter.
// Where it does not, the judge plans one that does.
type identityJudge struct {
	t       Table
	needed  []string // columns that the row filter reads
	indexes indexView
	keys    keySearch
	fit     fitJudge
}

// judgeIdentity returns the identity to be made, nil for none, and what there is to say about the one in force or the new one.
func (t Table) judgeIdentity() (*Identity, []relation.Finding) {
	if t.Info == nil {
		return nil, nil
	}
	indexes := t.indexView()
	j := identityJudge{
		t: t, needed: t.rowFilter().columns(), indexes: indexes,
		keys: keySearch{t.Info, t.Columns}, fit: fitJudge{t, indexes},
	}
	return j.judge()
}

func (j identityJudge) judge() (*Identity, []relation.Finding) {
	for _, name := range j.needed {
		if !slices.Contains(j.t.Columns, name) {
			return nil, j.t.refuse(fmt.Sprintf("the row filter reads column %q, which is not listed; list it (whitelist, %s)", name, j.t.At))
		}
	}
	if j.t.Info.Kind == 'p' {
		return j.judgePartitions()
	}
	if problem := identityProblem(j.t.Info, j.t.Columns, j.needed); problem != "" {
		return j.judgePlan(problem)
	}
	if j.t.Key == nil {
		return nil, j.t.refuse("no listed columns name a row; list its primary key")
	}
	return nil, j.warnOfOwn()
}

// identityProblem says why UPDATE and DELETE of the table would fail if it were published with these columns and a filter that reads
// those that are needed; "" if they would not.
func identityProblem(info *relation.Table, columns, needed []string) string {
	missing := without(needed, info.IdentityColumns)
	hidden := without(info.IdentityColumns, columns)
	switch {
	case info.Identity == relation.IdentityFull:
		return "has REPLICA IDENTITY FULL, which a column list excludes: every UPDATE there would fail"
	case len(info.IdentityColumns) == 0:
		return "has no replica identity: every UPDATE and DELETE there would fail once it is published"
	case len(hidden) > 0:
		return "its replica identity holds columns that are not listed (" + strings.Join(hidden, ", ") + "): UPDATE there would fail"
	case len(missing) > 0:
		return "the row filter reads " + strings.Join(missing, ", ") + ", which its replica identity does not hold: UPDATE there would fail"
	}
	return ""
}

// warnOfOwn warns of an index of ours over values that may grow longer than an index holds.
func (j identityJudge) warnOfOwn() []relation.Finding {
	own, ok := j.indexes.ownIdentity()
	if !ok {
		return nil
	}
	all := j.fit.judgeColumns(own.Columns)
	for n := range all {
		all[n].Level = relation.Warning
	}
	return all
}

// judgePartitions allows a partitioned table the identity DEFAULT only, which is the primary key: partitions that are made later
// have no other.
func (j identityJudge) judgePartitions() (*Identity, []relation.Finding) {
	t, key := j.t, j.t.Info.PrimaryKey
	switch missing := without(j.needed, key); {
	case len(key) == 0 || len(without(key, t.Columns)) > 0:
		return nil, t.refuse("is partitioned and has no primary key of listed columns: every UPDATE and DELETE in its partitions would fail; list its primary key, or list the partitions one by one")
	case len(missing) > 0:
		return nil, t.refuse("is partitioned and its row filter reads " + strings.Join(missing, ", ") +
			", which its primary key does not hold: UPDATE in a partition would fail; add it to the primary key, or list the partitions one by one")
	case t.Info.Identity != relation.IdentityDefault || len(t.Info.OddPartitions) > 0:
		plan := &Identity{Columns: key, Alter: defaultIdentitySQL(t.Info)}
		return plan, []relation.Finding{{
			Level: relation.Todo, Side: "source", Subject: t.FullName(), Mend: plan.Steps(t),
			Text: "is partitioned and not all of it has the replica identity DEFAULT: UPDATE in such a partition would fail",
		}}
	}
	return nil, nil
}

// defaultIdentitySQL gives a partitioned table and all of its partitions the identity DEFAULT.
func defaultIdentitySQL(info *relation.Table) []string {
	names := info.OddPartitions
	if info.Identity != relation.IdentityDefault {
		names = append([]string{info.SQL()}, names...)
	}
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = "ALTER TABLE " + name + " REPLICA IDENTITY DEFAULT;"
	}
	return all
}

// judgePlan plans an identity over the table's key and the filter's columns, and judges whether it could refuse the application a
// row.
func (j identityJudge) judgePlan(problem string) (*Identity, []relation.Finding) {
	t, base := j.t, j.keys.findBase()
	if base == nil {
		late := ""
		if names := j.indexes.deferrable(); len(names) > 0 {
			late = " (" + strings.Join(names, ", ") + " is DEFERRABLE, which names no rows)"
		}
		return nil, t.refuse(problem+"; no unique columns of it are all listed and NOT NULL"+late+": list its primary key or create such an index", j.keys.notNullSQL()...)
	}
	columns := append(slices.Clone(base), without(j.needed, base)...)
	for _, name := range columns {
		if c, _ := t.Info.Column(name); !c.NotNull {
			return nil, t.refuse(problem+fmt.Sprintf("; column %q must be NOT NULL first", name), j.keys.setNotNullSQL(name)...)
		}
	}
	plan := j.indexes.planOver(columns)
	todo := relation.Finding{Level: relation.Todo, Side: "source", Subject: t.FullName(), Text: problem, Mend: plan.Steps(t)}
	if plan.Build == "" {
		return plan, []relation.Finding{todo}
	}
	return plan, append([]relation.Finding{todo}, j.fit.judgeColumns(columns)...)
}
