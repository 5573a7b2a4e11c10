package cases_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

// Groups are rows: one may decide and do nothing else. The page of acts asks for no more than the act behind it.
func TestWhoeverOnlyDecidesReachesTheirAct(t *testing.T) {
	s := newSite(t)
	kase := s.Register(cases.Filing{})
	s.DB.Exec(`insert into access.groups (code, name, place) values ('deciders', 'Ухвалюють рішення', 'authority')`)
	s.DB.Exec(`insert into access.group_rights (group_code, action, reach) values ('deciders', 'cases.view', 'own'), ('deciders', 'cases.decide', 'own')`)
	decider := s.As(s.AddUser("decider", access.Grant{Group: "deciders", Place: access.InAuthority(s.Authority)}))
	version := toDecision(t, s, kase.ID)
	if w := doAct(decider, kase.ID, version, "decide"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `name="outcome"`) {
		t.Errorf("a decision that says nothing: %d, want the form again", w.Code)
	}
	if w := doAct(decider, kase.ID, version, "note", "say_text", "Нотатка"); w.Code != http.StatusForbidden {
		t.Errorf("a note of whoever may not work on cases: %d", w.Code)
	}
}
