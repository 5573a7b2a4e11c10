package demo

import (
	"slices"
	"strings"
	"testing"

	"portal.example/shared/pgtest"
)

func TestPartsComeAfterThoseTheyUse(t *testing.T) {
	list := map[string]part{"a": {name: "a", after: []string{"c"}}, "b": {name: "b"}, "c": {name: "c", after: []string{"b"}}}
	got, err := arranged(list)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range got {
		names = append(names, p.name)
	}
	if want := []string{"b", "c", "a"}; !slices.Equal(names, want) {
		t.Errorf("parts %v, want %v", names, want)
	}
	list["b"] = part{name: "b", after: []string{"a"}}
	if _, err := arranged(list); err == nil || !strings.Contains(err.Error(), "comes before itself") {
		t.Errorf("parts in a circle: %v", err)
	}
	list["b"] = part{name: "b", after: []string{"d"}}
	if _, err := arranged(list); err == nil || !strings.Contains(err.Error(), "there is no d") {
		t.Errorf("a part that is missing: %v", err)
	}
}

// A table that no list of the demo has ever heard of is written after the one it refers to.
func TestOrderOfTablesComesFromForeignKeys(t *testing.T) {
	db := pgtest.Internal(t)
	db.Exec(`create schema bookings; create table bookings.slots (id int primary key);
		create table bookings.bookings (id int primary key, slot_id int not null references bookings.slots, moved_from int references bookings.bookings)`)
	var d dataset
	d.put("bookings.bookings", cell{"id", 1}, cell{"slot_id", 7}, cell{"moved_from", nil})
	d.put("bookings.slots", cell{"id", 7})
	if err := write(t.Context(), db.Pool, d.tables); err != nil {
		t.Fatal(err)
	}
	var slot int
	if err := db.Pool.QueryRow(t.Context(), `select slot_id from bookings.bookings`).Scan(&slot); err != nil || slot != 7 {
		t.Errorf("slot %d, %v", slot, err)
	}
}
