package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

// house is a region whose accounts and groups are managed.
type house struct {
	*fixture.Region
	*access.Store
	Users map[access.GroupCode]access.Actor // in the first centre and authority
	t     *testing.T
	clock *clock
	admin access.Actor // of the portal
	other access.Actor // another one
}

func newHouse(t *testing.T) *house {
	t.Helper()
	r := fixture.Load(t, pgtest.Internal(t))
	c := &clock{fixture.Now}
	return &house{
		Region: r, Users: r.Users, Store: access.NewStore(r.DB.PoolAs("internal_site"), rights.Declared).At(c.now), t: t, clock: c,
		admin: r.Users[access.PortalAdministrator], other: r.OtherUsers[access.PortalAdministrator],
	}
}

// AddUser adds an account to groups, without anybody's leave.
func (h *house) AddUser(login string, grants ...access.Grant) access.Actor {
	return h.Region.AddUser(login, grants...)
}

// now is the account with what it may do at this moment.
func (h *house) now(a access.Actor) access.Actor {
	h.t.Helper()
	u, err := h.UserByLogin(h.t.Context(), a.Login)
	if err != nil {
		h.t.Fatal(err)
	}
	return u.Actor()
}

func (h *house) isIn(a access.Actor, g access.Grant) bool {
	h.t.Helper()
	return slices.ContainsFunc(h.now(a).Grants, g.Same)
}

// proposal is the one that waits.
func (h *house) proposal(reader access.Actor) access.Proposal {
	h.t.Helper()
	list, err := h.Proposals(h.t.Context(), reader)
	if err != nil || len(list) == 0 || list[0].State != "waiting" {
		h.t.Fatalf("no proposal waits: %v, %v", list, err)
	}
	return list[0]
}

func (h *house) trail(action string) (n int) {
	h.t.Helper()
	if err := h.DB.Pool.QueryRow(h.t.Context(), `select count(*) from audit.events where action = $1`, action).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func in(group access.GroupCode, place access.Place) access.Grant {
	return access.Grant{Group: group, Place: place}
}

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

func TestSensitiveRightsTakeASecondPerson(t *testing.T) {
	h := newHouse(t)
	clerk, g := h.AddUser("clerk"), in(access.Administrator, access.InCentre(h.Centre))
	if outcome, err := h.Give(t.Context(), h.admin, clerk.UserID, g); err != nil || outcome != access.Proposed {
		t.Fatalf("%q, %v", outcome, err)
	}
	if h.isIn(clerk, g) {
		t.Fatal("in the group before anybody confirmed it")
	}
	p := h.proposal(h.admin)
	if n, err := h.WaitingProposals(t.Context(), h.other); n != 1 || err != nil {
		t.Errorf("%d wait for the other administrator, %v", n, err)
	}
	if n, err := h.WaitingProposals(t.Context(), h.admin); n != 0 || err != nil {
		t.Errorf("%d wait for the proposer, %v", n, err)
	}
	for name, who := range map[string]access.Actor{
		"the proposer": h.admin, "who is to get it": h.now(clerk), "a head elsewhere": h.OtherUsers[access.CentreHead],
		"who manages nobody": h.Users[access.RegionalManager], "nobody": {},
	} {
		if err := h.Confirm(t.Context(), who, p.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by %s: %v", name, err)
		}
	}
	if err := h.Confirm(t.Context(), h.Users[access.CentreHead], p.ID); err != nil {
		t.Fatalf("by the head of that centre: %v", err)
	}
	if !h.isIn(clerk, g) {
		t.Error("confirmed, and not in the group")
	}
	if err := h.Confirm(t.Context(), h.other, p.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	if h.trail("access.proposal.propose") != 1 || h.trail("access.proposal.confirm") != 1 || h.trail("access.user.grant") != 1 {
		t.Error("the trail is not whole")
	}
}

func TestProposalsEnd(t *testing.T) {
	h := newHouse(t)
	clerk, g := h.AddUser("clerk"), in(access.Administrator, access.InCentre(h.Centre))
	propose := func() access.Proposal {
		if _, err := h.Give(t.Context(), h.admin, clerk.UserID, g); err != nil {
			t.Fatal(err)
		}
		return h.proposal(h.admin)
	}
	rejected := propose()
	if err := h.Reject(t.Context(), h.other, rejected.ID); err != nil {
		t.Fatal(err)
	}
	withdrawn := propose()
	if err := h.Reject(t.Context(), h.admin, withdrawn.ID); err != nil {
		t.Fatal(err)
	}
	replaced := propose()
	waiting := propose()
	for _, p := range []access.Proposal{rejected, withdrawn, replaced} {
		if err := h.Confirm(t.Context(), h.other, p.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("one that is over: %v", err)
		}
	}
	h.clock.t = h.clock.t.Add(15 * 24 * time.Hour)
	if err := h.Confirm(t.Context(), h.other, waiting.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("after two weeks: %v", err)
	}
	list, err := h.Proposals(t.Context(), h.admin)
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, p := range list {
		states = append(states, p.State)
	}
	slices.Sort(states)
	if got := strings.Join(states, " "); got != "expired rejected withdrawn withdrawn" || h.isIn(clerk, g) {
		t.Errorf("states %s", got)
	}
	for action, want := range map[string]int{"propose": 4, "reject": 1, "withdraw": 1, "replace": 1} {
		if n := h.trail("access.proposal." + action); n != want {
			t.Errorf("the trail has %s %d times", action, n)
		}
	}
}

// What was true when it was proposed has to be true when it is confirmed.
func TestProposalsAreCheckedAgain(t *testing.T) {
	h := newHouse(t)
	clerk, g := h.AddUser("clerk"), in(access.Administrator, access.InCentre(h.Centre))
	if _, err := h.Give(t.Context(), h.admin, clerk.UserID, g); err != nil {
		t.Fatal(err)
	}
	first := h.proposal(h.admin)
	group, err := h.Group(t.Context(), access.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	delete(group.Rights, cases.IssueResult)
	if outcome, err := h.SaveGroup(t.Context(), h.admin, group); err != nil || outcome != access.Done {
		t.Fatalf("%q, %v", outcome, err)
	}
	if err := h.Confirm(t.Context(), h.other, first.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("the group is another one now: %v", err)
	}
	if _, err := h.Give(t.Context(), h.admin, clerk.UserID, g); err != nil {
		t.Fatal(err)
	}
	second := h.proposal(h.admin)
	if err := h.SetBlocked(t.Context(), operator, h.admin.UserID, true); err != nil {
		t.Fatal(err)
	}
	if err := h.Confirm(t.Context(), h.other, second.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("its proposer is blocked: %v", err)
	}
}

func TestWideningAGroupWithMembersTakesASecondPerson(t *testing.T) {
	h := newHouse(t)
	group, err := h.Group(t.Context(), access.Officer)
	if err != nil {
		t.Fatal(err)
	}
	group.Rights[cases.View] = access.Anywhere
	if outcome, err := h.SaveGroup(t.Context(), h.admin, group); err != nil || outcome != access.Proposed {
		t.Fatalf("%q, %v", outcome, err)
	}
	officer := h.Users[access.Officer]
	if access.ScopeOf(h.now(officer), cases.View).All {
		t.Fatal("counts before anybody confirmed it")
	}
	p := h.proposal(h.admin)
	for name, who := range map[string]access.Actor{"the proposer": h.admin, "a member": officer, "a head": h.Users[access.CentreHead]} {
		if err := h.Confirm(t.Context(), who, p.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by %s: %v", name, err)
		}
	}
	if err := h.Confirm(t.Context(), h.other, p.ID); err != nil {
		t.Fatal(err)
	}
	if !access.ScopeOf(h.now(officer), cases.View).All {
		t.Error("confirmed, and does not count")
	}
}

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
			"password": second(h.SetPassword(t.Context(), head, u, "синій кит пливе")),
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
	if _, _, err := h.Store.AddUser(t.Context(), head, fresh, "синій кит пливе", nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("an account that is nowhere: %v", err)
	}
	g := in(access.Administrator, here)
	if _, outcome, err := h.Store.AddUser(t.Context(), head, fresh, "синій кит пливе", &g); err != nil || outcome != access.Proposed {
		t.Fatalf("%q, %v", outcome, err)
	}
	if err := h.Confirm(t.Context(), h.admin, h.proposal(h.admin).ID); err != nil {
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
		_, _, errAdd := h.Store.AddUser(t.Context(), a, access.User{Login: "fresh", FullName: "Х"}, "синій кит пливе", &g)
		_, errGive := h.Give(t.Context(), a, id, g)
		_, errSave := h.SaveGroup(t.Context(), a, access.Group{Code: access.Officer, Name: locale.Text{UK: "Х"}, Version: 2})
		for act, err := range map[string]error{
			"add": errAdd, "give": errGive, "take": h.Take(t.Context(), a, id, g), "block": h.SetBlocked(t.Context(), a, id, true),
			"password": second(h.SetPassword(t.Context(), a, u, "синій кит пливе")), "group": errSave,
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
		"password": second(h.SetPassword(t.Context(), h.admin, access.User{ID: h.admin.UserID}, "синій кит пливе")), "group": errSave,
	} {
		if fault.MessageKey(err) != "access.not_self" {
			t.Errorf("%s: %v", act, err)
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

// second is the error of a call that also says what became of the change.
func second(_ access.Outcome, err error) error { return err }

// Whoever sets a password can sign in with it: the administrator of the portal, who sees no cases, would see them.
func TestAPasswordThatOpensMoreTakesASecondPerson(t *testing.T) {
	h := newHouse(t)
	officer := h.Users[access.Officer]
	u := access.User{ID: officer.UserID, Login: officer.Login}
	hash := func() (hash string) {
		if err := h.DB.Pool.QueryRow(t.Context(), `select password_hash from access.users where id = $1`, u.ID).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	set := func() access.Proposal {
		if outcome, err := h.SetPassword(t.Context(), h.admin, u, "синій кит пливе"); err != nil || outcome != access.Proposed {
			t.Fatalf("%q, %v", outcome, err)
		}
		return h.proposal(h.admin)
	}
	before, rejected := hash(), set()
	for name, who := range map[string]access.Actor{"the proposer": h.admin, "the officer": officer, "a head elsewhere": h.OtherUsers[access.AuthorityHead]} {
		if err := h.Confirm(t.Context(), who, rejected.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by %s: %v", name, err)
		}
	}
	if err := h.Reject(t.Context(), h.Users[access.AuthorityHead], rejected.ID); err != nil || hash() != before {
		t.Errorf("rejected: %v, changed: %t", err, hash() != before)
	}
	if err := h.Confirm(t.Context(), h.Users[access.AuthorityHead], set().ID); err != nil || !fits(t, hash(), "синій кит пливе") {
		t.Errorf("confirmed by the head of that authority: %v", err)
	}
	var kept int
	if err := h.DB.Pool.QueryRow(t.Context(), `select count(*) from access.proposals where password_hash is not null`).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d hashes are kept after the decision, %v", kept, err)
	}
	if outcome, err := h.SetPassword(t.Context(), h.Users[access.AuthorityHead], u, "зелений кит пливе"); err != nil || outcome != access.Done {
		t.Errorf("their head, who has every right of theirs: %q, %v", outcome, err)
	}
}

// Whoever knows the password of a second person is the second person: one administrator set the other's and
// confirmed their own proposals with it.
func TestThePasswordOfWhoConfirmsTakesASecondPerson(t *testing.T) {
	h := newHouse(t)
	third := h.AddUser("third", in(access.PortalAdministrator, access.InRegion()))
	here := in(access.CentreHead, access.InCentre(h.Centre))
	head := h.AddUser("head.too", here)
	for name, tt := range map[string]struct{ by, whose, second access.Actor }{
		"an administrator": {h.admin, h.other, third}, "a head": {h.Users[access.CentreHead], head, h.admin},
	} {
		u := access.User{ID: tt.whose.UserID, Login: tt.whose.Login}
		if outcome, err := h.SetPassword(t.Context(), tt.by, u, "синій кит пливе"); err != nil || outcome != access.Proposed {
			t.Errorf("%s: %q, %v", name, outcome, err)
			continue
		}
		p := h.proposal(tt.by)
		for who, actor := range map[string]access.Actor{"the proposer": tt.by, "whose it is": tt.whose} {
			if err := h.Confirm(t.Context(), actor, p.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s, confirmed by %s: %v", name, who, err)
			}
		}
		if err := h.Confirm(t.Context(), tt.second, p.ID); err != nil {
			t.Errorf("%s, confirmed by somebody else: %v", name, err)
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
	for act, err := range map[string]error{
		"give": errGive, "take": h.Take(t.Context(), early, u.ID, member), "block": h.SetBlocked(t.Context(), early, u.ID, true),
		"password": second(h.SetPassword(t.Context(), early, u, "синій кит пливе")), "group": errSave,
		"confirm": h.Confirm(t.Context(), early, p.ID), "reject": h.Reject(t.Context(), early, p.ID),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s by somebody blocked: %v", act, err)
		}
	}
}
