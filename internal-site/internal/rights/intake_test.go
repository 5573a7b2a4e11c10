package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
)

func init() { known["intake"] = objects{"intake.refusals r", intake.ScopeSQL, someRefusals} }

func someRefusals(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for _, centre := range []*uuid.UUID{&r.Centre, &r.OtherCentre, nil} {
		id := fixture.NewID()
		r.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, reason, centre_id, submitted_at)
			values ($1, 'refused', $2, '', 'intake.reason.mismatch', $3, now())`, id, fixture.NewID(), centre)
		belong[id] = access.Object{}
		if centre != nil {
			belong[id] = access.Object{Own: []access.Place{access.InCentre(*centre)}}
		}
	}
	return belong
}
