package access_test

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const password = "синій кит пливе"

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newStore(t *testing.T) (*access.Store, *clock, access.User) {
	t.Helper()
	c := &clock{fixture.Now}
	db := pgtest.Internal(t)
	s := access.NewStore(db.PoolAs("internal_site"), rights.Declared).At(c.now)
	u, err := s.AddUser(t.Context(), access.User{Login: "O.Koval", FullName: "Коваль Олена"}, password, audit.System("test"))
	if err != nil {
		t.Fatal(err)
	}
	return s, c, u
}

func attempt(login, password, address string) access.Attempt {
	token := sha256.Sum256([]byte(login + password + address + fmt.Sprint(time.Now().UnixNano())))
	return access.Attempt{Login: login, Password: password, Address: netip.MustParseAddr(address), Agent: "test", TokenHash: token[:]}
}

func TestSignIn(t *testing.T) {
	s, _, _ := newStore(t)
	a := attempt(" o.KOVAL ", password, "10.0.0.7")
	u, err := s.SignIn(t.Context(), a)
	if err != nil || u.Login != "o.koval" || !u.MustChange {
		t.Fatalf("%+v, %v", u, err)
	}
	again, err := s.Session(t.Context(), a.TokenHash)
	if err != nil || again.ID != u.ID {
		t.Fatalf("session: %v", err)
	}
	if err := s.SignOut(t.Context(), a.TokenHash); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), a.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after signing out: %v", err)
	}
}

// Whatever is wrong, the answer is the same.
func TestSignInRefusesAlike(t *testing.T) {
	s, _, u := newStore(t)
	blocked, err := s.AddUser(t.Context(), access.User{Login: "blocked", FullName: "Х"}, password, audit.System("test"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetBlocked(t.Context(), blocked.ID, true, audit.System("test")); err != nil {
		t.Fatal(err)
	}
	for _, a := range []access.Attempt{
		attempt(u.Login, "wrong", "10.0.0.1"), attempt("nobody", password, "10.0.0.2"), attempt("blocked", password, "10.0.0.3"),
		attempt("", "", "10.0.0.4"), attempt("'; drop table", password, "10.0.0.5"),
	} {
		if _, err := s.SignIn(t.Context(), a); fault.MessageKey(err) != "access.sign_in_failed" {
			t.Errorf("%q: %v", a.Login, err)
		}
	}
}

func TestSignInIsLimitedByLogin(t *testing.T) {
	s, c, u := newStore(t)
	for i := range 8 {
		if _, err := s.SignIn(t.Context(), attempt(u.Login, "wrong", fmt.Sprintf("10.0.1.%d", i))); !fault.Is(err, fault.Invalid) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if _, err := s.SignIn(t.Context(), attempt(u.Login, password, "10.0.2.1")); !fault.Is(err, fault.TooMany) {
		t.Errorf("the ninth attempt: %v", err)
	}
	if _, err := s.SignIn(t.Context(), attempt("nobody", "wrong", "10.0.2.1")); !fault.Is(err, fault.Invalid) {
		t.Errorf("another login: %v", err)
	}
	c.t = c.t.Add(16 * time.Minute)
	if _, err := s.SignIn(t.Context(), attempt(u.Login, password, "10.0.2.1")); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

func TestSignInIsLimitedByAddress(t *testing.T) {
	s, _, u := newStore(t)
	for i := range 40 {
		if _, err := s.SignIn(t.Context(), attempt(fmt.Sprintf("guess%d", i), "wrong", "10.0.3.1")); !fault.Is(err, fault.Invalid) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if _, err := s.SignIn(t.Context(), attempt(u.Login, password, "10.0.3.1")); !fault.Is(err, fault.TooMany) {
		t.Errorf("from the same address: %v", err)
	}
	if _, err := s.SignIn(t.Context(), attempt(u.Login, password, "10.0.3.2")); err != nil {
		t.Errorf("from another: %v", err)
	}
}

func TestSessionsExpire(t *testing.T) {
	s, c, u := newStore(t)
	idle, kept := attempt(u.Login, password, "10.0.0.1"), attempt(u.Login, password, "10.0.0.2")
	for _, a := range []access.Attempt{idle, kept} {
		if _, err := s.SignIn(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for elapsed := time.Duration(0); elapsed < access.SessionMax-time.Hour; elapsed += time.Hour {
		c.t = c.t.Add(time.Hour)
		if _, err := s.Session(t.Context(), kept.TokenHash); err != nil {
			t.Fatalf("in use, after %s: %v", elapsed, err)
		}
	}
	if _, err := s.Session(t.Context(), idle.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("idle: %v", err)
	}
	c.t = c.t.Add(time.Hour + time.Second)
	if _, err := s.Session(t.Context(), kept.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after its longest time: %v", err)
	}
}

func TestPasswordsAndBlockingEndSessions(t *testing.T) {
	s, _, u := newStore(t)
	here, there := attempt(u.Login, password, "10.0.0.1"), attempt(u.Login, password, "10.0.0.2")
	for _, a := range []access.Attempt{here, there} {
		if _, err := s.SignIn(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ChangeOwnPassword(t.Context(), u.Actor(), "wrong", "зелений кит пливе", here.TokenHash); !fault.Is(err, fault.Invalid) {
		t.Errorf("without the present password: %v", err)
	}
	if err := s.ChangeOwnPassword(t.Context(), u.Actor(), password, "зелений кит пливе", here.TokenHash); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), there.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the other session: %v", err)
	}
	now, err := s.Session(t.Context(), here.TokenHash)
	if err != nil || now.MustChange {
		t.Errorf("own session: %v, must change %t", err, now.MustChange)
	}
	if err := s.SetBlocked(t.Context(), u.ID, true, audit.System("test")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), here.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("blocked: %v", err)
	}
}
