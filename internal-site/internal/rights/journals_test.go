package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
)

func init() {
	known["journals"] = objects{"(select x.*, x.case_id as id from (select journal, centre_id, authority_id, asker_id, case_id from journals.entries) x) e", journals.ScopeSQL, someEntries}
}

// someEntries are known by their cases, each of which has one entry.
func someEntries(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for id := range someCases(t, r) {
		var entry int64
		if err := r.DB.Pool.QueryRow(t.Context(), `select id from journals.entries where case_id = $1`, id).Scan(&entry); err != nil {
			t.Fatal(err)
		}
		object, err := journals.NewStore(r.DB.Pool).Object(t.Context(), entry)
		if err != nil {
			t.Fatal(err)
		}
		belong[id] = object
	}
	return belong
}
