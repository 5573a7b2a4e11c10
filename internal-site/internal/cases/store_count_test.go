package cases_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

// What a head reads of each of their people are the lengths of the lists of that person: of what is in their hands, of what waits for an
// office that they hold, and of what waits for one that nobody holds, where they are the head; in one place and in two.
func TestLoadsAreTheLengthsOfTheirLists(t *testing.T) {
	r, s := many(t)
	clerk, officer := r.Users[access.Administrator], r.Users[access.Officer]
	deputy := r.AddUser("deputy", access.Grant{Group: access.Officer, Place: access.InAuthority(r.Authority)})
	r.DB.Exec(`insert into offices.holders (id, place, kind, key, title, user_id, since) values (gen_random_uuid(), $1, 'authority', 'начальник', 'Начальник', $2, now())`,
		r.Authority, deputy.UserID)
	r.DB.Exec(`with n as (select case_id, place, row_number() over (order by case_id, place) as n, dense_rank() over (order by case_id) as c from cases.turns)
		update cases.turns t set standing = (array['turn', 'turn', 'issue', 'others', 'applicant', 'turn'])[1 + n.c % 6],
			office = case when n.c % 6 in (0, 5) and t.kind = 'authority' then (array['начальник', 'заступник'])[1 + n.c % 2] else '' end,
			person = (array[null, $1::uuid, $2::uuid, $3::uuid])[1 + (n.n + n.c / 6) % 4], due_on = due_on + (n.n % 7)::int - 3
		from n where n.case_id = t.case_id and n.place = t.place`, clerk.UserID, officer.UserID, deputy.UserID)
	places := []access.Place{access.InCentre(r.Centre), access.InAuthority(r.Authority)}
	both := r.AddUser("both", access.Grant{Group: access.CentreHead, Place: places[0]}, access.Grant{Group: access.AuthorityHead, Place: places[1]})
	whole := both
	whole.Rights = access.Rights{cases.View: {Own: places}, cases.AssignOn: {Own: places}, cases.WorkOn: {Own: places}}
	for name, head := range map[string]access.Actor{
		"of the centre": r.Users[access.CentreHead], "of the authority": r.Users[access.AuthorityHead], "of both": both, "of both, without those that others share": whole,
	} {
		loads, err := s.Loads(t.Context(), head)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var sum cases.Load
		for _, l := range loads {
			if want := listed(t, s, head, l.ID); want != [4]int{l.Mine, l.Late, l.Others, l.Applicant} {
				t.Errorf("head %s: %s has %d %d %d %d in hand, and lists of %v", name, l.Name, l.Mine, l.Late, l.Others, l.Applicant, want)
			}
			sum.Mine, sum.Late, sum.Others, sum.Applicant = sum.Mine+l.Mine, sum.Late+l.Late, sum.Others+l.Others, sum.Applicant+l.Applicant
		}
		if sum.Mine == 0 || sum.Late == 0 || sum.Late == sum.Mine || sum.Others == 0 || sum.Applicant == 0 {
			t.Errorf("head %s: nothing to compare: %+v", name, sum)
		}
	}
	if loads, err := s.Loads(t.Context(), clerk); err != nil || len(loads) != 0 {
		t.Errorf("somebody who heads nobody reads %v, %v", loads, err)
	}
}

// listed are the lengths of somebody's lists as a head opens them.
func listed(t *testing.T, s *cases.Store, head access.Actor, id uuid.UUID) (n [4]int) {
	t.Helper()
	for i, f := range []cases.Filter{{View: cases.ViewMine}, {View: cases.ViewMine, Due: "overdue"}, {View: cases.ViewOthers}, {View: cases.ViewApplicant}} {
		f.Person, f.Size = id, 100
		rows, total, err := s.List(t.Context(), head, f)
		if err != nil || len(rows) != total {
			t.Fatalf("%+v: %d of %d rows, %v", f, len(rows), total, err)
		}
		n[i] = total
	}
	return n
}
