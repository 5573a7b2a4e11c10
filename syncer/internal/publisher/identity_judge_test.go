package publisher

import (
	"strings"
	"testing"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/relation"
)

// orders is a table whose columns are id (the primary key), state and note; all but note are NOT NULL.
func orders() *relation.Table {
	return &relation.Table{
		Schema: "app", Name: "orders", Kind: 'r', Persistent: true,
		Columns: []relation.Column{
			{Name: "id", Type: "integer", NotNull: true},
			{Name: "state", Type: "text", NotNull: true},
			{Name: "note", Type: "text"},
			{Name: "due", Type: "date"},
		},
		PrimaryKey: []string{"id"}, Unique: [][]string{{"id"}}, UniqueIndexes: []string{`"orders_pkey"`},
		Identity: relation.IdentityDefault, IdentityColumns: []string{"id"},
	}
}

// listed lists columns of the table, of rows that satisfy where.
func listed(info *relation.Table, where string, columns ...string) Table {
	return Table{
		Table: whitelist.Table{Schema: info.Schema, Name: info.Name, Columns: columns, Where: where},
		Info:  info, Key: keyOf(info, columns),
	}
}

func TestIdentityIsJudgedAndPlanned(t *testing.T) {
	partitioned := func(t *relation.Table) { t.Kind = 'p' }
	for _, c := range []struct {
		name    string
		change  func(*relation.Table)
		where   string
		columns []string
		says    string // part of the first finding, "" for no finding
		steps   string // part of the plan's statements, "" for no plan
	}{
		{"its primary key is listed", nil, "", []string{"id", "state"}, "", ""},
		{"the filter reads what the key does not hold", nil, "state = 'open'", []string{"id", "state"}, "does not hold", `("id", "state")`},
		{"the filter reads what is not listed", nil, "state = 'open'", []string{"id"}, "is not listed", ""},
		{"the filter reads what may be NULL", nil, "note = 'x'", []string{"id", "note"}, `"note" must be NOT NULL`, ""},
		{
			"an index over key and filter is there",
			func(t *relation.Table) {
				t.Unique, t.UniqueIndexes = append(t.Unique, []string{"state", "id"}), append(t.UniqueIndexes, `"by_state"`)
			},
			"state = 'open'",
			[]string{"id", "state"},
			"does not hold", `USING INDEX "by_state"`,
		},
		{"FULL", func(t *relation.Table) { t.Identity, t.IdentityColumns = relation.IdentityFull, nil }, "", []string{"id"}, "FULL", "REPLICA IDENTITY DEFAULT"},
		{"nothing of it names a row", func(t *relation.Table) { t.PrimaryKey, t.Unique, t.IdentityColumns = nil, nil, nil }, "", []string{"id"}, "no unique columns", ""},
		{"a partition is odd", func(t *relation.Table) { partitioned(t); t.OddPartitions = []string{`"app"."p1"`} }, "", []string{"id"}, "not all of it", `"app"."p1" REPLICA IDENTITY DEFAULT`},
		{"partitioned, filter beside the key", partitioned, "state = 'open'", []string{"id", "state"}, "is partitioned", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			info := orders()
			if c.change != nil {
				c.change(info)
			}
			table := listed(info, c.where, c.columns...)
			plan, findings := table.judgeIdentity()
			said, steps := "", ""
			if len(findings) > 0 {
				said = findings[0].Text
			}
			if plan != nil {
				steps = strings.Join(plan.Steps(table), "\n")
			}
			if !strings.Contains(said, c.says) || (said == "") != (c.says == "") {
				t.Errorf("said %q", said)
			}
			if !strings.Contains(steps, c.steps) || (steps == "") != (c.steps == "") {
				t.Errorf("planned %q", steps)
			}
		})
	}
}

// Once a plan is done, the table is judged fine, its key stays the one it was, and the index is known as ours.
func TestWhatWasPlannedIsFineOnceDone(t *testing.T) {
	info := orders()
	info.PrimaryKey = nil // the unique index remains
	table := listed(info, "state = 'open'", "id", "state")
	plan := table.PlanIdentity()
	if plan == nil || plan.Build == "" {
		t.Fatalf("planned %+v", plan)
	}
	info.Identity, info.IdentityColumns = relation.IdentityIndex, plan.Columns
	info.Unique, info.UniqueIndexes = append(info.Unique, plan.Columns), append(info.UniqueIndexes, plan.Uses)
	done := listed(info, "state = 'open'", "id", "state")
	done.indexes = []relation.Index{{Name: plan.Build, Columns: plan.Columns, Valid: true, Unique: true, Immediate: true, Plain: true, Btree: true, Identity: true}}
	if again, findings := done.judgeIdentity(); again != nil || len(findings) > 0 {
		t.Errorf("again %+v, %v", again, findings)
	}
	if got := strings.Join(done.Key, ","); got != "id" || got != strings.Join(table.PlannedKey(), ",") {
		t.Errorf("the key is %s, %v was planned", got, table.PlannedKey())
	}
	if !done.HasOurIdentity() {
		t.Error("the index is not known as ours")
	}
	if names := done.Superseded(nil); len(names) > 0 {
		t.Errorf("superseded are %v", names)
	}
	done.Where = "" // the filter goes: so does its index
	if names := done.Superseded(&Identity{Columns: []string{"id"}, Uses: `"orders_pkey"`}); len(names) != 1 || names[0] != plan.Build {
		t.Errorf("without the filter superseded are %v", names)
	}
}
