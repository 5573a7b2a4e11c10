package access_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// D9: the administrator of the portal, who sees no cases, gave himself officer and read them all.
func TestNobodyGivesThemselvesWhatTheyLack(t *testing.T) {
	h := newHouse(t)
	for _, g := range []access.Grant{in(access.Officer, access.InAuthority(h.Authority)), in(access.RegionalManager, access.InRegion())} {
		if _, err := h.Give(t.Context(), h.admin, h.admin.UserID, g); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", g.Group, err)
		}
	}
	widened, err := h.Group(t.Context(), access.PortalAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	widened.Rights[cases.View] = access.Anywhere
	if _, err := h.SaveGroup(t.Context(), h.admin, widened); !fault.Is(err, fault.Forbidden) {
		t.Errorf("widening the own group: %v", err)
	}
	if list, _ := h.Proposals(t.Context(), h.admin); len(list) != 0 {
		t.Errorf("proposed: %v", list)
	}
}

// A head manages accounts within the own place, and lets people into groups whose rights they hold there.
func TestHeadsManageTheirPlace(t *testing.T) {
	h := newHouse(t)
	head, here, there := h.Users[access.CentreHead], access.InCentre(h.Centre), access.InCentre(h.OtherCentre)
	mine, foreign := h.Users[access.Administrator], h.OtherUsers[access.Administrator]
	both := h.AddUser("both", in(access.Administrator, here), in(access.Administrator, there))
	mighty := h.AddUser("mighty", in(access.Administrator, here), in(access.RegionalManager, access.InRegion()))
	for name, tt := range map[string]struct {
		who  access.Actor
		want fault.Kind
	}{"mine": {mine, ""}, "foreign": {foreign, fault.NotFound}, "of both": {both, fault.Forbidden}, "mightier": {mighty, fault.Forbidden}} {
		u := access.User{ID: tt.who.UserID, Login: tt.who.Login}
		for act, err := range map[string]error{
			"block": h.SetBlocked(t.Context(), head, u.ID, true), "unblock": h.SetBlocked(t.Context(), head, u.ID, false),
			"password": third(h.MakePassword(t.Context(), head, u.ID)), "edit": errOf(h.Store, t, head, u.ID), "unlock": h.Unlock(t.Context(), head, u.ID),
		} {
			if err == nil && tt.want != "" || err != nil && !fault.Is(err, tt.want) {
				t.Errorf("%s %s: %v", act, name, err)
			}
		}
	}
	for name, g := range map[string]access.Grant{
		"elsewhere": in(access.Administrator, there), "in the region": in(access.RegionalManager, access.InRegion()),
		"in an authority": in(access.Officer, access.InAuthority(h.Authority)),
	} {
		if _, err := h.Give(t.Context(), head, mine.UserID, g); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a group %s: %v", name, err)
		}
	}
	if err := h.AddGroup(t.Context(), h.admin, access.Group{
		Code: "publisher", Name: locale.Text{UK: "Видавець"}, Place: access.Centre, Rights: access.GroupRights{catalogue.PublishCard: access.Own},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Give(t.Context(), head, mine.UserID, in("publisher", here)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a group with a right that the head lacks: %v", err)
	}
	fresh := access.User{Login: "new.clerk", FullName: "Нова Людина"}
	if _, _, err := h.Enrol(t.Context(), head, fresh, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("an account that is nowhere: %v", err)
	}
	g := in(access.Administrator, here)
	if _, outcome, err := h.Enrol(t.Context(), head, fresh, &g); err != nil || outcome != access.Proposed {
		t.Fatalf("%q, %v", outcome, err)
	}
	if _, err := h.Confirm(t.Context(), h.admin, h.proposal(h.admin).ID); err != nil {
		t.Error(err)
	}
}

// Stores check rights themselves: no route stands before these calls.
func TestStoreRefusesWhoMayNot(t *testing.T) {
	h := newHouse(t)
	victim := h.Users[access.Administrator]
	g := in(access.Administrator, access.InCentre(h.Centre))
	for _, a := range []access.Actor{{}, access.System("intake"), h.Users[access.Administrator], h.Users[access.Officer], h.Users[access.RegionalManager]} {
		id, u := victim.UserID, access.User{ID: victim.UserID, Login: victim.Login}
		if a.UserID == id {
			id, u.ID = h.OtherUsers[access.Administrator].UserID, h.OtherUsers[access.Administrator].UserID
		}
		_, _, errAdd := h.Enrol(t.Context(), a, access.User{Login: "fresh", FullName: "Х"}, &g)
		_, errGive := h.Give(t.Context(), a, id, g)
		_, errSave := h.SaveGroup(t.Context(), a, access.Group{Code: access.Officer, Name: locale.Text{UK: "Х"}, Version: 2})
		for act, err := range map[string]error{
			"add": errAdd, "give": errGive, "take": h.Take(t.Context(), a, id, g), "block": h.SetBlocked(t.Context(), a, id, true),
			"password": third(h.MakePassword(t.Context(), a, u.ID)), "a chosen password": h.SetPassword(t.Context(), a, u, "синій кит пливе"),
			"edit": errOf(h.Store, t, a, u.ID), "unlock": h.Unlock(t.Context(), a, u.ID), "group": errSave,
			"new group": h.AddGroup(t.Context(), a, access.Group{Code: "mine", Name: locale.Text{UK: "Моя"}, Place: access.Region}),
			"no group":  h.DeleteGroup(t.Context(), a, access.Officer, 2),
		} {
			if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s by %v: %v", act, a.Grants, err)
			}
		}
	}
}

func TestNobodyLocksTheDoorBehindThemselves(t *testing.T) {
	h := newHouse(t)
	own := in(access.PortalAdministrator, access.InRegion())
	group, err := h.Group(t.Context(), access.PortalAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	delete(group.Rights, access.ManageGroups)
	_, errSave := h.SaveGroup(t.Context(), h.admin, group)
	for act, err := range map[string]error{
		"take": h.Take(t.Context(), h.admin, h.admin.UserID, own), "block": h.SetBlocked(t.Context(), h.admin, h.admin.UserID, true),
		"password": third(h.MakePassword(t.Context(), h.admin, h.admin.UserID)), "group": errSave,
	} {
		if fault.MessageKey(err) != "access.not_self" {
			t.Errorf("%s: %v", act, err)
		}
	}
}

// A request reads its person's rights when it begins. Two requests at once, one that joins a group and one that widens
// it, gave a right that neither could give alone; and whoever was blocked meanwhile went on.
func TestWhoChangesRightsIsAskedForTheirOwnAgain(t *testing.T) {
	h := newHouse(t)
	if err := h.AddGroup(t.Context(), h.admin, access.Group{Code: "keeper", Name: locale.Text{UK: "Хранитель"}, Place: access.Region}); err != nil {
		t.Fatal(err)
	}
	early := h.now(h.admin)
	if _, err := h.Give(t.Context(), h.admin, h.admin.UserID, in("keeper", access.InRegion())); err != nil {
		t.Fatal(err)
	}
	g := access.Group{Code: "keeper", Name: locale.Text{UK: "Хранитель"}, Version: 1, Rights: access.GroupRights{catalogue.EditService: access.Anywhere}}
	if _, err := h.SaveGroup(t.Context(), early, g); !fault.Is(err, fault.Forbidden) {
		t.Errorf("widened the group that they had just joined: %v", err)
	}
	if _, err := h.SaveGroup(t.Context(), h.other, g); err != nil {
		t.Fatal(err)
	}
	proposed := h.AddUser("proposed")
	if _, err := h.Give(t.Context(), h.other, proposed.UserID, in(access.Officer, access.InAuthority(h.Authority))); err != nil {
		t.Fatal(err)
	}
	p := h.proposal(h.other)
	if err := h.SetBlocked(t.Context(), operator, h.admin.UserID, true); err != nil {
		t.Fatal(err)
	}
	clerk := h.Users[access.Administrator]
	u, member := access.User{ID: clerk.UserID, Login: clerk.Login}, in(access.Administrator, access.InCentre(h.Centre))
	_, errGive := h.Give(t.Context(), early, u.ID, member)
	g.Version = 2
	_, errSave := h.SaveGroup(t.Context(), early, g)
	_, errConfirm := h.Confirm(t.Context(), early, p.ID)
	for act, err := range map[string]error{
		"give": errGive, "take": h.Take(t.Context(), early, u.ID, member), "block": h.SetBlocked(t.Context(), early, u.ID, true),
		"password": third(h.MakePassword(t.Context(), early, u.ID)), "group": errSave,
		"confirm": errConfirm, "reject": h.Reject(t.Context(), early, p.ID),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s by somebody blocked: %v", act, err)
		}
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

// errOf tries to change the name of an account, at the version that it has.
func errOf(s *access.Store, t *testing.T, by access.Actor, id uuid.UUID) error {
	t.Helper()
	version := 0
	if list, err := s.Users(t.Context(), access.Operator("test")); err == nil {
		for _, u := range list {
			if u.ID == id {
				version = u.Version
			}
		}
	}
	return s.SaveUser(t.Context(), by, access.User{ID: id, Version: version, FullName: "Інше Ім’я"})
}
