package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
)

func init() {
	known["statistics"] = objects{"(select x.*, x.case_id as id from (select centre_id, authority_id, case_id from cases.measures) x) m", statistics.ScopeSQL, someMeasures}
}

// someMeasures are of cases that their applicants have taken back: each belongs where its case does.
func someMeasures(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := someCases(t, r)
	r.DB.Exec(`insert into cases.measures select id, current_date, current_date, null, centre_id, authority_id, service_id, 9, 0, 0, null, null, 0, 0, false, false, 'withdrawn', channel, 'person' from cases.cases`)
	for id, o := range belong {
		o.Part = nil
		belong[id] = o
	}
	return belong
}
