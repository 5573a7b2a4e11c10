package account_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/keytest"
)

const origin = "https://portal.example"

var secretName = base64.RawURLEncoding.EncodeToString([]byte("a cabinet"))

// withPasskeys is a store of a site whose address has passkeys.
func withPasskeys(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	passkeys, err := account.NewPasskeys(origin)
	must(t, err)
	b.Store = account.NewStore(account.Options{
		Pool: b.db.PoolAs("external_site"), Key: b.key, Costs: quick, Passkeys: passkeys, Now: func() time.Time { return *b.time.Load() },
	})
	return b
}

// add adds a key of the device to the account.
func (b *bench) add(h account.Holder, d *keytest.Device) {
	b.t.Helper()
	asked, err := b.AskToAdd(b.t.Context(), h, password)
	must(b.t, err)
	signed := d.Create(asked.Options)
	must(b.t, b.AddPasskey(b.t.Context(), h, account.Answer{Token: asked.Token, Signed: signed, Secret: d.Secret(secretName)}, "Телефон"))
}

func (b *bench) signed(d *keytest.Device) account.Answer {
	b.t.Helper()
	asked, err := b.AskAnyone(b.t.Context())
	must(b.t, err)
	return account.Answer{Token: asked.Token, Signed: d.Sign(asked.Options), Secret: d.Secret(secretName)}
}

// A passkey opens the account by what the device signs and by the secret that it makes, both together and once.
func TestAPasskeyOpensTheAccount(t *testing.T) {
	b := withPasskeys(t)
	ctx := t.Context()
	h, _ := b.register("olena")
	id, err := b.Keep(ctx, h, account.Matter{Number: number(t, "R-1234-5678-9092"), Code: newCode(t), Name: "Субсидія"})
	must(t, err)
	d := &keytest.Device{TB: t, Origin: origin}
	b.add(h, d)
	answer := b.signed(d)
	token, err := b.SignInWithPasskey(ctx, answer, "Safari")
	must(t, err)
	opened, err := b.Holder(ctx, token)
	must(t, err)
	if m, err := b.Matter(ctx, opened, id); err != nil || m.Name != "Субсидія" {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := b.SignInWithPasskey(ctx, answer, ""); fault.MessageKey(err) != "account.passkey_stale" {
		t.Errorf("the same answer again: %v", err)
	}
	for name, spoil := range map[string]func(*account.Answer){
		"another secret": func(a *account.Answer) { a.Secret = strings.Repeat("A", 43) },
		"no secret":      func(a *account.Answer) { a.Secret = "" },
		"another answer": func(a *account.Answer) { a.Signed = answer.Signed },
		"no ceremony":    func(a *account.Answer) { a.Token = "" },
	} {
		a := b.signed(d)
		spoil(&a)
		if _, err := b.SignInWithPasskey(ctx, a, ""); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	late := b.signed(d)
	b.later(11 * time.Minute)
	if _, err := b.SignInWithPasskey(ctx, late, ""); fault.MessageKey(err) != "account.passkey_stale" {
		t.Errorf("too late: %v", err)
	}
	must(t, b.Clean(ctx))
	if n := b.count("account.challenges"); n != 0 {
		t.Errorf("%d ceremonies left", n)
	}
}

// A device that does not ask who holds it, one whose count did not grow and one of another site are refused.
func TestOddDevicesAreRefused(t *testing.T) {
	b := withPasskeys(t)
	ctx := t.Context()
	h, _ := b.register("olena")
	d := &keytest.Device{TB: t, Origin: origin}
	b.add(h, d)
	copied := d.Copy()
	if _, err := b.SignInWithPasskey(ctx, b.signed(d), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignInWithPasskey(ctx, b.signed(copied), ""); fault.MessageKey(err) != "account.passkey_refused" {
		t.Errorf("a copy: %v", err)
	}
	unverified := d.Copy()
	unverified.Unverified = true
	elsewhere := d.Copy()
	elsewhere.Origin = "https://portal.example.evil"
	for _, odd := range []*keytest.Device{unverified, elsewhere} {
		odd.Count = 100
		if _, err := b.SignInWithPasskey(ctx, b.signed(odd), ""); fault.MessageKey(err) != "account.passkey_refused" {
			t.Errorf("%+v: %v", odd, err)
		}
	}
}

// Passkeys are added by whoever gives the password, listed, and removed by nobody else.
func TestPasskeysAreTheOwners(t *testing.T) {
	b := withPasskeys(t)
	ctx := t.Context()
	h, _ := b.register("olena")
	stranger, _ := b.register("petro")
	if _, err := b.AskToAdd(ctx, h, "не той пароль"); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("with a wrong password: %v", err)
	}
	d := &keytest.Device{TB: t, Origin: origin}
	asked, err := b.AskToAdd(ctx, h, password)
	must(t, err)
	signed := d.Create(asked.Options)
	if err := b.AddPasskey(ctx, stranger, account.Answer{Token: asked.Token, Signed: signed, Secret: d.Secret(secretName)}, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("to another account: %v", err)
	}
	d = &keytest.Device{TB: t, Origin: origin}
	b.add(h, d)
	list, err := b.Passkeys(ctx, h)
	must(t, err)
	if len(list) != 1 || list[0].Name != "Телефон" {
		t.Fatalf("%+v", list)
	}
	if err := b.RemovePasskey(ctx, stranger, list[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger removes it: %v", err)
	}
	must(t, b.RemovePasskey(ctx, h, list[0].ID))
	if _, err := b.SignInWithPasskey(ctx, b.signed(d), ""); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("removed: %v", err)
	}
}

// Browsers make passkeys for some addresses only; without one there are none.
func TestAddressesWithPasskeys(t *testing.T) {
	for address, has := range map[string]bool{
		"https://portal.example": true, "http://localhost:24000": true, "http://127.0.0.1:24000": false, "http://portal.example": false, "https://[::1]": false,
	} {
		if p, err := account.NewPasskeys(address); err != nil || (p != nil) != has {
			t.Errorf("%s: %v %v", address, p, err)
		}
	}
}
