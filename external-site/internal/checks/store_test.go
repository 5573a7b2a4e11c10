package checks

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// A package is followed by the number of its receipt and by its own, from registration to the answer that was corrected last.
func TestPackagesAreFollowed(t *testing.T) {
	region, code, pack := submissiontest.New(t), newCode(t), uuid.Must(uuid.NewV7())
	store := tracking.NewStore(region.DB.PoolAs("external_site"), Packages{})
	hash := code.Hash()
	region.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number, case_number, code_hash, answered_at)
		values (gen_random_uuid(), 'R-0000-0000-0195', 'check', 'registered', '', '', 'check', $1, 'П-2026-000001', '', $2, now())`, pack, hash[:])
	follow := func(typed string, code seal.Code) (tracking.Status, error) {
		number, ok := tracking.ParseNumber(typed)
		if !ok {
			t.Fatalf("%q is no number", typed)
		}
		return store.Status(t.Context(), number, code)
	}
	if s, err := follow("R-0000-0000-0195", code); err != nil || s.Place() != tracking.Registered { // the package is still on its way
		t.Fatalf("%s, %v", s.Place(), err)
	}
	region.DB.Exec(`insert into checks.packages (id, number, receipt_number, centre_id, service_id, state, registered_at, due_on, tracked)
		values ($1, 'П-2026-000001', 'R-0000-0000-0195', $2, $3, 'open', now(), '2026-12-05', true)`, pack, region.Centre, region.Service)
	before, err := follow("п 2026 000001", code)
	must(t, err)
	if p, ok := before.Shown.(*Package); !ok || before.Kind != contract.KindCheck || before.Place() != tracking.Open || p.Answer != nil || before.CentreAt == nil || before.Centre.UK != "ЦНАП №01" {
		t.Errorf("open: %+v", before)
	}
	if _, err := follow("П-2026-000001", newCode(t)); !fault.Is(err, fault.NotFound) {
		t.Errorf("with another code: %v", err)
	}
	answer := func(text string, at time.Time) {
		t.Helper()
		raw, err := json.Marshal(contract.CheckAnswer{Papers: []contract.CheckedPaper{{File: "скан.pdf", Fit: true}}, Text: text})
		must(t, err)
		sealed, err := seal.ForCode(code.Recipient(), raw)
		must(t, err)
		region.DB.Exec(`insert into checks.answers (id, package_id, at, kind, sealed, published) values (gen_random_uuid(), $1, $2, 'answer', $3, true)`, pack, at, sealed)
	}
	region.DB.Exec(`update checks.packages set state = 'answered', answered_at = now(), files_until = '2026-12-20' where id = $1`, pack)
	answer("візьміть паспорт", time.Now())
	answer("раніше", time.Now().Add(-time.Hour))
	after, err := follow("R-0000-0000-0195", code)
	must(t, err)
	p, ok := after.Shown.(*Package)
	if !ok || after.Place() != tracking.Answered || p.Answer.Text != "візьміть паспорт" || !p.Answer.AllFit() || !p.Corrected || p.FilesUntil == nil {
		t.Errorf("answered: %+v", p)
	}
	if after.Version == before.Version {
		t.Error("the version did not change")
	}
	region.DB.Exec(`insert into checks.answers (id, package_id, at, kind, sealed, published) values (gen_random_uuid(), $1, now() + interval '1 hour', 'answer', 'junk', true)`, pack)
	if s, err := follow("R-0000-0000-0195", code); err != nil || !s.Shown.(*Package).Answer.Unreadable {
		t.Errorf("a damaged answer: %v", err)
	}
	region.DB.Exec(`delete from org.centres where id = $1`, region.Centre)
	if s, err := follow("R-0000-0000-0195", code); err != nil || s.CentreAt != nil {
		t.Errorf("without the centre on the site: %v", err)
	}
}
