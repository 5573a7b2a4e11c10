package notices_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/mail"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/internal-site/internal/notices/sms"
	"portal.example/shared/awaittest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/posttest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is a region with a mail server and an SMS centre.
type place struct {
	*fixture.Region
	t     *testing.T
	mail  *posttest.Mail
	smsc  *posttest.SMSC
	from  mail.Config
	cases *cases.Store
	clock time.Duration // how far the worker's clock is ahead
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{Region: fixture.New(t), t: t, mail: posttest.NewMail(), smsc: posttest.NewSMSC()}
	p.cases = cases.NewStore(p.DB.PoolAs("internal_site")).At(p.now)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var running sync.WaitGroup
	running.Go(func() { _ = p.mail.Serve(l) })
	t.Cleanup(func() { _ = p.mail.Close(); running.Wait() })
	p.from = mail.Config{Server: l.Addr().String(), Encryption: "none", From: "portal@cnap.example"}
	return p
}

// register files an application at the counter.
func (p *place) register(a cases.Applicant, told outbox.Choice) (c cases.Case) {
	p.t.Helper()
	a.Kind, a.Surname, a.GivenName = "person", "Ґалаґан", "Їжак"
	must(p.t, pg.InTx(p.t.Context(), p.DB.PoolAs("internal_site"), func(tx pgx.Tx) (err error) {
		c, err = p.cases.Register(p.t.Context(), tx, cases.Filing{
			Channel: cases.Counter, ServiceID: p.Service, CentreID: p.Centre, FiledAt: p.now(), Applicant: a, Told: told,
		}, audit.System("test"))
		return err
	}))
	return c
}

// do does acts with a case, one after the other, as whoever may.
func (p *place) do(c cases.Case, by access.Actor, cmds ...cases.Command) {
	p.t.Helper()
	for _, cmd := range cmds {
		w, err := p.cases.Work(p.t.Context(), by, c.ID)
		must(p.t, err)
		must(p.t, p.cases.Do(p.t.Context(), by, c.ID, w.Case.Version, cmd))
	}
}

func (p *place) now() time.Time { return time.Now().Add(p.clock) }

// worker makes a worker over the servers that the place has.
func (p *place) worker(change func(o *notices.Options)) *notices.Worker {
	p.t.Helper()
	letters, err := mail.New(p.from)
	must(p.t, err)
	o := notices.Options{
		Store: notices.NewStore(p.DB.PoolAs("notices")).At(p.now), Writer: writer, Log: slog.New(slog.DiscardHandler),
		Channels: map[notices.ChannelName]notices.Channel{notices.Email: letters}, Poll: 10 * time.Millisecond,
	}
	if change != nil {
		change(&o)
	}
	return notices.New(o)
}

// drain sends whatever is due.
func (p *place) drain(w *notices.Worker) {
	p.t.Helper()
	for {
		found, err := w.Next(p.t.Context())
		must(p.t, err)
		if !found {
			return
		}
	}
}

// states lists what became of the notices, as «kind state reason».
func (p *place) states() (list []string) {
	p.t.Helper()
	rows, _ := p.DB.Pool.Query(p.t.Context(), `select rtrim(kind || ' ' || state || ' ' || replace(reason, 'notices.reason.', '')) from notices.outbox order by at, event_id`)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(p.t, err)
	return list
}

func (p *place) expect(want ...string) {
	p.t.Helper()
	if got := p.states(); !slices.Equal(got, want) {
		p.t.Errorf("notices: %v, want %v", got, want)
	}
}

var byMail = cases.Applicant{Email: "olena@example.org"}

func TestApplicantIsTold(t *testing.T) {
	p := newPlace(t)
	c := p.register(byMail, outbox.Choice{Language: "en"})
	p.drain(p.worker(nil))
	p.expect("registered sent")
	l := p.mail.Letters()
	if len(l) != 1 || l[0].To != byMail.Email || l[0].Subject != "Case "+c.Number+": your application is registered" || !strings.Contains(l[0].Text, "ЦНАП Вишневої громади") {
		t.Fatalf("%+v", l)
	}
	if strings.Contains(l[0].Text, "Ґалаґан") {
		t.Errorf("the letter names the applicant:\n%s", l[0].Text)
	}
}

// The text is made from what is true when it leaves: what was undone meanwhile is not told, and neither is what something newer says better.
func TestOnlyWhatIsTrueLeaves(t *testing.T) {
	p := newPlace(t)
	c := p.register(byMail, outbox.Choice{})
	p.do(c, p.Users[access.Administrator], cases.Command{Act: cases.Take}, cases.Command{Act: cases.Suspend, Text: "немає довідки"}, cases.Command{Act: cases.Resume})
	p.drain(p.worker(nil))
	p.expect("registered sent", "suspended waiting")
	p.clock = cases.UndoFor + time.Second
	p.drain(p.worker(nil))
	p.expect("registered sent", "suspended dropped past")
	if n := len(p.mail.Letters()); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// While an act can be taken back, nothing is told of it; of one that was, nothing is told at all.
func TestWhatWasUndoneIsNotTold(t *testing.T) {
	p := newPlace(t)
	admin := p.Users[access.Administrator]
	c := p.register(byMail, outbox.Choice{})
	p.do(c, admin, cases.Command{Act: cases.Take}, cases.Command{Act: cases.Suspend, Text: "немає довідки"})
	w, err := p.cases.Work(t.Context(), admin, c.ID)
	must(t, err)
	p.drain(p.worker(nil))
	p.expect("registered sent", "suspended waiting")
	_, err = p.cases.Undo(t.Context(), admin, c.ID, w.Case.Version)
	must(t, err)
	p.do(c, admin, cases.Command{Act: cases.Suspend, Text: "немає іншої довідки"})
	p.clock = cases.UndoFor + time.Second
	p.drain(p.worker(nil))
	p.expect("registered sent", "suspended dropped undone", "suspended sent")
}

// After an outage nothing is sent late; staff see what the applicant was not told.
func TestNothingLeavesLate(t *testing.T) {
	p := newPlace(t)
	p.register(byMail, outbox.Choice{})
	p.clock = 37 * time.Hour
	p.drain(p.worker(nil))
	p.expect("registered failed late")
	if n := len(p.mail.Letters()); n != 0 {
		t.Errorf("%d letters", n)
	}
}

// A server that is away or says «later» is tried again with pauses; what it then takes is sent once.
func TestTriedAgainAfterAPause(t *testing.T) {
	p := newPlace(t)
	busy := 2
	p.mail.Refuse = func(string) error {
		if busy--; busy >= 0 {
			return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "olena@example.org is busy"}
		}
		return nil
	}
	p.register(byMail, outbox.Choice{})
	w := p.worker(nil)
	for _, want := range []string{"registered waiting refused", "registered waiting refused", "registered sent"} {
		p.drain(w)
		p.expect(want)
		p.clock += 5 * time.Minute
	}
	var detail string
	must(t, p.DB.Pool.QueryRow(t.Context(), `select detail from notices.outbox`).Scan(&detail))
	if n := len(p.mail.Letters()); n != 1 || strings.Contains(detail, "olena") {
		t.Errorf("%d letters, detail %q", n, detail)
	}
}

// One address gets so many notices a day; the others wait for the morning.
func TestSoManyADay(t *testing.T) {
	p := newPlace(t)
	for range 3 {
		p.register(byMail, outbox.Choice{})
	}
	w := p.worker(func(o *notices.Options) { o.PerDay = 2 })
	p.drain(w)
	p.expect("registered sent", "registered sent", "registered waiting daily")
	var at time.Time
	must(t, p.DB.Pool.QueryRow(t.Context(), `select next_at from notices.outbox where state = 'waiting'`).Scan(&at))
	p.clock = time.Until(at) + time.Minute
	p.drain(w)
	if n := len(p.mail.Letters()); n != 3 || p.clock > 33*time.Hour {
		t.Errorf("%d letters; the last waits until %s", n, at)
	}
}

// Many workers tell each applicant once.
func TestManyWorkersTellOnce(t *testing.T) {
	p := newPlace(t)
	want := map[string]int{}
	for i := range 30 {
		a := cases.Applicant{Email: fmt.Sprintf("a%d@example.org", i)}
		p.register(a, outbox.Choice{})
		want[a.Email] = 1
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 3 {
		w := p.worker(func(o *notices.Options) { o.Workers = 3 })
		running.Go(func() { _ = w.Run(ctx) })
	}
	awaittest.Until(t, "everybody is told", func() bool { return !strings.Contains(strings.Join(p.states(), ","), "ing") })
	stop()
	running.Wait()
	got := map[string]int{}
	for _, l := range p.mail.Letters() {
		got[l.To]++
	}
	for to := range want {
		if got[to] != 1 {
			t.Errorf("%s was told %d times", to, got[to])
		}
	}
}

const (
	envDSN    = "NOTICES_TEST_DSN"
	envServer = "NOTICES_TEST_SERVER"
)

// TestHelperWorker is not a test: it is the process that tests kill.
func TestHelperWorker(t *testing.T) {
	if os.Getenv(envDSN) == "" {
		t.Skip("runs only as the child of another test")
	}
	pool, err := pg.Open(context.Background(), os.Getenv(envDSN), pg.Options{})
	must(t, err)
	letters, err := mail.New(mail.Config{Server: os.Getenv(envServer), Encryption: "none", From: "portal@cnap.example"})
	must(t, err)
	w := notices.New(notices.Options{
		Store: notices.NewStore(pool), Writer: writer, Log: slog.New(slog.DiscardHandler),
		Channels: map[notices.ChannelName]notices.Channel{notices.Email: letters},
	})
	must(t, w.Run(context.Background()))
}

// child is a worker in a process of its own that sends through the server.
func (p *place) child(server string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), os.Args[0], "-test.run=^TestHelperWorker$") //nolint:gosec // this binary
	cmd.Env = append(os.Environ(), envDSN+"="+p.DB.As("notices"), envServer+"="+server)
	return cmd
}

// A worker that is killed when the server has the letter and the outbox does not know it yet: the letter is not sent again,
// and staff see that nobody knows whether it arrived.
func TestKilledBetweenSendAndRecord(t *testing.T) {
	p := newPlace(t)
	p.register(byMail, outbox.Choice{})
	child := p.child(p.from.Server)
	p.mail.HangUp = func(string) bool {
		_ = child.Process.Kill()
		return true
	}
	must(t, child.Start())
	_ = child.Wait()
	p.expect("registered sending")
	p.mail.HangUp = nil
	w := p.worker(nil)
	must(t, w.Tend(t.Context()))
	p.drain(w)
	p.expect("registered sending") // its time is not up: the worker might live
	p.clock = 10 * time.Minute
	must(t, w.Tend(t.Context()))
	p.drain(w)
	p.expect("registered unknown interrupted")
	if n := len(p.mail.Letters()); n != 1 {
		t.Errorf("the letter left %d times", n)
	}
}

// A worker that is killed before anything left loses nothing: after a rest the notice is taken again, and is sent.
func TestKilledBeforeSending(t *testing.T) {
	p := newPlace(t)
	p.register(byMail, outbox.Choice{})
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = mute.Close() }()
	child := p.child(mute.Addr().String())
	must(t, child.Start())
	line, err := mute.Accept() // the worker waits for the server's greeting
	must(t, err)
	must(t, child.Process.Kill())
	_ = child.Wait()
	_ = line.Close()
	w := p.worker(nil)
	p.drain(w)
	p.expect("registered waiting") // its time is not up: the worker might live
	p.clock = 10 * time.Minute
	must(t, w.Tend(t.Context()))
	p.drain(w)
	p.expect("registered sent")
	if n := len(p.mail.Letters()); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// Receipts of short messages say whether the phone has all parts, whichever comes first: receipt or answer.
func TestReceiptsSettleANotice(t *testing.T) {
	for name, tt := range map[string]struct {
		report string
		early  bool
		want   string
	}{
		"delivered":             {"DELIVRD", false, "registered delivered"},
		"delivered, told early": {"DELIVRD", true, "registered delivered"},
		"not delivered":         {"UNDELIV", false, "registered failed unreachable"},
		"on its way":            {"ENROUTE", false, "registered sent"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.smsc.Report, p.smsc.Early = func(posttest.Short) string { return tt.report }, tt.early
			l, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			store := notices.NewStore(p.DB.PoolAs("notices"))
			shorts, err := sms.New(sms.Config{Server: l.Addr().String(), SystemID: "portal", Sender: "CNAP"}, store.Arrived, slog.New(slog.DiscardHandler))
			must(t, err)
			ctx, stop := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { _ = p.smsc.Serve(l) })
			running.Go(func() { _ = shorts.Run(ctx) })
			t.Cleanup(func() { stop(); _ = p.smsc.Close(); running.Wait() })
			p.register(cases.Applicant{Phone: "+380501234567"}, outbox.Choice{})
			p.drain(p.worker(func(o *notices.Options) { o.Channels[notices.SMS] = shorts }))
			parts := len(p.smsc.Shorts())
			awaittest.Until(t, "every receipt is answered", func() bool { return len(p.smsc.Answers()) == parts && parts > 1 })
			p.expect(tt.want)
		})
	}
}

// A community that switched notices off sends none.
func TestSwitchedOff(t *testing.T) {
	p := newPlace(t)
	p.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled) values ($1, 'notices', $2, false)`, uuid.New(), p.Centre)
	p.register(byMail, outbox.Choice{})
	p.drain(p.worker(nil))
	p.expect("registered dropped module_off")
}

// What waits and what did not arrive can be counted by the site and by the worker.
func TestMeasure(t *testing.T) {
	p := newPlace(t)
	p.register(byMail, outbox.Choice{})
	p.register(cases.Applicant{Phone: "+380442345678"}, outbox.Choice{})
	p.clock = time.Hour
	for _, role := range []string{"internal_site", "notices"} {
		l, err := notices.Measure(t.Context(), p.DB.PoolAs(role), p.now())
		if err != nil || l.Waiting != 2 || l.Oldest < time.Hour || l.Undelivered != 0 {
			t.Errorf("%s: %+v, %v", role, l, err)
		}
	}
	p.clock = 0
	p.drain(p.worker(nil))
	if l, err := notices.Measure(t.Context(), p.DB.PoolAs("notices"), p.now()); err != nil || l.Waiting != 0 || l.Undelivered != 1 {
		t.Errorf("%+v, %v", l, err)
	}
}
