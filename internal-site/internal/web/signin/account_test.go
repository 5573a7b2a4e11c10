package signin_test

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// ownAccount is somebody's own account, which is in no database: pages are shown what a test says. What it says nothing of is a
// nil pointer, and asking for it fails the test.
type ownAccount struct {
	signin.Users
	sessions []access.OpenSession
	ended    string // the session that was ended
	changed  string // the new password
	err      error
}

var place = uuid.MustParse("018f0000-0000-7000-8000-000000000001")

func (o *ownAccount) browser(t *testing.T) webtest.Client {
	t.Helper()
	clerk := webtest.Member(access.Administrator, access.InCentre(place))
	clerk.Grants[0].Name = locale.Text{UK: "Адміністратор ЦНАП", EN: "Clerk"}
	return webtest.Alone(t, clerk, signin.Area(signin.Deps{Users: o, Orgs: o}))
}

func (*ownAccount) Names(_ context.Context, kind org.Kind) ([]org.Name, error) {
	if kind == org.Authority {
		return nil, nil
	}
	return []org.Name{{ID: place, Name: locale.Text{UK: "ЦНАП Вишневої громади", EN: "Vyshneve Centre"}}}, nil
}

func (o *ownAccount) Sessions(context.Context, uuid.UUID, []byte) ([]access.OpenSession, error) {
	return o.sessions, nil
}

func (o *ownAccount) SignOutOne(_ context.Context, _ access.Actor, hash []byte) error {
	o.ended = string(hash)
	return o.err
}

func (o *ownAccount) SignOutElsewhere(context.Context, access.Actor, []byte) error {
	o.ended = "all others"
	return o.err
}

func (o *ownAccount) ChangeOwnPassword(_ context.Context, _ access.Actor, present, password string, _ []byte) error {
	o.changed = present + " → " + password
	return o.err
}

func TestAccount(t *testing.T) {
	o := &ownAccount{sessions: []access.OpenSession{
		{SeenAt: webtest.Now(), Address: "10.0.0.1", Current: true, TokenHash: []byte("this")},
		{SeenAt: webtest.Now(), Address: "10.0.0.<2>", TokenHash: []byte("that")},
	}}
	page := o.browser(t).Get("/account").Body.String()
	for _, want := range []string{"Адміністратор ЦНАП, ЦНАП Вишневої громади", "10.0.0.1", "10.0.0.&lt;2&gt;", hex.EncodeToString([]byte("that")), "/account/password"} {
		if !strings.Contains(page, want) {
			t.Errorf("the account lacks %q", want)
		}
	}
	if strings.Contains(page, hex.EncodeToString([]byte("this"))) {
		t.Error("the session in which one is can be ended as if it were another")
	}
	if page := o.browser(t).Get("/account?lang=en").Body.String(); !strings.Contains(page, "Clerk, Vyshneve Centre") {
		t.Error("not in English")
	}
}

// A session that has ended by itself is what was wanted; one that is no session is refused.
func TestEndingASession(t *testing.T) {
	o := &ownAccount{}
	end := func(session string) int {
		t.Helper()
		return o.browser(t).Post("/account/sign-out-one", url.Values{"session": {session}}).Code
	}
	if status := end(hex.EncodeToString([]byte("that"))); status != http.StatusSeeOther || o.ended != "that" {
		t.Errorf("%d, ended %q", status, o.ended)
	}
	if status := end("nonsense"); status < 400 || status >= 500 {
		t.Errorf("what is no session: %d", status)
	}
	o.err = fault.New(fault.NotFound, "")
	if status := end("00"); status != http.StatusSeeOther {
		t.Errorf("one that has ended: %d", status)
	}
	o.err = nil
	if w := o.browser(t).Post("/account/sign-out-elsewhere", nil); w.Code != http.StatusSeeOther || o.ended != "all others" {
		t.Errorf("%d, ended %q", w.Code, o.ended)
	}
}

// A password is changed as it was typed, blanks and all; whatever is wrong, none is shown again.
func TestPasswordForm(t *testing.T) {
	o := &ownAccount{}
	form := url.Values{"present": {" старий "}, "password": {"зелений кит пливе "}, "again": {"зелений кит пливе "}}
	if w := o.browser(t).Post("/account/password", form); w.Code != http.StatusSeeOther || o.changed != " старий  → зелений кит пливе " {
		t.Errorf("%d, changed %q", w.Code, o.changed)
	}
	o.changed = ""
	form.Set("again", "інший кит")
	w := o.browser(t).Post("/account/password", form)
	if page := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#again"`) || strings.Contains(page, "кит") || o.changed != "" {
		t.Errorf("two passwords: %d, changed %q", w.Code, o.changed)
	}
	w = o.browser(t).Post("/account/password", nil)
	if page := w.Body.String(); !strings.Contains(page, `href="#present"`) || !strings.Contains(page, `href="#password"`) {
		t.Errorf("nothing typed: %d", w.Code)
	}
}
