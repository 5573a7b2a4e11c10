package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/work"
)

func init() { known["work"] = objects{"work.jobs j", work.ScopeSQL, someWork} }

func someWork(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for place, actor := range map[access.Place]access.Actor{
		access.InCentre(r.Centre): r.Users[access.CentreHead], access.InCentre(r.OtherCentre): r.OtherUsers[access.CentreHead],
		access.InAuthority(r.Authority): r.Users[access.AuthorityHead], access.InRegion(): r.Users[access.RegionalManager],
	} {
		id := fixture.NewID()
		r.DB.Exec(`insert into work.jobs (id, kind, asked_by, asked, language, asked_at) values ($1, 'try', $2, '{}', 'uk', now())`, id, actor.UserID)
		belong[id] = access.Object{}
		if place != access.InRegion() {
			belong[id] = access.Object{Own: []access.Place{place}}
		}
	}
	return belong
}
