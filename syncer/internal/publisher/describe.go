package publisher

import (
	"context"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Describe reads what planning an identity needs besides what Tables has read: all indexes, how long values may be, and which names
// are taken.
func Describe(ctx context.Context, db relation.Queryer, tables []Table) error {
	schemas, bare := make([]string, len(tables)), make([]string, len(tables))
	for i, t := range tables {
		schemas[i], bare[i] = t.Schema, t.Name
	}
	indexes, err := relation.Indexes(ctx, db, schemas, bare)
	if err != nil {
		return link.Fail("source", err)
	}
	for i := range tables {
		tables[i].indexes = indexes[i]
	}
	if err := describeStorage(ctx, db, tables); err != nil {
		return err
	}
	return describeNames(ctx, db, tables)
}

// describeStorage looks at the columns of tables that have a filter or another identity than most have.
func describeStorage(ctx context.Context, db relation.Queryer, tables []Table) error {
	var at []int
	var schemas, bare []string
	for i, t := range tables {
		if t.Info != nil && (t.Where != "" || t.Info.Identity != relation.IdentityDefault || len(t.Info.PrimaryKey) == 0) {
			at, schemas, bare = append(at, i), append(schemas, t.Schema), append(bare, t.Name)
		}
	}
	if len(at) == 0 {
		return nil
	}
	all, err := relation.Storages(ctx, db, schemas, bare)
	if err != nil {
		return link.Fail("source", err)
	}
	for n, i := range at {
		tables[i].storage = make(map[string]relation.Storage, len(all[n]))
		for _, s := range all[n] {
			tables[i].storage[s.Column] = s
		}
	}
	return nil
}

// describeNames asks which of the names that a planned index could get are taken.
func describeNames(ctx context.Context, db relation.Queryer, tables []Table) error {
	var schemas, bare []string
	var at []int
	for i, t := range tables {
		plan, _ := t.judgeIdentity()
		if t.Info == nil || plan == nil || plan.Build == "" {
			continue
		}
		at = append(at, i)
		for n := range names {
			schemas, bare = append(schemas, t.Schema), append(bare, identityName(t.Schema, t.Name, plan.Columns, n))
		}
	}
	if len(at) == 0 {
		return nil
	}
	taken, err := relation.Taken(ctx, db, schemas, bare)
	if err != nil {
		return link.Fail("source", err)
	}
	for n, i := range at {
		tables[i].taken = map[string]bool{}
		for _, name := range bare[n*names : (n+1)*names] {
			tables[i].taken[name] = taken[tables[i].Schema+"."+name]
		}
	}
	return nil
}
