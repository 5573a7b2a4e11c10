package cases_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/webtest"
)

// A case that a colleague has is taken over with a reason, given on and handed back; the page says who has it.
func TestACaseGoesFromHandToHand(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	colleague := s.AddUser("clerk2", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	clerk, page := s.Users[access.Administrator], "/cases/"+kase.ID.String()
	doAct(s.As(colleague), kase.ID, 1, "take")
	webtest.Shows(t, s.As(clerk).Get(page), http.StatusOK, "Прийняти справу від колеги", colleague.Name)
	webtest.Shows(t, doAct(s.As(clerk), kase.ID, 2, "take"), http.StatusUnprocessableEntity, "Зазначте, чому приймаєте справу від колеги")
	if w := doAct(s.As(clerk), kase.ID, 2, "take", "take_text", "Колега хворіє"); w.Code != http.StatusSeeOther {
		t.Fatalf("with a reason: %d", w.Code)
	}
	webtest.Shows(t, s.As(clerk).Get(page), http.StatusOK, "Колега хворіє", "Повернути до спільної черги", "Передати колезі")
	webtest.Shows(t, doAct(s.As(clerk), kase.ID, 3, "assign"), http.StatusUnprocessableEntity, "Виберіть працівника своєї установи")
	if w := doAct(s.As(clerk), kase.ID, 3, "assign", "to", s.Users[access.Officer].UserID.String()); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("to somebody who does not work in the centre: %d", w.Code)
	}
	if w := doAct(s.As(clerk), kase.ID, 3, "assign", "to", colleague.UserID.String()); w.Code != http.StatusSeeOther {
		t.Errorf("to a colleague: %d", w.Code)
	}
	if n := s.Count(`select count(*) from cases.assignments where case_id = $1 and person = $2`, kase.ID, colleague.UserID); n != 1 {
		t.Error("the colleague does not have the case")
	}
	if w := doAct(s.As(s.Users[access.CentreHead]), kase.ID, 4, "hand_back", "hand_back_text", "у відпустці"); w.Code != http.StatusSeeOther {
		t.Errorf("the head hands it back: %d", w.Code)
	}
	if n := s.Count(`select count(*) from cases.assignments where case_id = $1`, kase.ID); n != 0 {
		t.Error("the case is somebody's still")
	}
}

// An authority that only takes part sees the applicant's data and the files while its stage lasts.
func TestAPartnerSeesAnOutlineOutsideItsStage(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{Applicant: domain.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Їжак", TaxNumber: "1234567899", Phone: "+380501112233", Address: "вул. Липнева, 5"}})
	clerk, partner, page := s.Users[access.Administrator], s.As(s.OtherUsers[access.Officer]), "/cases/"+kase.ID.String()
	hidden := []string{"1234567899", "0501112233", "Липнева"}
	check := func(when string, sees bool) {
		t.Helper()
		body := partner.Get(page).Body.String()
		if !strings.Contains(body, "Ґалаґан") || strings.Contains(body, "поки триває етап вашої установи") == sees {
			t.Errorf("%s: sees all: %t", when, !sees)
		}
		for _, secret := range hidden {
			if strings.Contains(strings.ReplaceAll(body, " ", ""), strings.ReplaceAll(secret, " ", "")) && !sees {
				t.Errorf("%s: shows %s", when, secret)
			}
		}
	}
	doAct(s.As(clerk), kase.ID, 1, "take")
	check("before its stage", false)
	doAct(s.As(clerk), kase.ID, 2, "finish_stage")
	check("in its stage", true)
	doAct(partner, kase.ID, 3, "finish_stage")
	check("after its stage", false)
}

// The page says who has to end a stage that the card gives to an office, and offers it to nobody else.
func TestAStageOfAnOfficeNamesItsHolder(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	s.DB.Exec(`update cases.stages set official = 'Начальник' where case_id = $1 and action = 'approves'`, kase.ID)
	version := toDecision(t, s, kase.ID)
	officer, head, page := s.Users[access.Officer], s.Users[access.AuthorityHead], "/cases/"+kase.ID.String()
	webtest.Shows(t, s.As(officer).Get(page), http.StatusOK, "посаду ніхто не обіймає")
	if w := doAct(s.As(officer), kase.ID, version, "decide", "outcome", "granted"); w.Code != http.StatusForbidden {
		t.Errorf("a vacant office by an officer: %d", w.Code)
	}
	webtest.Shows(t, s.As(head).Get(page), http.StatusOK, "тому дієте ви як керівник", `name="outcome"`)
	holder := s.AddUser("holder", access.Grant{Group: access.Officer, Place: access.InAuthority(s.Authority)})
	s.DB.Exec(`insert into offices.holders (id, place, kind, title, key, user_id, since) values (gen_random_uuid(), $1, 'authority', 'Начальник', $2, $3, now())`,
		s.Authority, offices.Key("Начальник"), holder.UserID)
	webtest.Shows(t, s.As(head).Get(page), http.StatusOK, "Етап завершує", holder.Name)
	if w := doAct(s.As(head), kase.ID, version, "decide", "outcome", "granted"); w.Code != http.StatusForbidden {
		t.Errorf("a held office by the head: %d", w.Code)
	}
	s.DB.Exec(`insert into offices.absences (id, user_id, substitute_id, first_day, last_day, reason, entered_at) values
		(gen_random_uuid(), $1, $2, '2026-11-10', '2026-11-20', 'відпустка', now())`, holder.UserID, officer.UserID)
	webtest.Shows(t, s.As(officer).Get(page), http.StatusOK, "Ви дієте як заміщення", holder.Name)
	if w := doAct(s.As(officer), kase.ID, version, "decide", "outcome", "granted"); w.Code != http.StatusSeeOther {
		t.Errorf("the substitute: %d", w.Code)
	}
	webtest.Shows(t, s.As(officer).Get(page), http.StatusOK, "заміщує: "+holder.Name)
}

// Whoever opened the case in a list finds its neighbours.
func TestNeighboursOfTheList(t *testing.T) {
	p := play()
	p.beside = domain.Neighbours{Before: uuid.New(), After: uuid.New(), At: 3, Of: 14}
	w := p.as(t, p.clerk).Get("/cases/" + p.w.Case.ID.String() + "?from=view%3Dmine")
	webtest.Shows(t, w, http.StatusOK, "3 з 14", p.beside.Before.String()+"?from=view%3Dmine", p.beside.After.String()+"?from=view%3Dmine")
}
