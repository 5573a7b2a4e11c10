package access_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
)

var (
	centre, elsewhere     = uuid.New(), uuid.New()
	authority, anotherOne = uuid.New(), uuid.New()
	here                  = access.Object{Centres: []uuid.UUID{centre}, DecidedBy: authority}
	there                 = access.Object{Centres: []uuid.UUID{elsewhere}, DecidedBy: anotherOne}
	partOnly              = access.Object{Centres: []uuid.UUID{elsewhere}, Authorities: []uuid.UUID{authority}, DecidedBy: anotherOne}
	nowhere               = access.Object{}
)

func actor(role access.Role) access.Actor {
	g := access.Grant{Role: role}
	switch role.Place() {
	case access.InCentre:
		g.CentreID = centre
	case access.InAuthority:
		g.AuthorityID = authority
	case access.InRegion:
	}
	return access.Actor{UserID: uuid.New(), Roles: []access.Grant{g}}
}

// The whole matrix: for each action and role, over which of the objects it may be done, as letters of
// "here there part nowhere".
func TestMatrix(t *testing.T) {
	all, none := "htpn", ""
	want := map[access.Action][6]string{ // administrator, centre_head, officer, authority_head, regional_manager, portal_administrator
		access.ServicesView:      {all, all, all, all, all, all},
		access.ServicesEdit:      {none, none, none, "h", all, none},
		access.CardsEdit:         {"h", "h", "h", "h", all, none},
		access.CardsApprove:      {none, "h", none, "h", all, none},
		access.CardsPublish:      {none, none, none, "h", all, none},
		access.OrganisationsView: {all, all, all, all, all, all},
		access.OrganisationsEdit: {none, none, none, none, all, none},
		access.CasesView:         {"h", "h", "hp", "hp", all, none},
		access.CasesWork:         {"h", "h", "hp", "hp", none, none},
		access.CasesDecide:       {none, none, "h", "h", none, none},
		access.CasesIssue:        {"h", "h", none, none, none, none},
		access.ResultsUpload:     {none, none, "h", "h", none, none},
		access.IntakeHandle:      {none, "h", none, none, all, none},
		access.UsersView:         {none, "h", none, none, none, all},
		access.UsersManage:       {none, none, none, none, none, all},
	}
	if len(want) != len(access.Actions) {
		t.Fatalf("%d actions in the table, %d exist", len(want), len(access.Actions))
	}
	for action, row := range want {
		for i, role := range access.Roles {
			got := ""
			for _, o := range []struct {
				letter string
				object access.Object
			}{{"h", here}, {"t", there}, {"p", partOnly}, {"n", nowhere}} {
				if access.Can(actor(role), action, o.object) {
					got += o.letter
				}
			}
			if got != row[i] {
				t.Errorf("%s as %s: may %q, want %q", action, role, got, row[i])
			}
		}
	}
}

func TestNobodyMayDoAnything(t *testing.T) {
	for _, a := range []access.Actor{{}, access.System("intake"), {Roles: []access.Grant{{Role: "king"}}}, {Roles: []access.Grant{{Role: access.Officer}}}} {
		for _, action := range access.Actions {
			for _, o := range []access.Object{here, there, nowhere} {
				if len(a.Roles) == 1 && a.Roles[0].Role == access.Officer && (action == access.ServicesView || action == access.OrganisationsView) {
					continue // any officer may look, wherever the role was given
				}
				if access.Can(a, action, o) {
					t.Errorf("%v may %s", a.Roles, action)
				}
			}
		}
	}
}

func TestRolesAddUp(t *testing.T) {
	a := actor(access.Administrator)
	a.Roles = append(a.Roles, access.Grant{Role: access.Officer, AuthorityID: anotherOne})
	if !access.Can(a, access.CasesDecide, there) || access.Can(a, access.CasesDecide, here) {
		t.Error("a second role counts where it was given, and only there")
	}
}

func TestCheckRole(t *testing.T) {
	for _, tt := range []struct {
		role              access.Role
		centre, authority bool
		ok                bool
	}{
		{access.Administrator, true, false, true},
		{access.Administrator, false, false, false},
		{access.Administrator, true, true, false},
		{access.Officer, false, true, true},
		{access.Officer, true, false, false},
		{access.RegionalManager, false, false, true},
		{access.RegionalManager, true, false, false},
		{"king", false, false, false},
	} {
		if err := access.CheckRole(tt.role, tt.centre, tt.authority); (err == nil) != tt.ok {
			t.Errorf("%s centre %t authority %t: %v", tt.role, tt.centre, tt.authority, err)
		}
	}
}
