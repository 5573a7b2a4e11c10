package access_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// needing makes a group need a second factor.
func (h *house) needing(code access.GroupCode, needs bool, by access.Actor) access.Outcome {
	h.t.Helper()
	g, err := h.Group(h.t.Context(), code)
	if err != nil {
		h.t.Fatal(err)
	}
	g.SecondFactor = needs
	outcome, err := h.SaveGroup(h.t.Context(), by, g)
	if err != nil {
		h.t.Fatal(err)
	}
	return outcome
}

// factored gives an account a second factor, as if it had been set up.
func (h *house) factored(a access.Actor) {
	h.DB.Exec(`insert into access.factors (id, user_id, kind, name, secret) values ($1, $2, 'code', 'телефон', 'sealed')`, uuid.New(), a.UserID)
	h.DB.Exec(`insert into access.recovery_codes (user_id, code_hash) values ($1, $2)`, a.UserID, make([]byte, 32))
}

func (h *house) user(a access.Actor) access.User {
	h.t.Helper()
	u, err := h.UserByLogin(h.t.Context(), a.Login)
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// A group that needs a second factor leads its members to set one up; that it does not any more takes a second person.
func TestGroupsNeedASecondFactor(t *testing.T) {
	h := newHouse(t)
	g, _ := h.Group(t.Context(), access.PortalAdministrator)
	g.SecondFactor = true
	if _, err := h.SaveGroup(t.Context(), h.admin, g); fieldKey(err) != "access.factor_no_key" {
		t.Fatalf("without a key: %v", err)
	}
	keys, _ := factorKeys(t, 1)
	h.Store = h.Sealing(keys)
	if outcome := h.needing(access.PortalAdministrator, true, h.admin); outcome != access.Done {
		t.Fatal(outcome)
	}
	if step := h.user(h.other).Step(); step != access.EnrolStep {
		t.Errorf("a member without one: %q", step)
	}
	if step := h.user(h.Users[access.Officer]).Step(); step != access.NoStep {
		t.Errorf("who is not in the group: %q", step)
	}
	lacking := func() int {
		_, n, err := h.FindUsers(t.Context(), h.admin, access.UserFilter{State: "lacking", Size: 50})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	without := lacking()
	h.factored(h.other)
	if n := lacking(); without < 2 || n != without-1 {
		t.Errorf("%d accounts lack one, then %d", without, n)
	}
	if step := h.user(h.other).Step(); step != access.NoStep {
		t.Errorf("a member with one: %q", step)
	}
	if outcome := h.needing(access.PortalAdministrator, false, h.admin); outcome != access.Proposed {
		t.Fatalf("one person alone lifted it: %q", outcome)
	}
	p := h.proposal(h.other)
	if !p.PresentFactor || p.Content.Factor {
		t.Errorf("%+v", p)
	}
	if _, err := h.Confirm(t.Context(), h.admin, p.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by the one who proposed it: %v", err)
	}
	if _, err := h.Confirm(t.Context(), h.other, p.ID); err != nil {
		t.Fatal(err)
	}
	if u := h.user(h.admin); u.NeedsFactor {
		t.Error("it still needs one")
	}
}

// The last factor stays while a group needs one.
func TestTheLastFactorStays(t *testing.T) {
	s, c, u, _, _ := guarded(t)
	s.db.Exec(`update access.groups set second_factor = true where code = 'portal_administrator'`)
	s.db.Exec(`insert into access.roles (id, user_id, role) values ($1, $2, 'portal_administrator')`, uuid.New(), u.ID)
	by := access.Confirmation{Password: password}
	remove := func() error {
		factors, _, err := s.Factors(t.Context(), u.Actor(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		return s.RemoveFactor(t.Context(), u.Actor(), factors[0].ID, by)
	}
	if err := remove(); fieldKey(err) != "access.factor_last" {
		t.Fatalf("the last: %v", err)
	}
	if _, recovery := enrol(t, s, c, u); recovery != nil {
		t.Error("a second factor brought recovery codes in place of the first ones")
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	s.db.Exec(`update access.groups set second_factor = false`)
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, left, _ := s.Factors(t.Context(), u.Actor(), u.ID); left != 0 {
		t.Errorf("%d recovery codes outlive the last factor", left)
	}
	if other, err := s.SignIn(t.Context(), attempt(u.Login, password, "10.0.0.1")); err != nil || other.Step() != access.NoStep {
		t.Errorf("%+v, %v", other, err)
	}
}

// Factors of an account that opens more than one may see are reset by two people; of a clerk by their head alone.
func TestResettingFactors(t *testing.T) {
	h := newHouse(t)
	officer, clerk, head := h.Users[access.Officer], h.Users[access.Administrator], h.Users[access.CentreHead]
	for _, a := range []access.Actor{officer, clerk, h.admin} {
		h.factored(a)
	}
	h.DB.Exec(`insert into access.sessions (token_hash, user_id, created_at, seen_at, expires_at) values ($1, $2, $3, $3, $4)`,
		make([]byte, 32), officer.UserID, h.clock.now(), h.clock.now().Add(access.SessionMax))
	if outcome, err := h.ResetFactors(t.Context(), h.admin, officer.UserID); err != nil || outcome != access.Proposed || h.user(officer).Factors != 1 {
		t.Fatalf("%q, %v", outcome, err)
	}
	if _, err := h.Confirm(t.Context(), h.other, h.proposal(h.other).ID); err != nil {
		t.Fatal(err)
	}
	if u := h.user(officer); u.Factors != 0 {
		t.Error("they are still there")
	}
	if _, err := h.Session(t.Context(), make([]byte, 32)); !fault.Is(err, fault.Unsigned) {
		t.Errorf("a session outlives the reset: %v", err)
	}
	if outcome, err := h.ResetFactors(t.Context(), head, clerk.UserID); err != nil || outcome != access.Done || h.user(clerk).Factors != 0 {
		t.Errorf("by the head: %q, %v", outcome, err)
	}
	if _, err := h.ResetFactors(t.Context(), head, officer.UserID); err == nil {
		t.Error("a head reset factors of another place")
	}
	if _, err := h.ResetFactors(t.Context(), h.admin, h.admin.UserID); fault.MessageKey(err) != "access.not_self" {
		t.Errorf("one's own: %v", err)
	}
	if n := h.trail("access.user.reset_factors"); n != 2 {
		t.Errorf("%d in the trail", n)
	}
}

// Whoever keeps accounts takes one lost factor off somebody, with a reason that its owner reads; their sessions end, the rest goes on. The
// last one is not taken so.
func TestOneFactorIsTakenOff(t *testing.T) {
	h := newHouse(t)
	clerk, head := h.Users[access.Administrator], h.Users[access.CentreHead]
	h.factored(clerk)
	all := func() []access.Factor {
		t.Helper()
		factors, _, err := h.Factors(t.Context(), clerk, clerk.UserID)
		if err != nil {
			t.Fatal(err)
		}
		return factors
	}
	if err := h.TakeFactor(t.Context(), head, clerk.UserID, all()[0].ID, "загублено"); fault.MessageKey(err) != "access.taken_last" {
		t.Errorf("the last: %v", err)
	}
	h.DB.Exec(`insert into access.factors select (jsonb_populate_record(f, jsonb_build_object('id', gen_random_uuid(), 'name', 'Другий', 'created_at', now()))).* from access.factors f where user_id = $1`, clerk.UserID)
	h.DB.Exec(`insert into access.sessions (token_hash, user_id, created_at, seen_at, expires_at) values ($1, $2, $3, $3, $4)`,
		make([]byte, 32), clerk.UserID, h.clock.now(), h.clock.now().Add(access.SessionMax))
	lost := all()[0]
	for name, tt := range map[string]struct {
		by     access.Actor
		of     uuid.UUID
		factor uuid.UUID
		reason string
		want   string
	}{
		"without a reason":      {head, clerk.UserID, lost.ID, " ", "access.taken_reason"},
		"a long story":          {head, clerk.UserID, lost.ID, strings.Repeat("я", 501), "form.too_long"},
		"one's own":             {clerk, clerk.UserID, lost.ID, "загублено", "access.not_self"},
		"of another place":      {h.OtherUsers[access.CentreHead], clerk.UserID, lost.ID, "загублено", ""},
		"a colleague":           {h.Users[access.Officer], clerk.UserID, lost.ID, "загублено", ""},
		"that somebody has not": {head, clerk.UserID, uuid.New(), "загублено", ""},
	} {
		err := h.TakeFactor(t.Context(), tt.by, tt.of, tt.factor, tt.reason)
		if err == nil || tt.want != "" && tt.want != fieldKey(err) && tt.want != fault.MessageKey(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.TakeFactor(t.Context(), head, clerk.UserID, lost.ID, "загублено в потязі"); err != nil {
		t.Fatal(err)
	}
	if left := all(); len(left) != 1 || left[0].ID == lost.ID {
		t.Errorf("%+v", left)
	}
	if _, err := h.Session(t.Context(), make([]byte, 32)); !fault.Is(err, fault.Unsigned) {
		t.Errorf("a session outlives it: %v", err)
	}
	if told, err := h.TakenFactors(t.Context(), clerk); err != nil || len(told) != 1 || told[0].Name != lost.Name || told[0].By != head.Name || told[0].Reason != "загублено в потязі" {
		t.Errorf("%+v, %v", told, err)
	}
	if n := h.trail("access.user.take_factor"); n != 1 {
		t.Errorf("%d in the trail", n)
	}
}
