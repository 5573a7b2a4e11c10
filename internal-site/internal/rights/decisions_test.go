package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/fixture"
)

func init() {
	known["decisions"] = objects{"decisions.templates t", decisions.ScopeSQL, someTemplates}
}

func someTemplates(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for _, authority := range []uuid.UUID{r.Authority, r.OtherAuthority} {
		id := fixture.NewID()
		r.DB.Exec(`insert into decisions.templates (id, authority_id, outcome, version, text, saved_at, saved_by) values ($1, $2, 'granted', 1, 'так', now(), $3)`,
			id, authority, r.Users[access.AuthorityHead].UserID)
		belong[id] = access.Object{Own: []access.Place{access.InAuthority(authority)}}
	}
	return belong
}
