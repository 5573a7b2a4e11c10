package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/offices"
)

func init() { known["offices"] = objects{"offices.holders h", offices.ScopeSQL, someOffices} }

func someOffices(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for _, place := range []access.Place{
		access.InCentre(r.Centre), access.InCentre(r.OtherCentre), access.InAuthority(r.Authority), access.InAuthority(r.OtherAuthority),
	} {
		id := fixture.NewID()
		r.DB.Exec(`insert into offices.holders (id, place, kind, title, key, user_id, since) values ($1, $2, $3, 'Начальник', 'начальник', $4, now())`,
			id, place.ID, place.Kind, r.Users[access.Officer].UserID)
		belong[id] = access.Object{Own: []access.Place{place}}
	}
	return belong
}
