package access_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// factorKeys are keys in files, the first of which seals.
func factorKeys(t *testing.T, n int) (*access.FactorKeys, []string) {
	t.Helper()
	var files []string
	for range n {
		file := filepath.Join(t.TempDir(), "factors.key")
		if err := os.WriteFile(file, []byte(access.NewFactorKey()), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	keys, err := access.LoadFactorKeys(files...)
	if err != nil {
		t.Fatal(err)
	}
	return keys, files
}

// phone is an app that makes codes.
type phone struct {
	t      *testing.T
	clock  *clock
	secret string
}

func (p phone) code() string {
	p.t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(p.secret, " ", ""), p.clock.now())
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// guarded is a store with an account that signs in with an app's codes; recovery are its codes.
func guarded(t *testing.T) (s testStore, c *clock, u access.User, p phone, recovery []string) {
	t.Helper()
	s, c, u = newStore(t)
	keys, _ := factorKeys(t, 1)
	s.Store = s.Sealing(keys)
	s.db.Exec(`update access.users set must_change = false`)
	p, recovery = enrol(t, s, c, u)
	return s, c, u, p, recovery
}

// enrol sets up an app.
func enrol(t *testing.T, s testStore, c *clock, u access.User) (phone, []string) {
	t.Helper()
	made, err := s.PrepareCode(u.Actor(), "Портал: тест")
	if err != nil || !strings.HasPrefix(made.URL, "otpauth://totp/") || strings.Count(made.URL, ":") != 2 {
		t.Fatalf("%+v, %v", made, err)
	}
	p := phone{t, c, made.Secret}
	recovery, err := s.ConfirmCode(t.Context(), u.Actor(), access.NewCode{Name: "телефон", Sealed: made.Sealed, Code: p.code()}, access.Confirmation{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Minute) // the code that set it up is used
	return p, recovery
}

// half signs in with the password and returns the token of the session that waits.
func half(t *testing.T, s testStore, login, address string) access.Attempt {
	t.Helper()
	a := attempt(login, password, address)
	u, err := s.SignIn(t.Context(), a)
	if err != nil || u.Step() != access.FactorStep {
		t.Fatalf("%+v, %v", u, err)
	}
	return a
}

// give gives a code in the session that waits, and returns the token of the one that begins.
func give(t *testing.T, s testStore, a access.Attempt, code string) ([]byte, error) {
	t.Helper()
	next := attempt(a.Login, code, a.Address.String())
	_, err := s.GiveCode(t.Context(), access.SecondStep{Code: code, Address: a.Address, Agent: "test", TokenHash: next.TokenHash, Waiting: a.TokenHash})
	return next.TokenHash, err
}

func refused(t *testing.T, s testStore, a access.Attempt, code, key string) {
	t.Helper()
	if _, err := give(t, s, a, code); fault.MessageKey(err) != key {
		t.Errorf("%q: %v, want %s", code, err, key)
	}
}

// The secret of RFC 6238 gives the codes of its appendix B.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	s, c, u := newStore(t)
	keys, _ := factorKeys(t, 1)
	s.Store = s.Sealing(keys)
	sealed := base64.RawURLEncoding.EncodeToString(keys.Seal(u.ID, []byte("12345678901234567890")))
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		c.t = time.Unix(at, 0)
		if _, err := s.ConfirmCode(t.Context(), u.Actor(), access.NewCode{Name: "RFC", Sealed: sealed, Code: code}, access.Confirmation{Password: password}); err != nil {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

// A right password opens nothing before the second factor, which begins the session under another token.
func TestSecondFactorStandsBeforeEverything(t *testing.T) {
	s, c, u, p, _ := guarded(t)
	s.db.Exec(`insert into access.roles (id, user_id, role) values ($1, $2, 'portal_administrator')`, uuid.New(), u.ID)
	a := half(t, s, u.Login, "10.0.0.7")
	waiting, err := s.Session(t.Context(), a.TokenHash)
	if err != nil || waiting.Step() != access.FactorStep || len(waiting.Rights) != 0 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if list, err := s.Sessions(t.Context(), u.ID, nil); err != nil || len(list) != 0 {
		t.Errorf("a session that waits is shown as one: %v, %v", list, err)
	}
	refused(t, s, a, "000000", "access.code_wrong")
	token, err := give(t, s, a, p.code())
	if err != nil {
		t.Fatal(err)
	}
	if in, err := s.Session(t.Context(), token); err != nil || in.Step() != access.NoStep || len(in.Rights) == 0 {
		t.Errorf("%+v, %v", in, err)
	}
	if _, err := s.Session(t.Context(), a.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the session that waited: %v", err)
	}
	late := half(t, s, u.Login, "10.0.0.7")
	c.t = c.t.Add(16 * time.Minute)
	if _, err := give(t, s, late, p.code()); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after a quarter of an hour: %v", err)
	}
}

// A code opens once, also for two who send it at the same moment, and one that is older than the last is refused too.
func TestCodesOpenOnce(t *testing.T) {
	s, c, u, p, _ := guarded(t)
	first, second, early := half(t, s, u.Login, "10.0.0.1"), half(t, s, u.Login, "10.0.0.2"), p.code()
	c.t = c.t.Add(30 * time.Second)
	code := p.code()
	var errs [2]error
	var both sync.WaitGroup
	for i, a := range []access.Attempt{first, second} {
		both.Go(func() { _, errs[i] = give(t, s, a, code) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%v, %v", errs[0], errs[1])
	}
	refused(t, s, half(t, s, u.Login, "10.0.0.3"), code, "access.code_wrong")
	refused(t, s, half(t, s, u.Login, "10.0.0.4"), early, "access.code_wrong")
}

// Clocks of telephones may be half a minute off, and no more.
func TestClocksMayDiffer(t *testing.T) {
	s, c, u, p, _ := guarded(t)
	c.t = c.t.Truncate(30 * time.Second).Add(10 * time.Second)
	for off, want := range map[time.Duration]bool{-60 * time.Second: false, 60 * time.Second: false} {
		other := phone{t, &clock{c.t.Add(off)}, p.secret}
		if _, err := give(t, s, half(t, s, u.Login, "10.0.0.1"), other.code()); (err == nil) != want {
			t.Errorf("%s off: %v", off, err)
		}
	}
	for _, off := range []time.Duration{-30 * time.Second, 30 * time.Second} { // in this order: no code after a later one
		other := phone{t, &clock{c.t.Add(off)}, p.secret}
		if _, err := give(t, s, half(t, s, u.Login, "10.0.0.1"), other.code()); err != nil {
			t.Errorf("%s off: %v", off, err)
		}
	}
}

// A recovery code opens once, however it is typed; new ones take the place of all.
func TestRecoveryCodes(t *testing.T) {
	s, _, u, _, recovery := guarded(t)
	if len(recovery) != 10 {
		t.Fatalf("%d codes", len(recovery))
	}
	if _, err := give(t, s, half(t, s, u.Login, "10.0.0.1"), " "+strings.ToUpper(strings.ReplaceAll(recovery[3], "-", " "))); err != nil {
		t.Fatal(err)
	}
	refused(t, s, half(t, s, u.Login, "10.0.0.1"), recovery[3], "access.code_wrong")
	if _, left, err := s.Factors(t.Context(), u.Actor(), u.ID); err != nil || left != 9 {
		t.Errorf("%d left, %v", left, err)
	}
	fresh, err := s.RenewRecovery(t.Context(), u.Actor(), access.Confirmation{Password: password})
	if err != nil || len(fresh) != 10 {
		t.Fatal(err)
	}
	refused(t, s, half(t, s, u.Login, "10.0.0.1"), recovery[4], "access.code_wrong")
	if _, err := give(t, s, half(t, s, u.Login, "10.0.0.1"), fresh[0]); err != nil {
		t.Error(err)
	}
}

// Guessing codes is stopped like guessing passwords, and for good after twenty: then somebody has to open it.
func TestGuessingCodesEnds(t *testing.T) {
	s, c, u, p, _ := guarded(t)
	a := half(t, s, u.Login, "10.0.1.1")
	for range 8 {
		refused(t, s, a, "000000", "access.code_wrong")
	}
	refused(t, s, a, p.code(), "access.sign_in_too_many")
	if _, err := s.SignIn(t.Context(), attempt(u.Login, password, "10.0.1.1")); !fault.Is(err, fault.TooMany) {
		t.Errorf("the password from there: %v", err)
	}
	for i := range 12 {
		refused(t, s, half(t, s, u.Login, "10.0.2."+string(rune('1'+i%6))), "000000", "access.code_wrong")
	}
	c.t = c.t.Add(time.Hour)
	b := half(t, s, u.Login, "10.0.3.1")
	refused(t, s, b, p.code(), "access.factor_locked")
	if l, err := s.LockOf(t.Context(), operator, u.ID); err != nil || !l.Codes {
		t.Errorf("%+v, %v", l, err)
	}
	if err := s.Unlock(t.Context(), operator, u.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := give(t, s, b, p.code()); err != nil {
		t.Error(err)
	}
}

// A right password makes its network no known one: whoever stole it is held by the limits for strangers.
func TestAPasswordAloneMakesNoNetworkKnown(t *testing.T) {
	s, _, u, _, _ := guarded(t)
	half(t, s, u.Login, "10.0.1.1")
	var n int
	if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from access.sign_in_attempts`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d attempts, %v", n, err)
	}
}

// In the database stands nothing that makes codes, for whoever has no key of the process; a new key opens what the old sealed.
func TestSecretsAreSealed(t *testing.T) {
	s, _, u, p, recovery := guarded(t)
	var dump string
	err := s.db.Pool.QueryRow(t.Context(), `select (select json_agg(f) from access.factors f)::text || (select json_agg(r) from access.recovery_codes r)::text
		|| (select string_agg(encode(secret, 'escape'), '') from access.factors)`).Scan(&dump)
	if err != nil || strings.Contains(dump, strings.ReplaceAll(p.secret, " ", "")) || strings.Contains(dump, recovery[0]) {
		t.Errorf("%s, %v", dump, err)
	}
	keys, _ := factorKeys(t, 1)
	other := testStore{s.Sealing(keys), s.db}
	if _, err := give(t, other, half(t, other, u.Login, "10.0.0.1"), p.code()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("with another key: %v", err)
	}
	if _, err := give(t, other, half(t, other, u.Login, "10.0.0.1"), recovery[0]); err != nil {
		t.Errorf("a recovery code takes no key: %v", err)
	}
}

func TestAKeyCanBeChanged(t *testing.T) {
	old, oldFiles := factorKeys(t, 1)
	_, freshFiles := factorKeys(t, 1)
	owner := uuid.New()
	sealed := old.Seal(owner, []byte("secret"))
	both, err := access.LoadFactorKeys(freshFiles[0], oldFiles[0])
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := both.Open(owner, sealed); err != nil || string(secret) != "secret" {
		t.Errorf("%q, %v", secret, err)
	}
	if _, err := both.Open(uuid.New(), sealed); err == nil {
		t.Error("it opens for somebody else")
	}
	if _, err := old.Open(owner, both.Seal(owner, []byte("x"))); err == nil {
		t.Error("the old key seals")
	}
	bad := filepath.Join(t.TempDir(), "bad.key")
	if err := os.WriteFile(bad, []byte("portal-factor-key-1 c2hvcnQ=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{bad, filepath.Join(t.TempDir(), "none.key")} {
		if _, err := access.LoadFactorKeys(file); err == nil || strings.Contains(err.Error(), "c2hvcnQ") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// An unlocked screen is not enough to change how its owner signs in, and nobody guesses the password there.
func TestFactorsAreChangedWithThePassword(t *testing.T) {
	s, _, u, p, _ := guarded(t)
	token, err := give(t, s, half(t, s, u.Login, "10.0.0.1"), p.code())
	if err != nil {
		t.Fatal(err)
	}
	factors, _, err := s.Factors(t.Context(), u.Actor(), u.ID)
	if err != nil || len(factors) != 1 || factors[0].LastUsed == nil {
		t.Fatalf("%+v, %v", factors, err)
	}
	made, _ := s.PrepareCode(u.Actor(), "x")
	wrong := access.Confirmation{Password: "wrong", Session: token}
	n := access.NewCode{Name: "другий", Sealed: made.Sealed, Code: phone{t, p.clock, made.Secret}.code()}
	tries := []func(access.Confirmation) error{
		func(by access.Confirmation) error {
			_, err := s.ConfirmCode(t.Context(), u.Actor(), n, by)
			return err
		},
		func(by access.Confirmation) error {
			_, err := s.RenewRecovery(t.Context(), u.Actor(), by)
			return err
		},
		func(by access.Confirmation) error {
			return s.RemoveFactor(t.Context(), u.Actor(), factors[0].ID, by)
		},
		func(by access.Confirmation) error {
			return s.ChangeOwnPassword(t.Context(), u.Actor(), by.Password, "інший кит пливе", by.Session)
		},
	}
	for i := range 8 {
		if err := tries[i%len(tries)](wrong); fieldKey(err) != "access.password_wrong" {
			t.Errorf("%d: %v", i, err)
		}
	}
	for i, try := range tries {
		if err := try(access.Confirmation{Password: password, Session: token}); !fault.Is(err, fault.TooMany) {
			t.Errorf("%d after eight wrong ones: %v", i, err)
		}
	}
}

func fieldKey(err error) string {
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return fault.MessageKey(err)
	}
	return e.Fields[0].Key
}
