package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
)

func init() { known["catalogue"] = objects{"catalogue.services s", catalogue.ScopeSQL, someServices} }

func someServices(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	nobodys := r.AddService("00099", "Послуга без органу", r.Authority, r.Centre)
	r.DB.Exec(`update catalogue.services set authority_id = null where id = $1`, nobodys)
	r.DB.Exec(`delete from catalogue.service_centres where service_id = $1`, nobodys)
	belong := map[uuid.UUID]access.Object{}
	for _, id := range []uuid.UUID{r.Service, r.OtherService, nobodys} {
		s, err := catalogue.NewStore(r.DB.Pool).Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		belong[id] = s.Object()
	}
	return belong
}
