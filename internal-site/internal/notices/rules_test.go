package notices_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/notices"
	"portal.example/shared/locale"
)

var (
	now  = time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	both = map[notices.ChannelName]bool{notices.Email: true, notices.SMS: true}
)

func facts(state string) notices.Facts {
	until := time.Date(2026, 12, 18, 0, 0, 0, 0, time.UTC)
	return notices.Facts{Until: &until, Number: "01-2026-000123", State: state, Tracked: true, On: true, Contact: notices.Contact{Phone: "+380501234567", Email: "olena@example.org"}}
}

// A notice leaves while what it says holds, and is dropped when it does not: each kind in each state of the case.
func TestWhatBecameFalseIsDropped(t *testing.T) {
	holds := map[notices.Kind]map[string]bool{
		notices.Registered:  {"registered": true, "in_progress": true, "suspended": true},
		notices.Suspended:   {"suspended": true},
		notices.Message:     {"registered": true, "in_progress": true, "suspended": true, "decided": true, "issued": true},
		notices.Decided:     {"decided": true},
		notices.ResultReady: {"decided": true},
		notices.ResultWaits: {"decided": true},
		notices.Uncollected: {"decided": true, "closed": true},

		notices.Extended:          {"registered": true, "in_progress": true, "suspended": true},
		notices.DecisionCorrected: {"decided": true, "issued": true},
		notices.DecisionWithdrawn: {"in_progress": true, "suspended": true},
		notices.ResultWithdrawn:   {"decided": true, "issued": true},
	}
	for _, kind := range notices.Kinds {
		for _, state := range []string{"registered", "in_progress", "suspended", "decided", "issued", "closed"} {
			want := notices.Judgement{State: notices.Dropped, Reason: notices.ReasonPast}
			if holds[kind][state] {
				want = notices.Judgement{State: notices.Waiting, Channel: notices.Email, To: "olena@example.org"}
			}
			if got := notices.Judge(notices.Notice{Kind: kind, At: now}, facts(state), both, now); got != want {
				t.Errorf("%s while %s: %+v", kind, state, got)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	before, after := now.Add(-time.Hour), now.Add(time.Hour)
	for name, tt := range map[string]struct {
		kind   notices.Kind
		change func(f *notices.Facts)
		at     time.Time
		want   notices.Judgement
	}{
		"switched off":               {notices.Decided, func(f *notices.Facts) { f.On = false }, now, notices.Judgement{State: notices.Dropped, Reason: notices.ReasonOff}},
		"something newer says more":  {notices.Decided, func(f *notices.Facts) { f.Newer = true }, now, notices.Judgement{State: notices.Dropped, Reason: notices.ReasonPast}},
		"not wanted":                 {notices.Decided, func(f *notices.Facts) { f.Contact.Choice = "none" }, now, notices.Judgement{State: notices.Dropped, Reason: notices.ReasonUnwanted}},
		"three days old":             {notices.Decided, func(*notices.Facts) {}, now.Add(-72 * time.Hour), notices.Judgement{State: notices.Waiting, Channel: notices.Email, To: "olena@example.org"}},
		"after an outage":            {notices.Decided, func(*notices.Facts) {}, now.Add(-73 * time.Hour), notices.Judgement{State: notices.Failed, Reason: notices.ReasonLate}},
		"registered yesterday":       {notices.Decided, func(*notices.Facts) {}, now.Add(-25 * time.Hour), notices.Judgement{State: notices.Waiting, Channel: notices.Email, To: "olena@example.org"}},
		"result after it was issued": {notices.ResultReady, func(f *notices.Facts) { f.State, f.IssuedAt = "issued", &before }, now, notices.Judgement{State: notices.Waiting, Channel: notices.Email, To: "olena@example.org"}},
		"result issued since":        {notices.ResultReady, func(f *notices.Facts) { f.State, f.IssuedAt = "issued", &after }, now, notices.Judgement{State: notices.Dropped, Reason: notices.ReasonPast}},
		"another result replaced it": {notices.Uncollected, func(f *notices.Facts) { f.Until = nil }, now, notices.Judgement{State: notices.Dropped, Reason: notices.ReasonPast}},
		"nobody can be reached":      {notices.Decided, func(f *notices.Facts) { f.Contact = notices.Contact{} }, now, notices.Judgement{State: notices.Failed, Reason: notices.ReasonNoContact}},
	} {
		f := facts("decided")
		tt.change(&f)
		if got := notices.Judge(notices.Notice{Kind: tt.kind, At: tt.at}, f, both, now); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
	atCounter := facts("registered")
	atCounter.Counter, atCounter.Contact = true, notices.Contact{}
	if got := notices.Judge(notices.Notice{Kind: notices.Registered, At: now}, atCounter, both, now); got.State != notices.Dropped {
		t.Errorf("a visitor with the slip in hand: %+v", got)
	}
	if got := notices.Judge(notices.Notice{Kind: notices.Registered, At: now.Add(-37 * time.Hour)}, facts("registered"), both, now); got.Reason != notices.ReasonLate {
		t.Errorf("registered yesterday: %+v", got)
	}
}

// The channel follows the contact and the choice.
func TestChannelFollowsTheContact(t *testing.T) {
	const mobile, landline, mail = "+380501234567", "+380442345678", "olena@example.org"
	onlySMS := map[notices.ChannelName]bool{notices.SMS: true}
	for name, tt := range map[string]struct {
		contact notices.Contact
		has     map[notices.ChannelName]bool
		channel notices.ChannelName
		to      string
		reason  string
	}{
		"both":                      {notices.Contact{Phone: mobile, Email: mail}, both, notices.Email, mail, ""},
		"both, by SMS":              {notices.Contact{Phone: mobile, Email: mail, Choice: "sms"}, both, notices.SMS, mobile, ""},
		"only a phone":              {notices.Contact{Phone: mobile}, both, notices.SMS, mobile, ""},
		"a phone as people type it": {notices.Contact{Phone: "050 123-45-67"}, both, notices.SMS, mobile, ""},
		"a landline":                {notices.Contact{Phone: landline}, both, "", "", notices.ReasonNoPhone},
		"a landline and mail":       {notices.Contact{Phone: landline, Email: mail}, both, notices.Email, mail, ""},
		"a landline by SMS":         {notices.Contact{Phone: landline, Email: mail, Choice: "sms"}, both, "", "", notices.ReasonNoPhone},
		"an extension":              {notices.Contact{Phone: mobile + " дод. 12"}, both, "", "", notices.ReasonNoPhone},
		"too short":                 {notices.Contact{Phone: "+38050123456"}, both, "", "", notices.ReasonNoPhone},
		"abroad":                    {notices.Contact{Phone: "+48501234567"}, both, "", "", notices.ReasonNoPhone},
		"Cyrillic in the address":   {notices.Contact{Email: "user@gmail.соm", Choice: "email"}, both, "", "", notices.ReasonNoEmail},
		"Cyrillic, but a phone":     {notices.Contact{Email: "user@gmail.соm", Phone: mobile}, both, notices.SMS, mobile, ""},
		"no mail server":            {notices.Contact{Phone: mobile, Email: mail}, onlySMS, notices.SMS, mobile, ""},
		"no mail server, but asked": {notices.Contact{Phone: mobile, Email: mail, Choice: "email"}, onlySMS, "", "", notices.ReasonNoChannel},
		"no servers":                {notices.Contact{Phone: mobile, Email: mail}, nil, "", "", notices.ReasonNoChannel},
		"nothing":                   {notices.Contact{}, both, "", "", notices.ReasonNoContact},
	} {
		f := facts("decided")
		f.Contact = tt.contact
		got := notices.Judge(notices.Notice{Kind: notices.Decided, At: now}, f, tt.has, now)
		if got.Channel != tt.channel || got.To != tt.to || got.Reason != tt.reason {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What a server answers is kept without the applicant's address.
func TestSaidNamesNobody(t *testing.T) {
	for said, want := range map[string]string{
		"550 5.1.1 <olena.koval@example.org>: user\r\nunknown": "550 5.1.1 <…>: user unknown",
		"number 380501234567 is barred":                        "number … is barred",
		"ESME_RINVDSTADR Invalid Dest Addr":                    "ESME_RINVDSTADR Invalid Dest Addr",
	} {
		if got := notices.Said(said); got != want {
			t.Errorf("%q", got)
		}
	}
}

// What waits for the morning because its address had too many that day is not late there, whenever the day it was of began.
func TestPutOffIsNotLate(t *testing.T) {
	kyiv := locale.Kyiv()
	registered := time.Date(2026, 11, 30, 0, 0, 1, 0, kyiv)
	morning := time.Date(2026, 12, 1, 8, 5, 0, 0, kyiv)
	if got := notices.Judge(notices.Notice{Kind: notices.Registered, At: registered}, facts("registered"), both, morning); got.State != notices.Waiting {
		t.Errorf("registered just after midnight, put off until the next morning: %+v", got)
	}
}
