package rights_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/questions"
)

func init() { known["questions"] = objects{"questions.threads t", questions.ScopeSQL, someQuestions} }

func someQuestions(_ *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	belong := map[uuid.UUID]access.Object{}
	for i, to := range []questions.Addressee{{CentreID: &r.Centre}, {CentreID: &r.OtherCentre}, {AuthorityID: &r.Authority}, {AuthorityID: &r.OtherAuthority}} {
		id := fixture.NewID()
		r.DB.Exec(`insert into questions.threads (id, number, message_id, receipt_number, centre_id, authority_id, topic, name, language, asked_at, due_on, recipient)
			values ($1, $2, $1, '', $3, $4, 'x', 'x', 'uk', now(), now(), '')`, id, questions.Number(2026, i), to.CentreID, to.AuthorityID)
		belong[id] = questions.Thread{Addressee: to}.Object()
	}
	return belong
}
