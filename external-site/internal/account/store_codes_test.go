package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
)

// app is a telephone that makes codes.
type app struct {
	b      *bench
	secret string
}

func (a app) code() string {
	a.b.t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(a.secret, " ", ""), *a.b.time.Load())
	must(a.b.t, err)
	return code
}

// guard lets the account ask for codes of an app.
func (b *bench) guard(h account.Holder) app {
	b.t.Helper()
	made, err := b.PrepareApp(b.t.Context(), h, "portal.example")
	must(b.t, err)
	a := app{b, made.Secret}
	must(b.t, b.ConfirmApp(b.t.Context(), h, made.Sealed, a.code(), password))
	b.later(time.Minute) // the code that set it up is used
	return a
}

// half gives the right password.
func (b *bench) half(name string) account.Token {
	b.t.Helper()
	o, err := b.SignIn(b.t.Context(), login(b.t, name), password, "Chrome")
	must(b.t, err)
	if !o.Waits {
		b.t.Fatal("no code is asked for")
	}
	return o.Token
}

// refused gives a code that has to be refused.
func (b *bench) refused(waiting account.Token, code, key string) {
	b.t.Helper()
	if _, err := b.GiveCode(b.t.Context(), waiting, code, ""); fault.MessageKey(err) != key {
		b.t.Errorf("%q: %v, want %s", code, err, key)
	}
}

// The right password opens nothing while the code is awaited: it is no session, for reading or for sealing.
func TestACodeStandsBesideThePassword(t *testing.T) {
	b := newBench(t)
	own, entry := b.register("olena")
	other := b.elsewhere("olena")
	phone := b.guard(own)
	if _, err := b.Holder(t.Context(), other); !fault.Is(err, fault.Unsigned) {
		t.Errorf("another session goes on: %v", err)
	}
	waiting := b.half("olena")
	if _, err := b.Holder(t.Context(), waiting); !fault.Is(err, fault.Unsigned) {
		t.Errorf("what waits is a session: %v", err)
	}
	if _, err := b.Writer(t.Context(), waiting); !fault.Is(err, fault.Unsigned) {
		t.Errorf("what waits can seal: %v", err)
	}
	if err := b.Waits(t.Context(), entry.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("a session waits: %v", err)
	}
	b.refused(waiting, "000000", "account.code_wrong")
	code := phone.code()
	token, err := b.GiveCode(t.Context(), waiting, code[:3]+" "+code[3:], "Chrome")
	must(t, err)
	if h, err := b.Holder(t.Context(), token); err != nil || h.ID != own.ID {
		t.Errorf("%v, %v", h.ID, err)
	}
	b.refused(waiting, phone.code(), "account.ended") // it counts once
	b.refused(b.half("olena"), code, "account.code_wrong")
	b.later(time.Minute)
	late := b.half("olena")
	b.later(11 * time.Minute)
	b.refused(late, phone.code(), "account.ended")
	must(t, b.Clean(t.Context()))
	var left int
	must(t, b.db.Pool.QueryRow(t.Context(), `select count(*) from account.waiting`).Scan(&left))
	if left != 0 {
		t.Errorf("%d still wait", left)
	}
}

// elsewhere opens the account on another device before codes are asked for.
func (b *bench) elsewhere(name string) account.Token {
	b.t.Helper()
	token, err := b.signIn(login(b.t, name), password, "Tablet")
	must(b.t, err)
	return token
}

// An app counts once it has shown a code, for the account whose page it was, within the hour, and with the password.
func TestSettingUpAnApp(t *testing.T) {
	b := newBench(t)
	own, _ := b.register("olena")
	stranger, _ := b.register("petro")
	made, err := b.PrepareApp(t.Context(), own, "portal.example")
	must(t, err)
	phone := app{b, made.Secret}
	for what, try := range map[string]struct {
		h                     account.Holder
		sealed, code, present string
		key                   string
	}{
		"a wrong code":     {own, made.Sealed, "000000", password, "account.code_wrong"},
		"a wrong password": {own, made.Sealed, phone.code(), "не той пароль", "account.no_match"},
		"another account":  {stranger, made.Sealed, phone.code(), password, "account.app_stale"},
		"nothing":          {own, "", phone.code(), password, "account.app_stale"},
		"rubbish":          {own, "AAAA", phone.code(), password, "account.app_stale"},
	} {
		if err := b.ConfirmApp(t.Context(), try.h, try.sealed, try.code, try.present); fault.MessageKey(err) != try.key {
			t.Errorf("%s: %v", what, err)
		}
	}
	if again, err := b.ShownApp(t.Context(), own, made.Sealed, "portal.example"); err != nil || again.Secret != made.Secret {
		t.Errorf("shown again: %v", err)
	}
	b.later(61 * time.Minute)
	if err := b.ConfirmApp(t.Context(), own, made.Sealed, phone.code(), password); fault.MessageKey(err) != "account.app_stale" {
		t.Errorf("after an hour: %v", err)
	}
	if since, err := b.CodesSince(t.Context(), own); err != nil || !since.IsZero() {
		t.Errorf("codes are asked for since %v, %v", since, err)
	}
	b.guard(own)
	b.half("olena")
	if err := b.DropApp(t.Context(), own, "не той пароль"); fault.MessageKey(err) != "account.no_match" {
		t.Errorf("switched off without the password: %v", err)
	}
	must(t, b.DropApp(t.Context(), own, password))
	_, err = b.signIn(login(t, "olena"), password, "")
	must(t, err)
}

// After twenty wrong codes, of which a right one forgets half, not even the right one opens; the recovery code does, and takes the app off.
func TestCodesAreNotGuessed(t *testing.T) {
	b := newBench(t)
	own, entry := b.register("olena")
	phone := b.guard(own)
	waiting := b.half("olena")
	for range 19 {
		b.refused(waiting, "000000", "account.code_wrong")
	}
	_, err := b.GiveCode(t.Context(), waiting, phone.code(), "")
	must(t, err) // and half of the count is forgotten
	b.later(time.Minute)
	waiting = b.half("olena")
	for range 11 {
		b.refused(waiting, "000000", "account.code_wrong")
	}
	b.refused(waiting, phone.code(), "account.codes_locked")
	b.refused(b.half("olena"), phone.code(), "account.codes_locked")
	to := account.Change{Login: login(t, "olena"), Shown: "olena", Password: "зелений кит пливе"}
	_, err = b.Recover(t.Context(), entry.Recovery, to, "")
	must(t, err)
	b.refused(waiting, phone.code(), "account.ended")
	_, err = b.signIn(login(t, "olena"), to.Password, "")
	must(t, err)
}

// Whoever types the password over and over fills no table, and closing the account elsewhere ends what waits.
func TestWaitingEnds(t *testing.T) {
	b := newBench(t)
	own, _ := b.register("olena")
	phone := b.guard(own)
	first := b.half("olena")
	for range 10 {
		b.later(time.Second)
		b.half("olena")
	}
	b.refused(first, phone.code(), "account.ended")
	last := b.half("olena")
	must(t, b.EndOthers(t.Context(), own))
	b.refused(last, phone.code(), "account.ended")
}
