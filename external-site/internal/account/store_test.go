package account_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/fault"
	"portal.example/shared/keytest"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// quick makes tests quick.
var quick = []account.Cost{{Memory: 64, Passes: 1}}

type bench struct {
	*account.Store
	t    *testing.T
	db   *pgtest.Database
	key  account.Key
	time atomic.Pointer[time.Time]
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, db: pgtest.ExternalPlain(t), key: newKey(t)}
	b.at(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
	b.Store = b.store(quick...)
	return b
}

func (b *bench) store(costs ...account.Cost) *account.Store {
	return account.NewStore(account.Options{Pool: b.db.PoolAs("external_site"), Key: b.key, Costs: costs, Now: func() time.Time { return *b.time.Load() }})
}

func (b *bench) at(t time.Time) { b.time.Store(&t) }

func (b *bench) later(d time.Duration) { b.at(b.time.Load().Add(d)) }

func newKey(t *testing.T) account.Key {
	t.Helper()
	key, err := account.ParseKey(account.NewKeyFile())
	must(t, err)
	return key
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func login(t *testing.T, typed string) account.Login {
	t.Helper()
	l, err := account.ParseLogin(typed)
	must(t, err)
	return l
}

const password = "синій кит пливе"

// register makes an account and returns its holder.
func (b *bench) register(name string) (account.Holder, account.Entry) {
	b.t.Helper()
	entry, err := b.Register(b.t.Context(), login(b.t, name), name, password, "Firefox")
	must(b.t, err)
	h, err := b.Holder(b.t.Context(), entry.Token)
	must(b.t, err)
	return h, entry
}

// signIn opens an account that asks for no code.
func (b *bench) signIn(l account.Login, password, on string) (account.Token, error) {
	b.t.Helper()
	o, err := b.SignIn(b.t.Context(), l, password, on)
	if o.Waits {
		b.t.Fatal("a code is asked for")
	}
	return o.Token, err
}

// The days of an account are those of Kyiv, in which the citizen counts, though the machine runs in UTC.
func TestDaysAreThoseOfKyiv(t *testing.T) {
	b := withPasskeys(t)
	b.at(time.Date(2026, 11, 29, 22, 30, 0, 0, time.UTC))
	h, _ := b.register("olena@ukr.example")
	b.add(h, &keytest.Device{TB: t, Origin: origin})
	a, err := b.Account(t.Context(), h)
	must(t, err)
	keys, err := b.Passkeys(t.Context(), h)
	must(t, err)
	want := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	days := map[string]time.Time{"created": a.CreatedOn, "password": a.PasswordOn, "recovery": a.RecoveryOn, "passkey": keys[0].MadeOn}
	var seen time.Time
	must(t, b.db.Pool.QueryRow(t.Context(), `select seen_on from account.accounts`).Scan(&seen))
	days["seen"] = seen
	for of, day := range days {
		if !day.Equal(want) {
			t.Errorf("%s on %s, want %s", of, day.Format(time.DateOnly), want.Format(time.DateOnly))
		}
	}
}

func newCode(t *testing.T) seal.Code {
	t.Helper()
	code, err := seal.NewCode(rand{})
	must(t, err)
	return code
}

// Signing in opens the account that was registered; another password, login or installation opens nothing, by the same answer.
func TestLoginAndPasswordOpenTheAccount(t *testing.T) {
	b := newBench(t)
	own, _ := b.register("olena@ukr.example")
	ctx := t.Context()
	token, err := b.signIn(login(t, " Olena@UKR.example"), password, "Chrome")
	must(t, err)
	if h, err := b.Holder(ctx, token); err != nil || h.ID != own.ID {
		t.Fatalf("signed in as %v: %v", h.ID, err)
	}
	for name, try := range map[string]func() error{
		"password": func() error { _, err := b.SignIn(ctx, login(t, "olena@ukr.example"), password+" ", ""); return err },
		"login":    func() error { _, err := b.SignIn(ctx, login(t, "olena2@ukr.example"), password, ""); return err },
		"other key": func() error {
			other := account.NewStore(account.Options{Pool: b.db.PoolAs("external_site"), Key: newKey(t), Costs: quick})
			_, err := other.SignIn(ctx, login(t, "olena@ukr.example"), password, "")
			return err
		},
	} {
		if err := try(); fault.MessageKey(err) != "account.no_match" {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

// Two people may have the same login: neither is told of the other, and each opens their own.
func TestNobodyLearnsWhoIsRegistered(t *testing.T) {
	b := newBench(t)
	first, _ := b.register("ivan")
	entry, err := b.Register(t.Context(), login(t, "ivan"), "ivan", "зелений кит пливе", "")
	must(t, err)
	second, err := b.Holder(t.Context(), entry.Token)
	must(t, err)
	if first.ID == second.ID {
		t.Fatal("one account for two people")
	}
	if _, err := b.Register(t.Context(), login(t, "ivan"), "ivan", password, ""); fault.MessageKey(err) != "account.taken" {
		t.Errorf("the very pair again: %v", err)
	}
}

// The two cookies open the session only together, until it ends: after an hour without use, after half a day in any case.
func TestSessionsEnd(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	_, entry := b.register("olena")
	other, err := b.signIn(login(t, "olena"), password, "")
	must(t, err)
	for name, pair := range map[string][2]string{
		"without the secret": {entry.Token.Handle(), ""}, "another secret": {entry.Token.Handle(), other.Secret()},
	} {
		token, err := account.ParseToken(pair[0], pair[1])
		must(t, err)
		if _, err := b.Holder(ctx, token); !fault.Is(err, fault.Unsigned) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := b.Writer(ctx, token); err != nil {
			t.Errorf("%s nothing can be sealed for the account: %v", name, err)
		}
	}
	for range 13 {
		b.later(50 * time.Minute)
		if _, err := b.Holder(ctx, entry.Token); err != nil {
			t.Fatalf("in use: %v", err)
		}
	}
	if _, err := b.Holder(ctx, other); !fault.Is(err, fault.Unsigned) {
		t.Errorf("unused for hours: %v", err)
	}
	b.later(70 * time.Minute)
	if _, err := b.Holder(ctx, entry.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after 12 hours: %v", err)
	}
	must(t, b.Clean(ctx))
	if n := b.count("account.sessions"); n != 0 {
		t.Errorf("%d sessions left", n)
	}
}

func (b *bench) count(table string) (n int) {
	b.t.Helper()
	must(b.t, b.db.Pool.QueryRow(b.t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

// Sessions are listed to their account with the names of their browsers, and end one by one or all but one; nobody ends
// another's.
func TestSessionsAreListedAndEnded(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	h, entry := b.register("olena")
	b.later(time.Minute)
	phone, err := b.signIn(login(t, "olena"), password, "Chrome, Android")
	must(t, err)
	stranger, _ := b.register("petro")
	list, err := b.Sessions(ctx, h)
	must(t, err)
	if len(list) != 2 || list[0].Device != "Chrome, Android" || list[0].Own || !list[1].Own || list[1].Device != "Firefox" {
		t.Fatalf("%+v", list)
	}
	if err := b.EndSession(ctx, stranger, list[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger ends it: %v", err)
	}
	must(t, b.EndSession(ctx, h, list[0].ID))
	if _, err := b.Holder(ctx, phone); !fault.Is(err, fault.Unsigned) {
		t.Errorf("ended: %v", err)
	}
	_, err = b.SignIn(ctx, login(t, "olena"), password, "")
	must(t, err)
	must(t, b.EndOthers(ctx, h))
	if list, err = b.Sessions(ctx, h); err != nil || len(list) != 1 || !list[0].Own {
		t.Errorf("%+v %v", list, err)
	}
	must(t, b.SignOut(ctx, h))
	if _, err := b.Holder(ctx, entry.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("signed out: %v", err)
	}
	if _, err := b.Holder(ctx, mustSignIn(b, "petro")); err != nil {
		t.Errorf("the stranger: %v", err)
	}
}

func mustSignIn(b *bench, name string) account.Token {
	b.t.Helper()
	token, err := b.signIn(login(b.t, name), password, "")
	must(b.t, err)
	return token
}

// The recovery code opens the account once, with everything in it, and sets login and password anew.
func TestRecovery(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	h, entry := b.register("olena")
	kept, err := b.Keep(ctx, h, account.Matter{Number: number(t, "R-1234-5678-9092"), Code: newCode(t), Name: "Субсидія"})
	must(t, err)
	to := account.Change{Login: login(t, "olena.new"), Shown: "Olena.New", Password: "зелений кит пливе"}
	if _, err := b.Recover(ctx, newCode(t), to, ""); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("any code: %v", err)
	}
	again, err := b.Recover(ctx, entry.Recovery, to, "Safari")
	must(t, err)
	if _, err := b.Recover(ctx, entry.Recovery, to, ""); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("a second time: %v", err)
	}
	if _, err := b.Holder(ctx, entry.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the earlier session: %v", err)
	}
	if _, err := b.SignIn(ctx, login(t, "olena"), password, ""); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("the earlier password: %v", err)
	}
	token, err := b.signIn(login(t, "olena.new"), "зелений кит пливе", "")
	must(t, err)
	for _, t2 := range []account.Token{again.Token, token} {
		h, err := b.Holder(ctx, t2)
		must(t, err)
		if m, err := b.Matter(ctx, h, kept); err != nil || m.Name != "Субсидія" {
			t.Errorf("its matter: %+v %v", m, err)
		}
		if a, err := b.Account(ctx, h); err != nil || a.Login != "Olena.New" {
			t.Errorf("%+v %v", a, err)
		}
	}
	if _, err := b.Recover(ctx, again.Recovery, to, ""); err != nil {
		t.Errorf("the new code: %v", err)
	}
}

// A password is changed by whoever knows the present one; what the account keeps stays, other sessions end.
func TestChangeOfPassword(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	h, own := b.register("olena")
	other := mustSignIn(b, "olena")
	to := account.Change{Login: login(t, "olena"), Shown: "olena", Password: "зелений кит пливе"}
	if err := b.ChangePassword(ctx, h, "не той пароль зовсім", to); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("with a wrong one: %v", err)
	}
	easy := to
	easy.Password = "olenaolena2026"
	if err := b.ChangePassword(ctx, h, password, easy); fault.MessageKey(err) != "account.password_easy" {
		t.Errorf("to an easy one: %v", err)
	}
	must(t, b.ChangePassword(ctx, h, password, to))
	if _, err := b.Holder(ctx, own.Token); err != nil {
		t.Errorf("the session that changed it: %v", err)
	}
	if _, err := b.Holder(ctx, other); !fault.Is(err, fault.Unsigned) {
		t.Errorf("another session: %v", err)
	}
	if _, err := b.SignIn(ctx, login(t, "olena"), password, ""); err == nil {
		t.Error("the earlier password opens the account")
	}
	if _, err := b.SignIn(ctx, login(t, "olena"), to.Password, ""); err != nil {
		t.Error(err)
	}
	if _, err := b.NewRecovery(ctx, h, password); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("recovery code with the earlier password: %v", err)
	}
	code, err := b.NewRecovery(ctx, h, to.Password)
	must(t, err)
	if _, err := b.Recover(ctx, own.Recovery, to, ""); err == nil {
		t.Error("the earlier recovery code opens the account")
	}
	if _, err := b.Recover(ctx, code, to, ""); err != nil {
		t.Error(err)
	}
}

// When passwords are to cost more, those of earlier releases go on opening, and are wrapped anew on the way.
func TestCostsGrow(t *testing.T) {
	b := newBench(t)
	b.register("olena")
	dearer := account.Cost{Memory: 128, Passes: 2}
	if _, err := b.store(dearer, quick[0]).SignIn(t.Context(), login(t, "olena"), password, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store(dearer).SignIn(t.Context(), login(t, "olena"), password, ""); err != nil {
		t.Errorf("not wrapped anew: %v", err)
	}
	if account.UsualCost.Memory < 64<<10 || account.UsualCost.Passes < 3 {
		t.Errorf("the usual cost is %+v", account.UsualCost)
	}
}

func number(t *testing.T, typed string) tracking.Number {
	t.Helper()
	n, ok := tracking.ParseNumber(typed)
	if !ok {
		t.Fatalf("%s is no number", typed)
	}
	return n
}

// Matters are the account's own: kept once, found, renamed and removed by nobody else.
func TestMatters(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	h, _ := b.register("olena")
	stranger, _ := b.register("petro")
	m := account.Matter{Number: number(t, "R-1234-5678-9092"), Code: newCode(t), Name: "Допомога"}
	id, err := b.Keep(ctx, h, m)
	must(t, err)
	byCase := account.Matter{Number: number(t, "01-2026-000123"), Code: m.Code, Name: "Допомога на дитину"}
	if again, err := b.Keep(ctx, h, byCase); err != nil || again != id {
		t.Errorf("kept a second time as %v: %v", again, err)
	}
	list, err := b.Matters(ctx, h)
	must(t, err)
	if len(list) != 1 || list[0].Name != byCase.Name || list[0].Code != m.Code {
		t.Fatalf("%+v", list)
	}
	if list, err := b.Matters(ctx, stranger); err != nil || len(list) != 0 {
		t.Errorf("the stranger has %+v: %v", list, err)
	}
	if _, err := b.Matter(ctx, stranger, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the stranger reads it: %v", err)
	}
	if err := b.Remove(ctx, stranger, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the stranger removes it: %v", err)
	}
	must(t, b.Remove(ctx, h, id))
	if list, err := b.Matters(ctx, h); err != nil || len(list) != 0 {
		t.Errorf("%+v: %v", list, err)
	}
	for range account.MaxMatters {
		_, err := b.Keep(ctx, h, account.Matter{Number: m.Number, Code: newCode(t)})
		must(t, err)
	}
	if _, err := b.Keep(ctx, h, account.Matter{Number: m.Number, Code: newCode(t)}); fault.MessageKey(err) != "account.matters_full" {
		t.Errorf("one more: %v", err)
	}
}

// Whoever moves sealed bytes from one account or row to another with the rights of the site opens nothing by it.
func TestRowsCannotBeExchanged(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	h, _ := b.register("olena")
	thief, _ := b.register("petro")
	id, err := b.Keep(ctx, h, account.Matter{Number: number(t, "R-1234-5678-9092"), Code: newCode(t)})
	must(t, err)
	b.db.Exec(`update account.matters set account_id = $1 where id = $2`, thief.ID, id)
	if list, err := b.Matters(ctx, thief); err == nil {
		t.Errorf("the thief reads %+v", list)
	}
	b.db.Exec(`update account.ways w set wrapped = o.wrapped, account_id = o.account_id from account.ways o
		where w.account_id = $1 and o.account_id = $2 and w.kind = 'password' and o.kind = 'password'`, thief.ID, h.ID)
	if _, err := b.SignIn(ctx, login(t, "petro"), password, ""); err == nil {
		t.Error("the thief's password opens another's account")
	}
}

// Erased, nothing of the account is left in any table, and its cookies open nothing.
func TestErasure(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	h, entry := b.register("olena")
	_, err := b.Keep(ctx, h, account.Matter{Number: number(t, "R-1234-5678-9092"), Code: newCode(t)})
	must(t, err)
	must(t, b.Erase(ctx, h))
	for _, table := range []string{"account.accounts", "account.ways", "account.sessions", "account.matters"} {
		if n := b.count(table); n != 0 {
			t.Errorf("%s has %d rows", table, n)
		}
	}
	if _, err := b.Holder(ctx, entry.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the session: %v", err)
	}
	b.register("petro")
	b.later(account.UnusedLife + 48*time.Hour)
	must(t, b.Clean(ctx))
	if n := b.count("account.accounts"); n != 0 {
		t.Error("an account that nobody opens is kept")
	}
}

// A login is read as people type it, and never as another's.
func TestLogins(t *testing.T) {
	same := func(a, b string) bool { return login(t, a) == login(t, b) }
	for _, pair := range [][2]string{{"067 123-45-67", "+380671234567"}, {"Olena@Ukr.Example", "olena@ukr.example "}, {"Мар’яна  Ткач", " мар'яна ткач"}} {
		if !same(pair[0], pair[1]) {
			t.Errorf("%q and %q are two", pair[0], pair[1])
		}
	}
	if same("olena", "оlеnа") {
		t.Error("Latin and Cyrillic letters are one")
	}
	for _, typed := range []string{"", "ab", "olena@", "<script>", strings.Repeat("я", 101)} {
		if l, err := account.ParseLogin(typed); err == nil {
			t.Errorf("%q is taken as a login", typed)
		} else if !l.IsZero() {
			t.Errorf("%q leaves something", typed)
		}
	}
}

// Nothing that opens an account prints itself.
func TestSecretsDoNotPrint(t *testing.T) {
	b := newBench(t)
	h, entry := b.register("olena@ukr.example")
	for _, format := range []string{"%v", "%s", "%+v", "%#v"} {
		out := fmt.Sprintf(format, []any{b.key, entry.Token, login(t, "olena@ukr.example"), entry})
		for _, secret := range []string{"olena@", entry.Token.Secret(), entry.Token.Handle(), entry.Recovery.Reveal()} {
			if strings.Contains(out, secret) {
				t.Errorf("%s prints %s", format, out)
			}
		}
	}
	_ = h
}

// A password is not hashed for whoever has gone away.
func TestNobodyWaitsForAHash(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.SignIn(ctx, login(t, "olena"), password, ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
}

// rand is quick and good enough for codes of tests.
type rand struct{}

var drawn atomic.Uint64

func (rand) Read(p []byte) (int, error) {
	n := drawn.Add(1)
	copy(p, bytes.Repeat([]byte{byte(n), byte(n >> 8), byte(n >> 5)}, len(p)))
	return len(p), nil
}
