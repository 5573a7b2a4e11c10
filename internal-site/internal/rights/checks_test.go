package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/fixture"
)

func init() { known["checks"] = objects{"checks.packages p", checks.ScopeSQL, someChecks} }

func someChecks(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for i, centre := range []uuid.UUID{r.Centre, r.OtherCentre} {
		id := fixture.NewID()
		r.DB.Exec(`insert into checks.packages (id, number, message_id, receipt_number, centre_id, service_id, name, language, sent_at, due_on, recipient)
			values ($1, $2, $1, '', $3, $4, 'x', 'uk', now(), now(), '')`, id, checks.Number(2026, i), centre, r.Service)
		belong[id] = checks.Package{CentreID: centre}.Object()
	}
	return belong
}
