package sms

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/linxGnu/gosmpp/data"

	"portal.example/internal-site/internal/notices"
	"portal.example/shared/awaittest"
	"portal.example/shared/fault"
	"portal.example/shared/posttest"
)

// told collects what receipts said.
type told struct {
	sync.Mutex
	of    map[string]string
	fails int // so many receipts cannot be recorded
}

func (o *told) receipt(_ context.Context, id string, delivered bool, detail string) error {
	o.Lock()
	defer o.Unlock()
	if o.fails > 0 {
		o.fails--
		return errors.New("the database is away")
	}
	o.of[id] = detail
	if delivered != (detail == "DELIVRD") {
		o.of[id] = "contradiction"
	}
	return nil
}

func (o *told) count() int {
	o.Lock()
	defer o.Unlock()
	return len(o.of)
}

// serve starts an SMS centre and a channel that is bound to it.
func serve(t *testing.T, c *posttest.SMSC) (*Channel, *told) {
	t.Helper()
	c.SystemID, c.Password = "portal", "secret"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &told{of: map[string]string{}}
	ch, err := New(Config{Server: l.Addr().String(), SystemID: "portal", Password: "secret", Sender: "CNAP"}, o.receipt, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = c.Serve(l) })
	running.Go(func() { _ = ch.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		_ = c.Close()
		running.Wait()
	})
	awaittest.Until(t, "the channel is bound", func() bool { return ch.Bound(t.Context()) == nil })
	return ch, o
}

func letter(text string) notices.Letter {
	return notices.Letter{ID: uuid.New(), To: "+380501234567", Text: text}
}

func handing() error { return nil }

func TestShortMessageLeaves(t *testing.T) {
	c := posttest.NewSMSC()
	ch, o := serve(t, c)
	r, err := ch.Send(t.Context(), letter("Справа 01-2026-000123: результат готовий."), handing)
	if err != nil || len(r.MessageIDs) != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	s := c.Shorts()[0]
	if s.From != "CNAP" || s.FromType != 5 || s.To != "380501234567" || s.Coding != 8 || s.Text != "Справа 01-2026-000123: результат готовий." || s.Of != 1 || !s.WantsReceipt || s.Validity != validity {
		t.Errorf("%+v", s)
	}
	awaittest.Until(t, "the receipt is recorded", func() bool { return o.count() == 1 })
	if o.of[r.MessageIDs[0]] != "DELIVRD" {
		t.Errorf("%v", o.of)
	}
}

// A longer text leaves in parts of 67 that a phone puts together, each with an id of its own.
func TestLongMessageLeavesInParts(t *testing.T) {
	c := posttest.NewSMSC()
	ch, o := serve(t, c)
	text := strings.Repeat("Їжак ", 33) // 165 characters
	r, err := ch.Send(t.Context(), letter(text), handing)
	if err != nil || len(r.MessageIDs) != 3 {
		t.Fatalf("%v, %v", r, err)
	}
	whole := ""
	for i, s := range c.Shorts() {
		if int(s.Part) != i+1 || s.Of != 3 || s.Ref != c.Shorts()[0].Ref || s.Octets > 134 {
			t.Errorf("part %d: %+v", i+1, s)
		}
		whole += s.Text
	}
	if whole != text {
		t.Errorf("arrived as %q", whole)
	}
	awaittest.Until(t, "three receipts", func() bool { return o.count() == 3 })
}

func TestParts(t *testing.T) {
	for text, want := range map[string][]int{
		strings.Repeat("ї", 70):          {70},
		strings.Repeat("ї", 71):          {67, 4},
		strings.Repeat("ї", 134):         {67, 67},
		strings.Repeat("ї", 135):         {67, 67, 1},
		strings.Repeat("ї", 66) + "😀😀😀😀": {66, 8}, // none is cut in half
		strings.Repeat("😀", 36):          {66, 6},
	} {
		var got []int
		for _, p := range Parts(text) {
			got = append(got, len(p))
		}
		if len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%d characters: %v, want %v", len([]rune(text)), got, want)
		}
	}
}

// What the centre answers decides whether a message is tried again, given up, or left because it may have arrived.
func TestFatesOfAMessage(t *testing.T) {
	status := func(at byte, s data.CommandStatusType) func(posttest.Short) data.CommandStatusType {
		return func(p posttest.Short) data.CommandStatusType {
			if p.Part == at {
				return s
			}
			return data.ESME_ROK
		}
	}
	for name, tt := range map[string]struct {
		centre func(c *posttest.SMSC)
		fate   notices.Fate
		taken  int
	}{
		"no such number":               {func(c *posttest.SMSC) { c.Answer = status(1, data.ESME_RINVDSTADR) }, notices.Never, 0},
		"too many at once":             {func(c *posttest.SMSC) { c.Answer = status(1, data.ESME_RTHROTTLED) }, notices.Later, 0},
		"refused in the middle":        {func(c *posttest.SMSC) { c.Answer = status(2, data.ESME_RTHROTTLED) }, notices.Never, 1},
		"silent":                       {func(c *posttest.SMSC) { c.Silent = func(posttest.Short) bool { return true } }, notices.Nowhere, 1},
		"the line breaks after a part": {func(c *posttest.SMSC) { c.Silent = func(posttest.Short) bool { c.HangUp(); return true } }, notices.Nowhere, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := posttest.NewSMSC()
			tt.centre(c)
			ch, _ := serve(t, c)
			ch.current(t.Context()) //nolint:errcheck // it is bound
			ch.session.wait = 300 * time.Millisecond
			_, err := ch.Send(t.Context(), letter(strings.Repeat("ї", 100)), handing)
			var f *notices.Failure
			if !errors.As(err, &f) || f.Fate != tt.fate || len(c.Shorts()) != tt.taken {
				t.Errorf("%v, %d parts taken", err, len(c.Shorts()))
			}
		})
	}
}

// A session that breaks is made anew, and what is sent meanwhile waits for it.
func TestBrokenSessionIsMadeAnew(t *testing.T) {
	c := posttest.NewSMSC()
	ch, _ := serve(t, c)
	c.HangUp()
	awaittest.Until(t, "the break is seen and mended", func() bool { return c.Binds() == 2 && ch.Bound(t.Context()) == nil })
	if _, err := ch.Send(t.Context(), letter("Добрий день"), handing); err != nil {
		t.Error(err)
	}
}

// A receipt that cannot be recorded is refused, so that the centre says it again; the session goes on.
func TestReceiptThatCannotBeRecorded(t *testing.T) {
	c := posttest.NewSMSC()
	ch, o := serve(t, c)
	o.Lock()
	o.fails = 1
	o.Unlock()
	for range 2 {
		if _, err := ch.Send(t.Context(), letter("Добрий день"), handing); err != nil {
			t.Fatal(err)
		}
	}
	awaittest.Until(t, "both receipts are answered", func() bool { return len(c.Answers()) == 2 })
	if got := c.Answers(); got[0] != data.ESME_RX_T_APPN || got[1] != data.ESME_ROK {
		t.Errorf("%v", got)
	}
}

// Without a session nothing is handed over.
func TestNoSession(t *testing.T) {
	ch, err := New(Config{Server: "127.0.0.1:1", SystemID: "portal", Sender: "CNAP"}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ch.wait = 10 * time.Millisecond
	_, err = ch.Send(t.Context(), letter("Добрий день"), func() error { t.Error("handed over"); return nil })
	var f *notices.Failure
	if !errors.As(err, &f) || f.Fate != notices.Later || f.Reason != notices.ReasonAway {
		t.Error(err)
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	good := Config{Server: "smsc.example:2775", SystemID: "portal", Password: "secret", Sender: "CNAP"}
	for want, change := range map[string]func(c *Config){
		"sms.server":    func(c *Config) { c.Server = "smsc.example" },
		"sms.system_id": func(c *Config) { c.Password = "longer than eight" },
		"sms.sender":    func(c *Config) { c.Sender = "ЦНАП" },
		"sms.ca":        func(c *Config) { c.TLS, c.CA = true, "/nowhere/ca.pem" },
	} {
		c := good
		change(&c)
		if _, err := New(c, nil, nil); err == nil || fault.ExitCode(err) != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
