package audit_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// record writes entries as the staff site does, in one transaction that ends with after.
func record(t *testing.T, db *pgtest.Database, by audit.Actor, after error, entries ...audit.Entry) error {
	t.Helper()
	return pg.InTx(t.Context(), db.PoolAs("internal_site"), func(tx pgx.Tx) error {
		for _, e := range entries {
			if err := audit.Record(t.Context(), tx, by, e); err != nil {
				return err
			}
		}
		return after
	})
}

func TestRecordKeepsWhoDidWhat(t *testing.T) {
	db := pgtest.Internal(t)
	id, centre := uuid.New(), uuid.New()
	db.Exec(`insert into access.users (id, login, full_name, password_hash, must_change) values ($1, 'o.koval', 'Коваль Олена', '!', false)`, id)
	err := record(t, db, audit.Actor{ID: &id, Name: "o.koval"}, nil, audit.Entry{
		Action: "toy.change", ObjectType: "toy", ObjectID: "7", CentreID: &centre, Reason: "Бо так <b>", Detail: map[string]int{"n": 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	var actor, action, object, reason string
	var by, at uuid.UUID
	var n int
	err = db.Pool.QueryRow(t.Context(), `select actor_id, actor, action, object_type || object_id, centre_id, reason, (detail->>'n')::int from audit.events`).
		Scan(&by, &actor, &action, &object, &at, &reason, &n)
	if err != nil || by != id || actor != "o.koval" || action != "toy.change" || object != "toy7" || at != centre || reason != "Бо так <b>" || n != 3 {
		t.Errorf("%s %s %s %s %s %q %d, %v", by, actor, action, object, at, reason, n, err)
	}
}

// A change that is taken back leaves no trace, and one whose detail cannot be written is no change.
func TestRecordIsPartOfTheChange(t *testing.T) {
	db, back := pgtest.Internal(t), errors.New("taken back")
	if err := record(t, db, audit.System("toy"), back, audit.Entry{Action: "toy.change"}); !errors.Is(err, back) {
		t.Fatal(err)
	}
	if err := record(t, db, audit.System("toy"), nil, audit.Entry{Action: "toy.change", Detail: func() {}}); err == nil {
		t.Error("a detail that is no JSON was written")
	}
	var n int
	if err := db.Pool.QueryRow(t.Context(), `select count(*) from audit.events`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// No role of the portal changes or removes what the trail says, the owner of the tables least of all by accident.
func TestTrailIsAppendOnly(t *testing.T) {
	db := pgtest.Internal(t)
	if err := record(t, db, audit.System("toy"), nil, audit.Entry{Action: "toy.change"}); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"internal_site", "intake"} {
		for _, sql := range []string{
			`update audit.events set actor = 'somebody'`, `delete from audit.events`, `truncate audit.events`,
			`insert into audit.events (actor, action, object_type, object_id) values ('x', 'x', 'x', 'x')`,
		} {
			if _, err := db.PoolAs(role).Exec(t.Context(), sql); pg.Code(err) != pg.CodeInsufficientRights {
				t.Errorf("%s: %s: %v", role, sql, err)
			}
		}
	}
}
