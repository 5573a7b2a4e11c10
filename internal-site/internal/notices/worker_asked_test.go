package notices_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// asker is somebody who asked a centre a question and sent it documents to be checked; it is noon.
type asker struct {
	*place
	thread, pack uuid.UUID
}

func newAsker(t *testing.T, email, phone string) *asker {
	t.Helper()
	p := newPlace(t)
	d := workdays.DateOf(time.Now())
	p.clock = time.Until(time.Date(d.Year(), d.Month(), d.Day()+1, 12, 0, 0, 0, locale.Kyiv()))
	a := &asker{place: p, thread: uuid.New(), pack: uuid.New()}
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	p.DB.Exec(`insert into questions.threads (id, number, message_id, receipt_number, centre_id, service_id, topic, name, email, phone, language, asked_at, due_on, recipient)
		values ($1, 'К-2026-000007', gen_random_uuid(), 'R-1111-2222-3333', $2, $3, 'Таємна тема', 'Олена Ґудзь', $4, $5, 'uk', now(), '2027-01-10', $6)`,
		a.thread, p.Centre, p.Service, email, phone, code.Recipient())
	p.DB.Exec(`insert into checks.packages (id, number, message_id, receipt_number, centre_id, service_id, name, email, phone, language, sent_at, due_on, recipient)
		values ($1, 'П-2026-000003', gen_random_uuid(), 'R-4444-5555-6666', $2, $3, 'Олена Ґудзь', $4, $5, 'en', now(), '2027-01-10', $6)`,
		a.pack, p.Centre, p.Service, email, phone, code.Recipient())
	return a
}

// answer lets a clerk do something with the question.
func (a *asker) answer(version int, act questions.Act, text string) {
	a.t.Helper()
	must(a.t, questions.NewStore(a.DB.PoolAs("internal_site")).At(a.now).Do(a.t.Context(), a.Users[access.Administrator], a.thread, version, questions.Command{Act: act, Text: text}))
	a.clock += time.Second
}

func (a *asker) judge(version int, act checks.Act, text string) {
	a.t.Helper()
	must(a.t, checks.NewStore(a.DB.PoolAs("internal_site")).At(a.now).Do(a.t.Context(), a.Users[access.Administrator], a.pack, version, checks.Command{Act: act, Text: text}))
	a.clock += time.Second
}

// Whoever asked is told that there is an answer, once for answers that came one after the other, and never what was asked or answered.
func TestWhoeverAskedIsTold(t *testing.T) {
	a := newAsker(t, "olena@example.org", "")
	a.answer(1, questions.DoAnswer, "Так, дозволено")
	a.answer(2, questions.DoAnswer, "І ще одне")
	a.judge(1, checks.DoAnswer, "Візьміть паспорт")
	a.drain(a.worker(nil))
	l := a.mail.Letters()
	if len(l) != 2 {
		t.Fatalf("%d letters: %+v", len(l), l)
	}
	for i, parts := range [][]string{{"К-2026-000007", "відповіли", "/track?number=R-1111-2222-3333", "вул. Соборна, 1"}, {"П-2026-000003", "were looked at", "/track?number=R-4444-5555-6666"}} {
		for _, part := range parts {
			if !strings.Contains(l[i].Text, part) {
				t.Errorf("letter %d lacks %q:\n%s", i, part, l[i].Text)
			}
		}
		for _, secret := range []string{"Ґудзь", "Таємна", "дозволено", "ще одне", "паспорт"} {
			if strings.Contains(l[i].Subject+l[i].Text, secret) {
				t.Errorf("letter %d says %q", i, secret)
			}
		}
	}
	a.answer(3, questions.DoClose, "") // there is nothing more to read
	if a.drain(a.worker(nil)); len(a.mail.Letters()) != 2 {
		t.Error("a question that was closed without a word is told of")
	}
	a.clock += 49 * time.Hour
	must(t, a.worker(nil).Tend(t.Context()))
	var kept int
	must(t, a.DB.Pool.QueryRow(t.Context(), `select count(*) from notices.outbox where person is not null`).Scan(&kept))
	if kept != 0 {
		t.Errorf("to whom %d letters went is still known", kept)
	}
}

func TestWhoeverAskedIsToldOfTheEnd(t *testing.T) {
	a := newAsker(t, "olena@example.org", "")
	a.answer(1, questions.DoAnswer, "Так")
	a.answer(2, questions.DoClose, "Більше нічого")
	a.judge(1, checks.DoClose, "Не ті документи")
	a.drain(a.worker(nil))
	l := a.mail.Letters()
	if len(l) != 2 || !strings.Contains(l[0].Subject, "закрито") || !strings.Contains(l[1].Subject, "is closed") {
		t.Fatalf("%+v", l)
	}
}

// Nobody is told where the portal does not tell, at night, or days later.
func TestWhenWhoeverAskedIsNotTold(t *testing.T) {
	a := newAsker(t, "olena@example.org", "")
	a.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'notices', $1, false)`, a.Centre)
	a.answer(1, questions.DoAnswer, "Так")
	if a.drain(a.worker(nil)); len(a.mail.Letters()) != 0 {
		t.Error("a letter left though notices are switched off for the centre")
	}
	at := workdays.DateOf(time.Now())
	clock := func(hour int) time.Time {
		return time.Date(at.Year(), at.Month(), at.Day(), hour, 0, 0, 0, locale.Kyiv())
	}
	has := map[notices.ChannelName]bool{notices.Email: true, notices.SMS: true}
	facts := notices.Asked{On: true, Contact: notices.Contact{Phone: "+380671234567"}}
	n := notices.Notice{Kind: notices.QuestionAnswered, ThreadID: a.thread, At: clock(23)}
	if j := notices.JudgeAsked(n, facts, has, clock(23)); j.State != notices.Waiting || !j.Until.Equal(clock(24+8)) {
		t.Errorf("at night: %+v", j)
	}
	if j := notices.JudgeAsked(n, facts, has, clock(24+9)); j.State != notices.Waiting || !j.Until.IsZero() || j.To != "+380671234567" {
		t.Errorf("in the morning: %+v", j)
	}
	facts.Contact.Email = "olena@example.org"
	if j := notices.JudgeAsked(n, facts, has, clock(23)); j.State != notices.Waiting || !j.Until.IsZero() || j.To != "olena@example.org" {
		t.Errorf("a letter at night: %+v", j)
	}
	if j := notices.JudgeAsked(n, facts, has, clock(24*5)); j.State != notices.Failed || j.Reason != notices.ReasonLate {
		t.Errorf("days later: %+v", j)
	}
	if n.Kind = notices.QuestionClosed; notices.JudgeAsked(n, facts, has, clock(24+9)).Reason != notices.ReasonPast {
		t.Error("what is not closed is said to be")
	}
}

// Staff see that no letter arrived, say once that they called, and only those of the place.
func TestStaffCallWhoeverAsked(t *testing.T) {
	a := newAsker(t, "", "+380443330001") // a telephone on a wall gets no SMS
	desk := notices.NewDesk(a.DB.PoolAs("internal_site")).At(a.now)
	clerk, stranger := a.Users[access.Administrator], a.OtherUsers[access.Administrator]
	if err := desk.ToldOfQuestion(t.Context(), clerk, a.thread); !fault.Is(err, fault.NotFound) {
		t.Errorf("there was nothing to tell: %v", err)
	}
	a.answer(1, questions.DoAnswer, "Так")
	a.judge(1, checks.DoAnswer, "Все гаразд")
	if err := desk.ToldOfQuestion(t.Context(), clerk, a.thread); !fault.Is(err, fault.Conflict) {
		t.Errorf("before anything was tried: %v", err)
	}
	a.drain(a.worker(nil))
	for name, of := range map[string]struct {
		list func(access.Actor) ([]notices.Notice, error)
		told func(access.Actor) error
	}{
		"question": {
			func(actor access.Actor) ([]notices.Notice, error) {
				return desk.OfQuestion(t.Context(), actor, a.thread)
			},
			func(actor access.Actor) error { return desk.ToldOfQuestion(t.Context(), actor, a.thread) },
		},
		"check": {
			func(actor access.Actor) ([]notices.Notice, error) { return desk.OfCheck(t.Context(), actor, a.pack) },
			func(actor access.Actor) error { return desk.ToldOfCheck(t.Context(), actor, a.pack) },
		},
	} {
		list, err := of.list(clerk)
		must(t, err)
		if len(list) != 1 || list[0].Reason != notices.ReasonNoPhone || !list[0].Undelivered() {
			t.Errorf("%s: %+v", name, list)
		}
		if list, err := of.list(stranger); err != nil || len(list) != 0 {
			t.Errorf("%s: somebody else sees %v, %v", name, list, err)
		}
		if err := of.told(stranger); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: somebody else: %v", name, err)
		}
		if err := of.told(a.Users[access.RegionalManager]); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: whoever may only look: %v", name, err)
		}
		must(t, of.told(clerk))
		if err := of.told(clerk); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: told twice: %v", name, err)
		}
	}
}

// Every notice, in both languages and both channels, has its number, place and a link or a telephone, and fits.
func TestNoticesOfAnswers(t *testing.T) {
	for _, lang := range []locale.Lang{locale.UK, locale.EN} {
		for _, kind := range notices.AskedKinds {
			for _, tracked := range []bool{true, false} {
				a := notices.Asked{
					Number: "К-2026-000007", Receipt: "R-0000-0000-0195", Tracked: tracked, Phones: []string{"+380 44 000 00 01"},
					Place: locale.Text{UK: strings.Repeat("Центр надання адміністративних послуг ", 5) + "громади", EN: "Vyshneve centre"}, Contact: notices.Contact{Language: lang},
				}
				n := notices.Notice{EventID: uuid.New(), Kind: kind}
				letter, short := writer.WriteAsked(n, a, notices.Email, "x"), writer.WriteAsked(n, a, notices.SMS, "x")
				where := "+380 44 000 00 01"
				if tracked {
					where = "https://posluhy.example.gov.ua/track?number=R-0000-0000-0195"
				}
				for _, part := range []string{"К-2026-000007", where, "+380 44 000 00 01"} {
					if !strings.Contains(letter.Text, part) {
						t.Errorf("%s letter of %s lacks %q:\n%s", lang, kind, part, letter.Text)
					}
				}
				if !strings.Contains(short.Text, "К-2026-000007") || !strings.HasSuffix(short.Text, where) || len([]rune(short.Text)) > 201 {
					t.Errorf("%s %s: %q", lang, kind, short.Text)
				}
				if all := letter.Subject + letter.Text + short.Text; strings.Contains(all, "notices.") || strings.Contains(all, "{") || strings.Contains(all, ", .") {
					t.Errorf("%s %s: %s", lang, kind, all)
				}
			}
		}
	}
}
