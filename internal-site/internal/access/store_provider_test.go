package access_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

const issuer = "https://id.example"

// enters signs somebody in whom the provider knows.
func enters(t *testing.T, s testStore, is access.Identity) (access.User, []byte, error) {
	t.Helper()
	is.Issuer = issuer
	a := attempt("", "", "10.0.0.7")
	u, err := s.SignInByProvider(t.Context(), access.ProviderStep{Identity: is, Address: a.Address, Agent: "test", TokenHash: a.TokenHash})
	return u, a.TokenHash, err
}

func entersNot(t *testing.T, s testStore, what string, is access.Identity, key string) {
	t.Helper()
	if u, token, err := enters(t, s, is); fault.MessageKey(err) != key {
		t.Errorf("%s: %s, %v, want %s", what, u.Login, err, key)
	} else if _, err := s.Session(t.Context(), token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("%s: a session begins: %v", what, err)
	}
}

// An account is linked by its owner; then its subject signs in whatever the provider calls the person, nobody else does, and a
// blocked account stays closed.
func TestLinkedAccountsSignIn(t *testing.T) {
	s, _, u := newStore(t)
	entersNot(t, s, "unknown", access.Identity{Subject: "7f3a"}, "access.provider_unknown")
	if err := s.Link(t.Context(), u.Actor(), access.Identity{Issuer: issuer, Subject: "7f3a"}); err != nil {
		t.Fatal(err)
	}
	if is, err := s.Linked(t.Context(), u.ID, issuer); err != nil || !is {
		t.Errorf("linked: %t, %v", is, err)
	}
	in, token, err := enters(t, s, access.Identity{Subject: "7f3a", Login: "somebody.else"})
	if err != nil || in.ID != u.ID {
		t.Fatalf("%+v, %v", in, err)
	}
	// The password was set by somebody else and is not what they signed in with.
	if in, err = s.Session(t.Context(), token); err != nil || in.Step() != access.NoStep || !in.ByProvider || !in.MustChange {
		t.Errorf("%+v, %v", in, err)
	}
	entersNot(t, s, "another subject", access.Identity{Subject: "7f3b"}, "access.provider_unknown")
	if err := s.Link(t.Context(), u.Actor(), access.Identity{Issuer: issuer, Subject: "7f3b"}); fault.MessageKey(err) != "access.provider_taken" {
		t.Errorf("a second one: %v", err)
	}
	other, _, err := s.AddUser(t.Context(), access.Operator("test"), access.User{Login: "p.other", FullName: "Інша Особа"}, password, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Link(t.Context(), other.Actor(), access.Identity{Issuer: issuer, Subject: "7f3a"}); fault.MessageKey(err) != "access.provider_taken" {
		t.Errorf("somebody else's: %v", err)
	}
	s.db.Exec(`update access.users set state = 'blocked' where id = $1`, u.ID)
	entersNot(t, s, "blocked", access.Identity{Subject: "7f3a"}, "access.provider_blocked")
	s.db.Exec(`update access.users set state = 'active' where id = $1`, u.ID)
	tied := func(want bool) {
		t.Helper()
		if is, err := s.SignsInElsewhere(t.Context(), access.Operator("test"), u.ID); err != nil || is != want {
			t.Errorf("tied to the provider: %t, %v, want %t", is, err, want)
		}
	}
	tied(true)
	if err := s.Unlink(t.Context(), access.Operator("test"), u.ID); err != nil {
		t.Fatal(err)
	}
	tied(false)
	entersNot(t, s, "unlinked", access.Identity{Subject: "7f3a"}, "access.provider_unknown")
	if _, err := s.Session(t.Context(), token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the session that it began: %v", err)
	}
}

// Where the configuration says so, a claim finds the account once. It finds none with rights that take two persons, none that
// is blocked or shares its e-mail, and none that is tied to somebody else.
func TestClaimsFindAccountsOnce(t *testing.T) {
	s, _, u := newStore(t)
	s.db.Exec(`update access.users set email = 'koval@example.org'`)
	in, _, err := enters(t, s, access.Identity{Subject: "7f3a", Login: " O.Koval "})
	if err != nil || in.ID != u.ID {
		t.Fatalf("%+v, %v", in, err)
	}
	entersNot(t, s, "somebody who calls themselves so", access.Identity{Subject: "evil", Login: "o.koval"}, "access.provider_unknown")
	s.db.Exec(`delete from access.identities`)
	entersNot(t, s, "another e-mail", access.Identity{Subject: "7f3a", Email: "koval@example.com"}, "access.provider_unknown")
	if in, _, err := enters(t, s, access.Identity{Subject: "7f3a", Email: "Koval@example.org"}); err != nil || in.ID != u.ID {
		t.Errorf("by e-mail: %+v, %v", in, err)
	}
	s.db.Exec(`delete from access.identities`)
	if _, _, err := s.AddUser(t.Context(), access.Operator("test"), access.User{Login: "p.other", FullName: "Інша Особа", Email: "koval@example.org"}, password, nil); err != nil {
		t.Fatal(err)
	}
	entersNot(t, s, "a shared e-mail", access.Identity{Subject: "7f3a", Email: "koval@example.org"}, "access.provider_unknown")
	s.db.Exec(`update access.users set state = 'blocked' where id = $1`, u.ID)
	entersNot(t, s, "blocked", access.Identity{Subject: "7f3a", Login: "o.koval"}, "access.provider_blocked")
	s.db.Exec(`update access.users set state = 'active'`)
	s.db.Exec(`insert into access.roles (id, user_id, role) values ($1, $2, 'portal_administrator')`, uuid.New(), u.ID)
	entersNot(t, s, "an administrator", access.Identity{Subject: "7f3a", Login: "o.koval"}, "access.provider_link_first")
	if n := s.identities(t); n != 0 {
		t.Errorf("%d identities are kept of those who were refused", n)
	}
}

func (s testStore) identities(t *testing.T) (n int) {
	t.Helper()
	if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from access.identities`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The provider stands for the password. A second factor is asked for as ever, unless the provider has asked for one that counts.
func TestTheProviderIsNoSecondFactor(t *testing.T) {
	s, _, u, p, _ := guarded(t)
	if err := s.Link(t.Context(), u.Actor(), access.Identity{Issuer: issuer, Subject: "7f3a"}); err != nil {
		t.Fatal(err)
	}
	_, token, err := enters(t, s, access.Identity{Subject: "7f3a"})
	if err != nil {
		t.Fatal(err)
	}
	waits, err := s.Session(t.Context(), token)
	if err != nil || waits.Step() != access.FactorStep || len(waits.Rights) != 0 {
		t.Fatalf("%+v, %v", waits, err)
	}
	next := attempt(u.Login, "", "10.0.0.7")
	if _, err := s.GiveCode(t.Context(), access.SecondStep{Code: p.code(), Address: next.Address, TokenHash: next.TokenHash, Waiting: token}); err != nil {
		t.Fatal(err)
	}
	if in, err := s.Session(t.Context(), next.TokenHash); err != nil || in.Step() != access.NoStep || !in.ByProvider {
		t.Errorf("%+v, %v", in, err)
	}
	_, token, err = enters(t, s, access.Identity{Subject: "7f3a", Second: true})
	if err != nil {
		t.Fatal(err)
	}
	if in, err := s.Session(t.Context(), token); err != nil || in.Step() != access.NoStep {
		t.Errorf("with the provider's factor: %+v, %v", in, err)
	}
	// The same for a group that needs one, whose member has none here.
	s.db.Exec(`delete from access.factors`)
	s.db.Exec(`insert into access.roles (id, user_id, role) values ($1, $2, 'portal_administrator')`, uuid.New(), u.ID)
	s.db.Exec(`update access.groups set second_factor = true where code = 'portal_administrator'`)
	for second, step := range map[bool]access.Step{false: access.EnrolStep, true: access.NoStep} {
		_, token, err := enters(t, s, access.Identity{Subject: "7f3a", Second: second})
		if err != nil {
			t.Fatal(err)
		}
		if in, err := s.Session(t.Context(), token); err != nil || in.Step() != step {
			t.Errorf("provider's factor %t: waits for %q, %v", second, in.Step(), err)
		}
	}
}
