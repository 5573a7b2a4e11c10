package access_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/keytest"
)

const keyOrigin = "https://staff.example.org"

var desk = netip.MustParseAddr("10.0.0.7")

// keyed is a store with an account that has one passkey on a device.
func keyed(t *testing.T) (s testStore, c *clock, u access.User, d *keytest.Device) {
	t.Helper()
	s, c, u = newStore(t)
	s.Store = s.WithPasskeys(passkeysFor(t, access.PasskeySite{Origin: keyOrigin}))
	s.db.Exec(`update access.users set must_change = false`)
	d = &keytest.Device{TB: t, Origin: keyOrigin}
	if recovery := addKey(t, s, u, d, "телефон"); len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	return s, c, u, d
}

func passkeysFor(t *testing.T, site access.PasskeySite) *access.Passkeys {
	t.Helper()
	keys, err := access.NewPasskeys(site)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func addKey(t *testing.T, s testStore, u access.User, d *keytest.Device, name string) []string {
	t.Helper()
	asked := asksForKey(t, s, u, name)
	recovery, err := s.ConfirmPasskey(t.Context(), u.Actor(), asked.Token, d.Create(asked.Options), nil)
	if err != nil {
		t.Fatal(err)
	}
	return recovery
}

func asksForKey(t *testing.T, s testStore, u access.User, name string) access.Ceremony {
	t.Helper()
	asked, err := s.PreparePasskey(t.Context(), u.Actor(), name, desk, access.Confirmation{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return asked
}

// alone asks for a passkey of whoever sits there.
func alone(t *testing.T, s testStore) access.Ceremony {
	t.Helper()
	asked, err := s.AskAnyPasskey(t.Context(), desk)
	if err != nil {
		t.Fatal(err)
	}
	return asked
}

// brings sends an answer as somebody without a session, and returns the token of the session that begins.
func brings(t *testing.T, s testStore, token, answer string) ([]byte, error) {
	t.Helper()
	next := attempt("", "", desk.String())
	_, err := s.GivePasskey(t.Context(), access.PasskeyStep{Token: token, Answer: answer, Address: desk, TokenHash: next.TokenHash})
	return next.TokenHash, err
}

func refusesKey(t *testing.T, what string, err error, key string) {
	t.Helper()
	if fault.MessageKey(err) != key {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// A passkey confirms a password, and signs in without one; what it was asked counts once.
func TestPasskeysSignIn(t *testing.T) {
	s, _, u, d := keyed(t)
	addKey(t, s, u, &keytest.Device{TB: t, Origin: keyOrigin}, "ключ у сейфі")
	a := half(t, s, u.Login, desk.String())
	asked, err := s.AskPasskey(t.Context(), a.TokenHash, desk)
	if err != nil {
		t.Fatal(err)
	}
	answer := d.Sign(asked.Options)
	next := attempt(u.Login, "", desk.String())
	step := access.PasskeyStep{Token: asked.Token, Answer: answer, Address: desk, TokenHash: next.TokenHash, Earlier: a.TokenHash, Second: true}
	if _, err := s.GivePasskey(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	if in, err := s.Session(t.Context(), next.TokenHash); err != nil || in.Step() != access.NoStep {
		t.Errorf("%+v, %v", in, err)
	}
	if _, err := s.Session(t.Context(), a.TokenHash); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the session that waited: %v", err)
	}

	asked = alone(t, s)
	answer = d.Sign(asked.Options)
	token, err := brings(t, s, asked.Token, answer)
	if err != nil {
		t.Fatal(err)
	}
	if in, err := s.Session(t.Context(), token); err != nil || in.ID != u.ID || in.Step() != access.NoStep {
		t.Errorf("%+v, %v", in, err)
	}
	_, err = brings(t, s, asked.Token, answer)
	refusesKey(t, "the same answer again", err, "access.challenge_stale")
	factors, _, err := s.Factors(t.Context(), u.Actor(), u.ID)
	if err != nil || len(factors) != 2 || factors[0].LastUsed == nil || factors[1].LastUsed != nil || factors[0].Kind != access.PasskeyFactor {
		t.Errorf("%+v, %v", factors, err)
	}
}

// Nothing but the right key, asked for this, in time, by the page of this site, after knowing its holder, opens anything; and
// an answer that was refused is used up.
func TestPasskeysAreRefused(t *testing.T) {
	s, c, u, d := keyed(t)
	for what, try := range map[string]struct {
		answer func(asked access.Ceremony) string
		key    string
	}{
		"on another site's page": {func(asked access.Ceremony) string {
			other := d.Copy()
			other.Origin = "https://staff.example.org.evil.example"
			return other.Sign(asked.Options)
		}, "access.passkey_refused"},
		"without knowing its holder": {func(asked access.Ceremony) string {
			other := d.Copy()
			other.Unverified = true
			return other.Sign(asked.Options)
		}, "access.passkey_refused"},
		"another challenge": {func(access.Ceremony) string { return d.Copy().Sign(alone(t, s).Options) }, "access.passkey_refused"},
		"another signature": {func(asked access.Ceremony) string {
			return replaced(t, d.Copy().Sign(asked.Options), "signature", "AAAA")
		}, "access.passkey_refused"},
		"no answer": {func(access.Ceremony) string { return "{}" }, "access.passkey_refused"},
		"nobody's key": {func(asked access.Ceremony) string {
			return replaced(t, d.Copy().Sign(asked.Options), "userHandle", "AAAAAAAAAAAAAAAAAAAAAA")
		}, "access.passkey_unknown"},
		"a key of no person": {func(asked access.Ceremony) string { return replaced(t, d.Copy().Sign(asked.Options), "userHandle", "") }, "access.passkey_unknown"},
	} {
		asked := alone(t, s)
		_, err := brings(t, s, asked.Token, try.answer(asked))
		refusesKey(t, what, err, try.key)
		_, err = brings(t, s, asked.Token, d.Copy().Sign(asked.Options))
		refusesKey(t, what+", then the right one", err, "access.challenge_stale")
		s.db.Exec(`delete from access.sign_in_attempts`)
	}
	late := alone(t, s)
	c.t = c.t.Add(10 * time.Minute)
	_, err := brings(t, s, late.Token, d.Copy().Sign(late.Options))
	refusesKey(t, "too late", err, "access.challenge_stale")
	s.db.Exec(`update access.users set state = 'blocked'`)
	asked := alone(t, s)
	_, err = brings(t, s, asked.Token, d.Copy().Sign(asked.Options))
	refusesKey(t, "blocked", err, "access.passkey_unknown")
	s.db.Exec(`update access.users set state = 'active'`)
	asked = alone(t, s)
	if _, err := brings(t, s, asked.Token, d.Sign(asked.Options)); err != nil {
		t.Errorf("the right key afterwards: %v", err)
	}
	s.db.Exec(`delete from access.factors where user_id = $1`, u.ID)
	asked = alone(t, s)
	_, err = brings(t, s, asked.Token, d.Sign(asked.Options))
	refusesKey(t, "removed", err, "access.passkey_refused")
}

// replaced is the answer with one part of its response replaced.
func replaced(t *testing.T, answer, part, by string) string {
	t.Helper()
	var a map[string]any
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatal(err)
	}
	a["response"].(map[string]any)[part] = by
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A copy of a key is told by its count, refused and kept in the trail.
func TestCopiedPasskeysAreRefused(t *testing.T) {
	s, _, u, d := keyed(t)
	thief := d.Copy()
	for range 3 {
		asked := alone(t, s)
		if _, err := brings(t, s, asked.Token, d.Sign(asked.Options)); err != nil {
			t.Fatal(err)
		}
	}
	asked := alone(t, s)
	_, err := brings(t, s, asked.Token, thief.Sign(asked.Options))
	refusesKey(t, "a copy", err, "access.passkey_copied")
	var n int
	if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from audit.events where action = 'access.user.passkey_copied' and object_id = $1`, u.ID.String()).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d in the trail, %v", n, err)
	}
}

// What was asked for one purpose and one person is an answer to nothing else.
func TestCeremoniesServeOnePurpose(t *testing.T) {
	s, _, u, d := keyed(t)
	other, _, err := s.AddUser(t.Context(), access.Operator("test"), access.User{Login: "p.other", FullName: "Інша Особа"}, password, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.db.Exec(`update access.users set must_change = false`)
	theirs := &keytest.Device{TB: t, Origin: keyOrigin}
	addKey(t, s, other, theirs, "інший")
	a := half(t, s, u.Login, desk.String())
	give := func(token, answer string) error {
		_, err := s.GivePasskey(t.Context(), access.PasskeyStep{Token: token, Answer: answer, Address: desk, TokenHash: attempt("", "", "10.0.0.7").TokenHash, Earlier: a.TokenHash, Second: true})
		return err
	}
	asked := alone(t, s)
	refusesKey(t, "one for signing in alone, as the second", give(asked.Token, theirs.Sign(asked.Options)), "access.challenge_stale")
	asked = alone(t, s)
	refusesKey(t, "the same with the right key", give(asked.Token, d.Sign(asked.Options)), "access.challenge_stale")
	asked, err = s.AskPasskey(t.Context(), a.TokenHash, desk)
	if err != nil {
		t.Fatal(err)
	}
	refusesKey(t, "a colleague's key", give(asked.Token, theirs.SignAnyway(asked.Options)), "access.passkey_refused")
	asked, _ = s.AskPasskey(t.Context(), a.TokenHash, desk)
	_, err = brings(t, s, asked.Token, d.Sign(asked.Options))
	refusesKey(t, "one for the second factor, alone", err, "access.challenge_stale")
	asked = asksForKey(t, s, u, "новий")
	_, err = s.ConfirmPasskey(t.Context(), other.Actor(), asked.Token, (&keytest.Device{TB: t, Origin: keyOrigin}).Create(asked.Options), nil)
	refusesKey(t, "a colleague's new key", err, "access.challenge_stale")
	asked = alone(t, s)
	_, err = s.ConfirmPasskey(t.Context(), u.Actor(), asked.Token, "{}", nil)
	refusesKey(t, "signing in as adding", err, "access.challenge_stale")
	if _, err := s.PreparePasskey(t.Context(), u.Actor(), "новий", desk, access.Confirmation{Password: "wrong"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without the password: %v", err)
	}
}

// The last factor stays while a group needs one; a key can be removed beside another.
func TestTheLastPasskeyStays(t *testing.T) {
	s, _, u, _ := keyed(t)
	s.db.Exec(`insert into access.roles (id, user_id, role) values ($1, $2, 'portal_administrator')`, uuid.New(), u.ID)
	s.db.Exec(`update access.groups set second_factor = true where code = 'portal_administrator'`)
	factors, _, _ := s.Factors(t.Context(), u.Actor(), u.ID)
	err := s.RemoveFactor(t.Context(), u.Actor(), factors[0].ID, access.Confirmation{Password: password})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("the last one: %v", err)
	}
	addKey(t, s, u, &keytest.Device{TB: t, Origin: keyOrigin}, "другий")
	if err := s.RemoveFactor(t.Context(), u.Actor(), factors[0].ID, access.Confirmation{Password: password}); err != nil {
		t.Error(err)
	}
}

// Whoever asks and never answers fills no table.
func TestChallengesAreBounded(t *testing.T) {
	s, c, _, d := keyed(t)
	first := alone(t, s)
	for range 110 {
		c.t = c.t.Add(time.Millisecond)
		alone(t, s)
	}
	var n int
	if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from access.challenges where address = $1`, desk).Scan(&n); err != nil || n != 100 {
		t.Errorf("%d are open, %v", n, err)
	}
	elsewhere, err := s.AskAnyPasskey(t.Context(), netip.MustParseAddr("10.0.0.8"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = brings(t, s, first.Token, d.Copy().Sign(first.Options))
	refusesKey(t, "the oldest", err, "access.challenge_stale")
	if _, err := brings(t, s, elsewhere.Token, d.Sign(elsewhere.Options)); err != nil {
		t.Errorf("of another address: %v", err)
	}
}

func TestPasskeysNeedAnAddressThatBrowsersTake(t *testing.T) {
	for _, site := range []access.PasskeySite{
		{},
		{Origin: "staff.example.org"},
		{Origin: "http://staff.example.org"},
		{Origin: "https://10.0.0.1"},
		{Origin: "http://127.0.0.1:8081"},
		{Origin: "https://[::1]"},
		{Origin: keyOrigin + "/portal"},
		{Origin: keyOrigin, Domain: "other.org"},
		{Origin: keyOrigin, Domain: "aff.example.org"},
	} {
		if _, err := access.NewPasskeys(site); err == nil || !strings.HasPrefix(err.Error(), "passkeys: ") {
			t.Errorf("%+v: %v", site, err)
		}
	}
	for _, site := range []access.PasskeySite{{Origin: "http://localhost:8081"}, {Origin: keyOrigin, Domain: "example.org"}, {Origin: keyOrigin}} {
		passkeysFor(t, site)
	}
}
