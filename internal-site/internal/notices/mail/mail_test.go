package mail_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/mail"
	"portal.example/shared/fault"
	"portal.example/shared/posttest"
)

var letter = notices.Letter{
	ID: uuid.MustParse("0190a1b2-0000-7000-8000-000000000007"), To: "olena@example.org",
	Subject: "Справа 01-2026-000123: результат готовий", Text: "Добрий день!\n\nРезультат у справі готовий.\n",
}

// serve starts a mail server and returns the configuration that reaches it.
func serve(t *testing.T, m *posttest.Mail) mail.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- m.Serve(l) }()
	t.Cleanup(func() {
		_ = m.Close()
		if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return mail.Config{Server: l.Addr().String(), Encryption: "none", From: "ЦНАП <portal@cnap.example>"}
}

func channel(t *testing.T, c mail.Config) *mail.Channel {
	t.Helper()
	ch, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func secured(t *testing.T) (*posttest.Mail, string) {
	t.Helper()
	certificate, pem, err := posttest.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	m := posttest.NewMail()
	m.Certificate, m.User, m.Password = &certificate, "portal", "секрет"
	return m, path
}

// A letter leaves encrypted and signed in, in its own words, and says that nobody is to answer it.
func TestLetterLeaves(t *testing.T) {
	m, ca := secured(t)
	c := serve(t, m)
	c.Encryption, c.CA, c.User, c.Password = "", ca, m.User, m.Password
	handed := 0
	if _, err := channel(t, c).Send(t.Context(), letter, func() error { handed++; return nil }); err != nil {
		t.Fatal(err)
	}
	got := m.Letters()
	if len(got) != 1 || handed != 1 {
		t.Fatalf("%d letters, handed over %d times", len(got), handed)
	}
	l := got[0]
	if !l.Encrypted || l.User != "portal" || l.From != "portal@cnap.example" || l.To != letter.To {
		t.Errorf("encrypted %t, user %q, from %q, to %q", l.Encrypted, l.User, l.From, l.To)
	}
	if l.Subject != letter.Subject || strings.ReplaceAll(l.Text, "\r\n", "\n") != letter.Text {
		t.Errorf("subject %q, text %q", l.Subject, l.Text)
	}
	if l.ID != "<0190a1b2-0000-7000-8000-000000000007@cnap.example>" || l.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("id %s, %v", l.ID, l.Header)
	}
}

// What a server says decides whether the letter is tried again, given up, or left because it may have arrived.
func TestFatesOfALetter(t *testing.T) {
	refuse := func(code int, says string) func(string) error {
		return func(string) error {
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCodeNotSet, Message: says}
		}
	}
	for name, tt := range map[string]struct {
		mail   func(m *posttest.Mail, c *mail.Config)
		fate   notices.Fate
		reason string
		handed bool
		taken  int
	}{
		"refused for good":   {func(m *posttest.Mail, _ *mail.Config) { m.Refuse = refuse(550, "no such user") }, notices.Never, notices.ReasonRefused, true, 0},
		"refused for now":    {func(m *posttest.Mail, _ *mail.Config) { m.Refuse = refuse(450, "mailbox busy") }, notices.Later, notices.ReasonRefused, true, 0},
		"hung up at the end": {func(m *posttest.Mail, _ *mail.Config) { m.HangUp = func(string) bool { return true } }, notices.Nowhere, notices.ReasonInterrupted, true, 1},
		"away":               {func(_ *posttest.Mail, c *mail.Config) { c.Server = "127.0.0.1:1" }, notices.Later, notices.ReasonAway, false, 0},
		"asks to sign in":    {func(m *posttest.Mail, _ *mail.Config) { m.User = "portal" }, notices.Later, notices.ReasonRefused, true, 0},
		"cannot encrypt":     {func(_ *posttest.Mail, c *mail.Config) { c.Encryption = "starttls" }, notices.Later, notices.ReasonAway, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := posttest.NewMail()
			c := serve(t, m)
			tt.mail(m, &c)
			handed := false
			_, err := channel(t, c).Send(t.Context(), letter, func() error { handed = true; return nil })
			var f *notices.Failure
			if !errors.As(err, &f) || f.Fate != tt.fate || f.Reason != tt.reason || handed != tt.handed || len(m.Letters()) != tt.taken {
				t.Errorf("%v, handed over %t, %d letters", err, handed, len(m.Letters()))
			}
		})
	}
}

// A letter that may not be handed over does not leave.
func TestNothingLeavesBeforeItIsHandedOver(t *testing.T) {
	m := posttest.NewMail()
	taken := errors.New("taken by another worker")
	if _, err := channel(t, serve(t, m)).Send(t.Context(), letter, func() error { return taken }); !errors.Is(err, taken) || len(m.Letters()) != 0 {
		t.Errorf("%v, %d letters", err, len(m.Letters()))
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	good := mail.Config{Server: "mail.example:587", From: "portal@cnap.example"}
	for want, change := range map[string]func(c *mail.Config){
		"email.server":     func(c *mail.Config) { c.Server = "mail.example" },
		"no port":          func(c *mail.Config) { c.Server = "mail.example:x" },
		"email.from":       func(c *mail.Config) { c.From = "ЦНАП" },
		"in the clear":     func(c *mail.Config) { c.Encryption, c.User = "none", "portal" },
		"none of starttls": func(c *mail.Config) { c.Encryption = "ssl" },
		"email.ca":         func(c *mail.Config) { c.CA = "/nowhere/ca.pem" },
	} {
		c := good
		change(&c)
		if _, err := mail.New(c); err == nil || fault.ExitCode(err) != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := mail.New(good); err != nil {
		t.Error(err)
	}
}
