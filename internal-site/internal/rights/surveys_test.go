package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/surveys"
)

func init() { known["surveys"] = objects{"surveys.answers a", surveys.ScopeSQL, someAnswers} }

func someAnswers(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	survey := fixture.NewID()
	r.DB.Exec(`insert into surveys.surveys (id, title, title_en, first_day) values ($1, 'x', 'x', '2026-01-01')`, survey)
	belong := map[uuid.UUID]access.Object{}
	for _, centre := range []uuid.UUID{r.Centre, r.OtherCentre} {
		id := fixture.NewID()
		r.DB.Exec(`insert into surveys.answers (id, survey_id, service_id, centre_id, day) values ($1, $2, $3, $4, '2026-11-01')`, id, survey, r.Service, centre)
		belong[id] = access.Object{Own: []access.Place{access.InCentre(centre)}}
	}
	return belong
}
