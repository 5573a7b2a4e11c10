package cases_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// A head sees how much each of their people has and who is away; a substitute sees the queue of whom they substitute.
func TestAHeadSeesTheirPeople(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk := s.Users[access.Administrator]
	doAct(s.As(clerk), kase.ID, 1, "take")
	colleague := s.AddUser("clerk2", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	s.DB.Exec(`insert into offices.absences (id, user_id, substitute_id, first_day, last_day, reason, entered_at) values
		(gen_random_uuid(), $1, $2, '2026-11-10', '2026-11-20', 'відпустка', now())`, clerk.UserID, colleague.UserID)
	head := s.As(s.Users[access.CentreHead]).Get("/cases")
	webtest.Shows(t, head, http.StatusOK, clerk.Name, "відсутність до 20.11.2026, заміщує "+colleague.Name, "/cases?person="+clerk.UserID.String()+"&amp;view=mine")
	substitute := s.As(colleague)
	webtest.Shows(t, substitute.Get("/cases"), http.StatusOK, "За: "+clerk.Name+" (1)")
	webtest.Shows(t, substitute.Get("/cases?person="+clerk.UserID.String()+"&view=mine"), http.StatusOK, kase.Number)
	webtest.Shows(t, s.As(clerk).Get("/cases?view=mine"), http.StatusOK, kase.Number, "Моя черга (1)")
}
