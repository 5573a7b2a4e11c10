package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/fault"
)

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
		if _, err := h.Confirm(t.Context(), who, p.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by %s: %v", name, err)
		}
	}
	if _, err := h.Confirm(t.Context(), h.Users[access.CentreHead], p.ID); err != nil {
		t.Fatalf("by the head of that centre: %v", err)
	}
	if !h.isIn(clerk, g) {
		t.Error("confirmed, and not in the group")
	}
	if _, err := h.Confirm(t.Context(), h.other, p.ID); !fault.Is(err, fault.Conflict) {
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
		if _, err := h.Confirm(t.Context(), h.other, p.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("one that is over: %v", err)
		}
	}
	h.clock.t = h.clock.t.Add(15 * 24 * time.Hour)
	if _, err := h.Confirm(t.Context(), h.other, waiting.ID); !fault.Is(err, fault.Conflict) {
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
	if _, err := h.Confirm(t.Context(), h.other, first.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("the group is another one now: %v", err)
	}
	if _, err := h.Give(t.Context(), h.admin, clerk.UserID, g); err != nil {
		t.Fatal(err)
	}
	second := h.proposal(h.admin)
	if err := h.SetBlocked(t.Context(), operator, h.admin.UserID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Confirm(t.Context(), h.other, second.ID); !fault.Is(err, fault.Conflict) {
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
		if _, err := h.Confirm(t.Context(), who, p.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by %s: %v", name, err)
		}
	}
	if _, err := h.Confirm(t.Context(), h.other, p.ID); err != nil {
		t.Fatal(err)
	}
	if !access.ScopeOf(h.now(officer), cases.View).All {
		t.Error("confirmed, and does not count")
	}
}

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
		if made, outcome, err := h.MakePassword(t.Context(), h.admin, u.ID); err != nil || outcome != access.Proposed || made.Password != "" {
			t.Fatalf("%q, %+v, %v", outcome, made, err)
		}
		return h.proposal(h.admin)
	}
	before, rejected := hash(), set()
	for name, who := range map[string]access.Actor{"the proposer": h.admin, "the officer": officer, "a head elsewhere": h.OtherUsers[access.AuthorityHead]} {
		if _, err := h.Confirm(t.Context(), who, rejected.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("confirmed by %s: %v", name, err)
		}
	}
	if err := h.Reject(t.Context(), h.Users[access.AuthorityHead], rejected.ID); err != nil || hash() != before {
		t.Errorf("rejected: %v, changed: %t", err, hash() != before)
	}
	made, err := h.Confirm(t.Context(), h.Users[access.AuthorityHead], set().ID)
	if err != nil || made.Login != officer.Login || !fits(t, hash(), made.Password) {
		t.Errorf("confirmed by the head of that authority: %+v, %v", made, err)
	}
	made, outcome, err := h.MakePassword(t.Context(), h.Users[access.AuthorityHead], u.ID)
	if err != nil || outcome != access.Done || !fits(t, hash(), made.Password) {
		t.Errorf("their head, who has every right of theirs: %q, %+v, %v", outcome, made, err)
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
		if _, outcome, err := h.MakePassword(t.Context(), tt.by, u.ID); err != nil || outcome != access.Proposed {
			t.Errorf("%s: %q, %v", name, outcome, err)
			continue
		}
		p := h.proposal(tt.by)
		for who, actor := range map[string]access.Actor{"the proposer": tt.by, "whose it is": tt.whose} {
			if _, err := h.Confirm(t.Context(), actor, p.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s, confirmed by %s: %v", name, who, err)
			}
		}
		if _, err := h.Confirm(t.Context(), tt.second, p.ID); err != nil {
			t.Errorf("%s, confirmed by somebody else: %v", name, err)
		}
	}
}
