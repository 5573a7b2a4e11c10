package notices_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/locale"
)

// at moves the clock forward to an hour of a weekday.
func (p *place) at(day time.Weekday, hour int) {
	for ok := false; !ok; {
		p.clock += 30 * time.Minute
		now := p.now().In(locale.Kyiv())
		ok = now.Weekday() == day && now.Hour() == hour
	}
}

// subscribed is a clerk who asked for the letter and has a case.
func (p *place) subscribed() access.Actor {
	p.t.Helper()
	clerk := p.Users[access.Administrator]
	p.DB.Exec(`update access.users set email = 'clerk@cnap.example' where id = $1`, clerk.UserID)
	must(p.t, notices.NewDesk(p.DB.PoolAs("internal_site")).Subscribe(p.t.Context(), clerk, true))
	c := p.register(cases.Applicant{Phone: "+380442345678"}, outbox.Choice{}) // a landline: the notice does not arrive
	p.do(c, clerk, cases.Command{Act: cases.Take})
	return clerk
}

func (p *place) letters() (texts []string) {
	for _, l := range p.mail.Letters() {
		if l.To == "clerk@cnap.example" {
			texts = append(texts, l.Subject+"\n"+l.Text)
		}
	}
	return texts
}

// On the morning of a working day whoever asked for it gets one letter, whatever restarts, with numbers and nobody's name.
func TestTheLetterOfTheMorning(t *testing.T) {
	p := newPlace(t)
	p.at(time.Wednesday, 15)
	clerk := p.subscribed()
	p.drain(p.worker(nil))
	send := func(want int, what string) {
		t.Helper()
		must(t, p.worker(nil).SendDigests(t.Context())) // a worker of its own each time: it remembers nothing
		if got := p.letters(); len(got) != want {
			t.Fatalf("%s: %d letters, want %d", what, len(got), want)
		}
	}
	send(0, "in the afternoon")
	p.at(time.Thursday, 6)
	send(0, "at night")
	p.at(time.Thursday, 8)
	send(1, "in the morning")
	send(1, "again")
	text := p.letters()[0]
	for _, want := range []string{"1 справа чекає на вас", "у 1 строк спливає сьогодні", "1 сповіщення не дійшло"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Ґалаґан") || strings.Contains(text, "01-20") {
		t.Errorf("it names somebody or a case:\n%s", text)
	}
	p.at(time.Friday, 8)
	send(2, "the next day")
	if !strings.Contains(p.letters()[1], "1 з них прострочена") {
		t.Errorf("overdue: %s", p.letters()[1])
	}
	p.at(time.Saturday, 8)
	send(2, "on a Saturday")
	p.at(time.Monday, 8)
	p.DB.Exec(`insert into org.calendar_days (day, working, name) values (($1::timestamptz at time zone 'Europe/Kyiv')::date, false, 'Свято')`, p.now())
	send(2, "on a holiday")
	p.at(time.Tuesday, 8)
	must(t, notices.NewDesk(p.DB.PoolAs("internal_site")).Subscribe(t.Context(), clerk, false))
	send(2, "who wants it no more")
}

// A server that is away gets the letter later in the morning; the state of the channel says so meanwhile.
func TestALetterWaitsForTheServer(t *testing.T) {
	p := newPlace(t)
	p.at(time.Thursday, 8)
	p.subscribed()
	busy := true
	p.mail.Refuse = func(string) error {
		if busy {
			return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "clerk@cnap.example is busy"}
		}
		return nil
	}
	w := p.worker(nil)
	must(t, w.Tend(t.Context()))
	must(t, w.SendDigests(t.Context()))
	post := p.post()
	if c := post.Channels[0]; !c.Configured || c.Away(p.now()) || c.Since != nil || c.FailedAt == nil || c.Error == "" || strings.Contains(c.Error, "clerk@") {
		t.Errorf("while the server is away: %+v", c)
	}
	if c := post.Channels[1]; c.Configured || c.Name != notices.SMS {
		t.Errorf("a channel that is not there: %+v", c)
	}
	busy = false
	must(t, w.SendDigests(t.Context()))
	if got := p.letters(); len(got) != 1 {
		t.Errorf("%d letters", len(got))
	}
	post = p.post()
	if c := post.Channels[0]; c.Since == nil || c.SentAt == nil || post.Letters != 1 || post.Waiting == 0 {
		t.Errorf("afterwards: %+v, %+v", c, post)
	}
	p.clock += time.Hour
	if c := p.post().Channels[0]; !c.Away(p.now()) {
		t.Error("a worker that says nothing for an hour counts as running")
	}
}

func (p *place) post() notices.Post {
	p.t.Helper()
	post, err := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now).Post(p.t.Context(), p.Users[access.PortalAdministrator])
	must(p.t, err)
	return post
}

// Nothing waits, no letter.
func TestNoLetterOfNothing(t *testing.T) {
	p := newPlace(t)
	p.at(time.Thursday, 8)
	officer := p.Users[access.Officer]
	p.DB.Exec(`update access.users set email = 'clerk@cnap.example' where id = $1`, officer.UserID)
	must(t, notices.NewDesk(p.DB.PoolAs("internal_site")).Subscribe(t.Context(), officer, true))
	must(t, p.worker(nil).SendDigests(t.Context()))
	if got := p.letters(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// A request that nobody has taken is in the letter of everybody who works on cases in the authority that is asked, and in no other.
func TestTheLetterCountsRequestsThatNobodyTook(t *testing.T) {
	p := newPlace(t)
	p.at(time.Thursday, 8)
	officer := p.Users[access.Officer]
	c := p.register(byMail, outbox.Choice{})
	p.DB.Exec(`update access.users set email = 'clerk@cnap.example' where id = $1`, officer.UserID)
	must(t, notices.NewDesk(p.DB.PoolAs("internal_site")).Subscribe(t.Context(), officer, true))
	must(t, p.worker(nil).SendDigests(t.Context()))
	if got := p.letters(); len(got) != 0 {
		t.Fatalf("nothing waits: %v", got)
	}
	p.at(time.Friday, 8)
	p.DB.Exec(`insert into requests.requests (id, case_id, position, asker, asker_kind, authority_id, asked, days, due_on, asked_at, asked_by)
		values (gen_random_uuid(), $1, 1, $2, 'centre', $3, 'довідка', 5, $4::timestamptz::date + 20, $4, $5)`, c.ID, p.Centre, p.Authority, p.now(), p.Users[access.Administrator].UserID)
	must(t, p.worker(nil).SendDigests(t.Context()))
	if got := p.letters(); len(got) != 1 || !strings.Contains(got[0], "1 запит до вашої установи ще ніхто не взяв") {
		t.Errorf("%v", got)
	}
}
