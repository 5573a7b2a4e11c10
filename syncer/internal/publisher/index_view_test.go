package publisher

import (
	"testing"

	"portal.example/syncer/internal/relation"
)

func TestOursAreToldFromTheApplicationsIndexes(t *testing.T) {
	columns := []string{"id", "state"}
	ours := relation.Index{Name: identityName("app", "orders", columns, 0), Columns: columns, Valid: true, Unique: true, Immediate: true, Plain: true, Btree: true}
	for _, c := range []struct {
		name   string
		change func(*relation.Index)
		ours   bool
	}{
		{"as we make it", func(*relation.Index) {}, true},
		{"never finished", func(i *relation.Index) { i.Valid = false }, true},
		{"under a later name", func(i *relation.Index) { i.Name = identityName("app", "orders", columns, names-1) }, true},
		{"of another table", func(i *relation.Index) { i.Name = identityName("app", "others", columns, 0) }, false},
		{"over other columns than its name says", func(i *relation.Index) { i.Columns = []string{"state", "id"} }, false},
		{"partial", func(i *relation.Index) { i.Plain = false }, false},
		{"of a constraint", func(i *relation.Index) { i.Constrained = true }, false},
		{"under the earlier name", func(i *relation.Index) { i.Name = "orders_replica_identity" }, true},
		{"under the earlier name, the key not first", func(i *relation.Index) { i.Name, i.Columns = "orders_replica_identity", []string{"state", "id"} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := ours
			c.change(&i)
			if got := listed(orders(), "").indexView().isOurs(i); got != c.ours {
				t.Errorf("ours: %t", got)
			}
		})
	}
}

// A name that something else has is passed over; what an attempt of ours has left under it is not.
func TestNamesOfIndexesAreFreeOrOurs(t *testing.T) {
	columns := []string{"id", "state"}
	first, second := identityName("app", "orders", columns, 0), identityName("app", "orders", columns, 1)
	table := listed(orders(), "")
	table.taken = map[string]bool{first: true}
	if name, broken := table.indexView().freeName(columns); name != second || broken {
		t.Errorf("%s, broken %t", name, broken)
	}
	table.indexes = []relation.Index{{Name: first, Columns: columns, Unique: true, Plain: true, Btree: true}}
	if name, broken := table.indexView().freeName(columns); name != first || !broken {
		t.Errorf("%s, broken %t", name, broken)
	}
	table.indexes[0].Valid = true
	if name, broken := table.indexView().freeName(columns); name != second || broken {
		t.Errorf("a valid one: %s, broken %t", name, broken)
	}
}
