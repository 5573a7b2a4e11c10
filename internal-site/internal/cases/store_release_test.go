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

// What somebody has in hand is given to a colleague where the colleague works too, and both counts and history say so.
func TestHandedOverCasesAreTheColleagues(t *testing.T) {
	r, s := many(t)
	head, clerk, where := r.Users[access.CentreHead], r.Users[access.Administrator], access.Object{Own: []access.Place{access.InCentre(r.Centre)}}
	before, err := s.InHandOf(t.Context(), head.UserID)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, h := range before {
		sum += h.Count
	}
	if open, err := s.OpenOf(t.Context(), head.UserID); err != nil || open == 0 || open != sum {
		t.Fatalf("%d open, %+v, %v", open, before, err)
	}
	if _, err := s.Successors(t.Context(), r.OtherUsers[access.CentreHead], head.UserID, where); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the head of another centre: %v", err)
	}
	list, err := s.Successors(t.Context(), r.Users[access.PortalAdministrator], head.UserID, where)
	if err != nil || len(list) == 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, c := range list {
		if c.ID == head.UserID || c.ID == r.OtherUsers[access.Administrator].UserID {
			t.Errorf("%s is offered", c.Name)
		}
	}
	had, _ := s.OpenOf(t.Context(), clerk.UserID)
	given, released, err := s.Reassign(t.Context(), r.Users[access.PortalAdministrator], head.UserID, &clerk.UserID, where)
	if err != nil || given+released != sum || given == 0 {
		t.Fatalf("%d given, %d released, %v", given, released, err)
	}
	if has, _ := s.OpenOf(t.Context(), clerk.UserID); has != had+given {
		t.Errorf("the colleague had %d, was given %d and has %d", had, given, has)
	}
	var told int
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.events where about = $1 and not published`, clerk.Name).Scan(&told); err != nil || told != given {
		t.Errorf("%d cases say it, %v", told, err)
	}
}
