package catalogue_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
)

// A technological card waits for approval as an information card does: it counts on the first page and is found.
func TestTechnologicalCardsWaitToo(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewStore(r.DB.PoolAs("internal_site")).At(func() time.Time { return fixture.Now })
	head := r.Users[access.AuthorityHead]
	id, err := s.TechCards.Start(t.Context(), head, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.TechCards.TakeStep(t.Context(), head, catalogue.StepSubmit, catalogue.Meta{ID: id, Version: 1}, ""); err != nil {
		t.Fatal(err)
	}
	approve, publish, err := s.Waiting(t.Context(), head)
	rows, _, errList := s.List(t.Context(), head, catalogue.Filter{CardState: "submitted", Right: catalogue.ApproveCard, Page: 1, Size: 10})
	if err != nil || errList != nil || approve != 1 || publish != 0 || len(rows) != 1 || rows[0].TechState != catalogue.Submitted || rows[0].DraftState != "" {
		t.Errorf("a draft: %d and %d wait, list %+v, %v, %v", approve, publish, rows, err, errList)
	}
	if err := s.TechCards.TakeStep(t.Context(), head, catalogue.StepApprove, catalogue.Meta{ID: id, Version: 2}, ""); err != nil {
		t.Fatal(err)
	}
	approve, publish, err = s.Waiting(t.Context(), head)
	rows, _, errList = s.List(t.Context(), head, catalogue.Filter{CardState: "approved", Right: catalogue.PublishCard, Page: 1, Size: 10})
	if err != nil || errList != nil || approve != 0 || publish != 1 || len(rows) != 1 || rows[0].TechState != catalogue.Approved {
		t.Errorf("approved: %d and %d wait, list %+v, %v, %v", approve, publish, rows, err, errList)
	}
}
