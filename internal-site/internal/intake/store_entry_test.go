package intake_test

import (
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/fault"
)

// What an application that waits for a person says is kept for the counter, for whoever may see the entry, until somebody has decided
// about it.
func TestAnApplicationThatWaitsIsKeptWhole(t *testing.T) {
	p := newPlace(t)
	pool := p.db.PoolAs("internal_site")
	q := intake.NewQueue(pool)
	e := p.refused(t, q)
	taken, err := intake.Take(t.Context(), pool, p.Users[access.Administrator], e.ID)
	must(t, err)
	a := taken.Application
	if a == nil || a.Applicant.TaxNumber != "3184710691" || a.Applicant.Surname != "Коваль" || len(a.Answers) == 0 || taken.CentreID == nil || *taken.CentreID != p.Centre {
		t.Errorf("%+v", taken)
	}
	if _, err := intake.Take(t.Context(), pool, p.OtherUsers[access.Administrator], e.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a clerk of another centre: %v", err)
	}
	must(t, q.Decide(t.Context(), p.Users[access.CentreHead], e.ID, e.Version, intake.Verdict{Decision: intake.Retry}))
	if _, err := intake.Take(t.Context(), pool, p.Users[access.Administrator], e.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("of an entry that was decided: %v", err)
	}
	var kept int
	if err := p.db.Pool.QueryRow(t.Context(), `select count(*) from intake.refusals where record is not null`).Scan(&kept); err != nil || kept > 0 {
		t.Errorf("%d records stay after the decision, %v", kept, err)
	}
}
