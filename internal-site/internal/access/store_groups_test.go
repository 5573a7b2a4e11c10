package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestGroupsAreMadeAndKept(t *testing.T) {
	h := newHouse(t)
	g := access.Group{
		Code: "reader", Name: locale.Text{UK: "Читач каталогу", EN: "Reader"}, Place: access.Centre,
		Rights: access.GroupRights{catalogue.View: access.Anywhere, catalogue.EditCard: access.Own},
	}
	if err := h.AddGroup(t.Context(), h.Users[access.CentreHead], g); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by a head: %v", err)
	}
	if err := h.AddGroup(t.Context(), h.admin, g); err != nil {
		t.Fatal(err)
	}
	if err := h.AddGroup(t.Context(), h.admin, g); !fault.Is(err, fault.Invalid) {
		t.Errorf("twice: %v", err)
	}
	reader, member := h.AddUser("reader"), in("reader", access.InCentre(h.Centre))
	if outcome, err := h.Give(t.Context(), h.admin, reader.UserID, member); err != nil || outcome != access.Done {
		t.Fatalf("nothing in it is sensitive: %q, %v", outcome, err)
	}
	own := access.Object{Own: []access.Place{access.InCentre(h.Centre)}}
	if a := h.now(reader); !access.Can(a, catalogue.EditCard, own) || access.Can(a, catalogue.EditCard, access.Object{}) {
		t.Error("the group's rights count where it was given")
	}
	stored, err := h.Group(t.Context(), "reader")
	if err != nil || stored.Members != 1 || stored.Rights[catalogue.EditCard] != access.Own {
		t.Fatalf("%+v, %v", stored, err)
	}
	if err := h.DeleteGroup(t.Context(), h.admin, "reader", stored.Version); fault.MessageKey(err) != "access.group_not_empty" {
		t.Errorf("with a member: %v", err)
	}
	if err := h.Take(t.Context(), h.admin, reader.UserID, member); err != nil {
		t.Fatal(err)
	}
	stale := stored
	stored.Name.EN = "Catalogue reader"
	if _, err := h.SaveGroup(t.Context(), h.admin, stored); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SaveGroup(t.Context(), h.admin, stale); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale version: %v", err)
	}
	if err := h.DeleteGroup(t.Context(), h.admin, "reader", stored.Version+1); err != nil {
		t.Error(err)
	}
	if err := h.DeleteGroup(t.Context(), h.admin, access.Officer, 2); fault.MessageKey(err) != "access.group_standard" {
		t.Errorf("one that the portal came with: %v", err)
	}
	if h.trail("access.group.add") != 1 || h.trail("access.group.edit") != 1 || h.trail("access.group.delete") != 1 {
		t.Error("the trail is not whole")
	}
}

func TestGroupsAreChecked(t *testing.T) {
	h := newHouse(t)
	good := access.Group{Code: "reader", Name: locale.Text{UK: "Читач"}, Place: access.Centre}
	for field, spoil := range map[string]func(g *access.Group){
		"code":    func(g *access.Group) { g.Code = "Читач" },
		"name.uk": func(g *access.Group) { g.Name.UK = " " },
		"place":   func(g *access.Group) { g.Place = "moon" },
		"right." + string(cases.DecideOn): func(g *access.Group) {
			g.Rights = access.GroupRights{cases.DecideOn: access.Own} // a case is not a centre's to decide
		},
		"right." + string(cases.View): func(g *access.Group) { g.Rights = access.GroupRights{cases.View: "everything"} },
	} {
		g := good
		spoil(&g)
		err := h.AddGroup(t.Context(), h.admin, g)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A release that declares a new action gives its defaults once; what an administrator changed stays.
func TestNewActionsReachTheStandardGroups(t *testing.T) {
	h := newHouse(t)
	group, err := h.Group(t.Context(), access.Officer)
	if err != nil {
		t.Fatal(err)
	}
	delete(group.Rights, catalogue.EditCard)
	if _, err := h.SaveGroup(t.Context(), h.admin, group); err != nil {
		t.Fatal(err)
	}
	release := access.MustDeclare(slices.Concat(rights.Declared.Domains, []access.Domain{{Name: "bookings", Rights: []access.Right{
		{Action: "bookings.view", Own: access.Places(access.Centre), Default: access.Defaults{access.Administrator: access.Own}},
	}}})...)
	for range 2 {
		if _, err := access.Announce(t.Context(), h.DB.Pool, release); err != nil {
			t.Fatal(err)
		}
	}
	clerk, err := h.Group(t.Context(), access.Administrator)
	if err != nil || clerk.Rights["bookings.view"] != access.Own {
		t.Errorf("%v, %v", clerk.Rights, err)
	}
	officer, err := h.Group(t.Context(), access.Officer)
	if err != nil || officer.Rights[catalogue.EditCard] != "" {
		t.Errorf("given again: %v, %v", officer.Rights, err)
	}
	if h.trail("access.actions.declare") != 2 {
		t.Error("the trail is not whole")
	}
	// The older release, which does not know the action: it counts for nothing, and is kept.
	if a := h.now(h.Users[access.Administrator]); access.MayEver(a, "bookings.view") {
		t.Error("an action that no domain declares counts")
	}
}

// The references that took the place of the checks: a group that exists, in a place of its kind.
func TestDatabaseKeepsGroupsInTheirPlaces(t *testing.T) {
	h := newHouse(t)
	insert := `insert into access.roles (id, user_id, role, centre_id, authority_id) values (gen_random_uuid(), $1, $2, $3, $4)`
	for name, args := range map[string][]any{
		"no such group":        {"king", nil, nil},
		"a centre's, nowhere":  {"administrator", nil, nil},
		"a centre's elsewhere": {"administrator", nil, h.Authority},
		"the region's":         {"regional_manager", h.Centre, nil},
		"two places":           {"administrator", h.Centre, uuid.New()},
	} {
		if _, err := h.DB.Pool.Exec(t.Context(), insert, append([]any{h.admin.UserID}, args...)...); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
