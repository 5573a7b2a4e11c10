package cases_test

import (
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/fault"
)

// What a blocked person had open is found by their colleagues; what is done stays theirs.
func TestReleasedCasesAreNobodys(t *testing.T) {
	r, s := many(t)
	head, where := r.Users[access.CentreHead], access.Object{Own: []access.Place{access.InCentre(r.Centre)}}
	open, err := s.OpenOf(t.Context(), head.UserID)
	if err != nil || open == 0 {
		t.Fatalf("%d open, %v", open, err)
	}
	for _, who := range []access.Actor{r.Users[access.Officer], r.Users[access.RegionalManager], r.OtherUsers[access.CentreHead]} {
		if _, err := s.Release(t.Context(), who, head.UserID, where); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s releases: %v", who.Login, err)
		}
	}
	n, err := s.Release(t.Context(), r.Users[access.PortalAdministrator], head.UserID, where)
	if err != nil || n != open {
		t.Fatalf("%d released of %d, %v", n, open, err)
	}
	if left, err := s.OpenOf(t.Context(), head.UserID); err != nil || left != 0 {
		t.Errorf("%d left, %v", left, err)
	}
	var notes, published, trail int
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(*), count(*) filter (where published),
		(select count(*) from audit.events where action = 'cases.case.release') from cases.events where kind = 'note'`).Scan(&notes, &published, &trail); err != nil {
		t.Fatal(err)
	}
	if notes != n || published != 0 || trail != n {
		t.Errorf("%d notes, %d of them public, %d in the trail", notes, published, trail)
	}
	_, total, err := s.List(t.Context(), r.Users[access.Administrator], cases.Filter{Assigned: head.UserID, State: "all", Size: 5})
	if err != nil || total == 0 {
		t.Errorf("what is done is not theirs any more: %d, %v", total, err)
	}
}
