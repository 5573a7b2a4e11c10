package access_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/access/accesstest"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) {
	accesstest.QuickPasswords()
	pgtest.Main(m)
}

var operator = access.Operator("test")

const password = "синій кит пливе"

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// testStore is a store and the database under it.
type testStore struct {
	*access.Store
	db *pgtest.Database
}

func newStore(t *testing.T) (testStore, *clock, access.User) {
	t.Helper()
	c := &clock{fixture.Now}
	db := pgtest.Internal(t)
	if _, err := access.Announce(t.Context(), db.Pool, rights.Declared); err != nil {
		t.Fatal(err)
	}
	s := testStore{access.NewStore(db.PoolAs("internal_site"), rights.Declared).At(c.now), db}
	u, _, err := s.AddUser(t.Context(), operator, access.User{Login: "O.Koval", FullName: "Коваль Олена"}, password, nil)
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
	blocked, _, err := s.AddUser(t.Context(), operator, access.User{Login: "blocked", FullName: "Х"}, password, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetBlocked(t.Context(), operator, blocked.ID, true); err != nil {
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

// fail signs in with a wrong password and expects to be told so.
func fail(t *testing.T, s testStore, login, address string) {
	t.Helper()
	if _, err := s.SignIn(t.Context(), attempt(login, "wrong", address)); !fault.Is(err, fault.Invalid) {
		t.Fatalf("%s from %s: %v", login, address, err)
	}
}

func tooMany(t *testing.T, s testStore, login, address string) {
	t.Helper()
	if _, err := s.SignIn(t.Context(), attempt(login, password, address)); !fault.Is(err, fault.TooMany) {
		t.Errorf("%s from %s: %v", login, address, err)
	}
}

func signsIn(t *testing.T, s testStore, login, address string) {
	t.Helper()
	if _, err := s.SignIn(t.Context(), attempt(login, password, address)); err != nil {
		t.Errorf("%s from %s: %v", login, address, err)
	}
}

// Whoever guesses is kept out, and keeps nobody out elsewhere.
func TestGuessingLocksOneNetworkOnly(t *testing.T) {
	s, c, u := newStore(t)
	for range 8 {
		fail(t, s, u.Login, "10.0.1.1")
	}
	tooMany(t, s, u.Login, "10.0.1.1")
	signsIn(t, s, u.Login, "10.0.2.1")
	fail(t, s, "nobody", "10.0.1.1")
	c.t = c.t.Add(16 * time.Minute)
	signsIn(t, s, u.Login, "10.0.1.1")
}

// One request every two minutes used to keep an account locked for ever.
func TestWhatIsRefusedIsNotCounted(t *testing.T) {
	s, c, u := newStore(t)
	for range 8 {
		fail(t, s, u.Login, "10.0.1.1")
	}
	for range 7 { // within a quarter of an hour
		c.t = c.t.Add(2 * time.Minute)
		tooMany(t, s, u.Login, "10.0.1.1")
	}
	c.t = c.t.Add(2 * time.Minute)
	signsIn(t, s, u.Login, "10.0.1.1")
}

func TestNetworksOfIPv6AreCountedWhole(t *testing.T) {
	s, _, u := newStore(t)
	for i := range 8 {
		fail(t, s, u.Login, fmt.Sprintf("2001:db8:0:1::%d", i+1))
	}
	tooMany(t, s, u.Login, "2001:db8:0:1:ffff::1")
	signsIn(t, s, u.Login, "2001:db8:0:2::1")
}

// Guesses spread over many networks are stopped as well, and the owner still gets in from where they work.
func TestSpreadGuessesLeaveTheOwnerIn(t *testing.T) {
	s, c, u := newStore(t)
	signsIn(t, s, u.Login, "10.0.2.1")
	s.db.Exec(`update access.users set must_change = false`)
	c.t = c.t.Add(20 * 24 * time.Hour)
	for i := range 60 {
		fail(t, s, u.Login, fmt.Sprintf("10.1.%d.1", i))
	}
	tooMany(t, s, u.Login, "10.2.0.1")
	signsIn(t, s, u.Login, "10.0.2.1")
}

func TestSignInIsLimitedByAddress(t *testing.T) {
	s, _, u := newStore(t)
	for i := range 40 {
		fail(t, s, fmt.Sprintf("guess%d", i), "10.0.3.1")
	}
	tooMany(t, s, u.Login, "10.0.3.1")
	signsIn(t, s, u.Login, "10.0.3.2")
}

// Attempts at once are counted before any of them is judged: no gap lets more than the limit through.
func TestAttemptsAtOnceAreLimited(t *testing.T) {
	s, _, u := newStore(t)
	var judged atomic.Int64
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			if _, err := s.SignIn(t.Context(), attempt(u.Login, "wrong", "10.0.1.1")); fault.Is(err, fault.Invalid) {
				judged.Add(1)
			}
		})
	}
	all.Wait()
	if judged.Load() > 8 {
		t.Errorf("%d passwords were looked at", judged.Load())
	}
}

// People type a password into the field of the login: what nobody has as a login is not written down.
func TestUnknownLoginsAreNotKept(t *testing.T) {
	s, _, _ := newStore(t)
	fail(t, s, "correct-horse-battery", "10.0.1.1")
	var kept string
	if err := s.db.Pool.QueryRow(t.Context(), `select string_agg(login, ' ') from access.sign_in_attempts`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if kept == "" || strings.Contains(kept, "horse") {
		t.Errorf("kept %q", kept)
	}
	for range 7 {
		fail(t, s, "correct-horse-battery", "10.0.1.1")
	}
	tooMany(t, s, "correct-horse-battery", "10.0.1.1")
}

func TestSigningInAgainEndsTheEarlierSession(t *testing.T) {
	s, _, u := newStore(t)
	first, other, second := attempt(u.Login, password, "10.0.0.1"), attempt(u.Login, password, "10.0.0.2"), attempt(u.Login, password, "10.0.0.1")
	second.Earlier = first.TokenHash
	for _, a := range []access.Attempt{first, other, second} {
		if _, err := s.SignIn(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Session(t.Context(), first.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the browser's earlier session: %v", err)
	}
	for _, a := range []access.Attempt{other, second} {
		if _, err := s.Session(t.Context(), a.TokenHash); err != nil {
			t.Errorf("another session: %v", err)
		}
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
	if err := s.SetBlocked(t.Context(), operator, u.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), here.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("blocked: %v", err)
	}
}

// The log says whose account was tried in vain. What nobody has as a login may be a password in the wrong field.
func TestRefusedSignInIsInTheLog(t *testing.T) {
	s, _, user := newStore(t)
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	fail(t, s, user.Login, "10.0.0.1")
	fail(t, s, "correct horse battery", "10.0.0.2")
	if !strings.Contains(log.String(), `msg="sign-in refused" who=`+user.Login+"\n") || strings.Count(log.String(), "who=") != 2 {
		t.Errorf("log: %s", log.String())
	}
	if strings.Contains(log.String(), "horse") {
		t.Errorf("what was typed is in the log: %s", log.String())
	}
}
