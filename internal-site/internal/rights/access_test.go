package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
)

func init() { known["access"] = objects{"access.users u", access.UserSQL, someUsers} }

func someUsers(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for _, users := range []map[access.GroupCode]access.Actor{r.Users, r.OtherUsers} {
		for _, a := range users {
			belong[a.UserID] = access.User{Grants: a.Grants}.Object()
		}
	}
	return belong
}
