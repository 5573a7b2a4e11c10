package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/fixture"
)

func init() { known["counter"] = objects{"counter.visits v", counter.ScopeSQL, someVisits} }

func someVisits(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	belong := map[uuid.UUID]access.Object{}
	store := counter.NewStore(r.DB.Pool, nil)
	for centre, clerk := range map[uuid.UUID]access.Actor{r.Centre: r.Users[access.Administrator], r.OtherCentre: r.OtherUsers[access.Administrator]} {
		id, err := store.Begin(t.Context(), clerk, centre)
		if err != nil {
			t.Fatal(err)
		}
		belong[id] = counter.Visit{CentreID: centre}.Object()
	}
	return belong
}
