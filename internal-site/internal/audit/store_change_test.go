package audit_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pgtest"
)

// The last change is the latest of the object whose action begins so: a person by the full name, a process by its own.
func TestLastChange(t *testing.T) {
	db, id := pgtest.Internal(t), uuid.New()
	db.Exec(`insert into access.users (id, login, full_name, password_hash, must_change) values ($1, 'o.koval', 'Коваль Олена', '!', false)`, id)
	koval := audit.Actor{ID: &id, Name: "o.koval"}
	for _, each := range []struct {
		by audit.Actor
		audit.Entry
	}{
		{audit.System("import"), audit.Entry{Action: "toy.change", ObjectType: "toy", ObjectID: "7"}},
		{koval, audit.Entry{Action: "toy.change", ObjectType: "toy", ObjectID: "7"}},
		{audit.System("import"), audit.Entry{Action: "other.change", ObjectType: "toy", ObjectID: "7"}},
		{audit.System("import"), audit.Entry{Action: "toy.change", ObjectType: "toy", ObjectID: "8"}},
		{audit.System("import"), audit.Entry{Action: "toy.change", ObjectType: "doll", ObjectID: "7"}},
	} {
		if err := record(t, db, each.by, nil, each.Entry); err != nil {
			t.Fatal(err)
		}
	}
	for object, want := range map[string]string{"7": "Коваль Олена", "8": "import", "9": ""} {
		c, err := audit.LastChange(t.Context(), db.PoolAs("internal_site"), "toy", object, "toy.")
		if err != nil || c.Name != want || c.At.IsZero() != (want == "") {
			t.Errorf("toy %s: %+v, %v; want %q", object, c, err, want)
		}
	}
}
