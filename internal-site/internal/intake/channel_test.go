package intake_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/awaittest"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

// at makes a worker with options of its own.
func (p *place) at(change func(*intake.Options)) *intake.Worker {
	o := intake.Options{
		Store: intake.NewStore(p.db.PoolAs("intake")), Quarantine: p.quarantine, Keys: seal.NewKeyring(ownKey()),
		Handlers: []intake.Handler{cases.NewIntake()}, Lease: time.Hour, Poll: time.Hour, Log: slog.New(slog.DiscardHandler),
	}
	change(&o)
	return intake.New(o)
}

// Whoever broke into the public site can seal any number of complete applications. They do not fill the registers, nor
// hide what people sent, and staff let them through or close them in one action.
func TestFloodWaitsForAPerson(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	manager := p.Users[access.RegionalManager]
	counted := map[string]int{}
	w := p.at(func(o *intake.Options) {
		o.Allowance = map[string]int{contract.KindApplication: 3}
		o.OnDone = func(kind, outcome, reason string) { counted[kind+" "+outcome+" "+reason]++ }
	})
	for range 7 {
		p.send(t, p.submission(t, pdf))
	}
	drain(t, w)
	p.db.Exec("update intake.inflow set hour = hour - interval '1 hour'")
	honest := p.attached([]byte("<html>"))(t) // in the next hour somebody sends a file that cannot be taken
	drain(t, w)

	if n := counted["application held "+intake.ReasonAllowance]; n != 7-3 {
		t.Fatalf("counted %v", counted)
	}
	l, err := q.List(t.Context(), manager, intake.Filter{})
	must(t, err)
	if len(l.Masses) != 1 || l.Masses[0].Number != 4 || l.Masses[0].PlaceID != p.Centre || len(l.Entries) != 1 || l.Entries[0].MessageID != honest {
		t.Fatalf("the queue shows %+v and %d entries", l.Masses, len(l.Entries))
	}
	load, err := q.Measure(t.Context())
	if err != nil || load.OverAllow != 4 || load.Open != 5 {
		t.Errorf("measured %+v, %v", load, err)
	}

	f := intake.Filter{Reason: intake.ReasonAllowance, Kind: contract.KindApplication, Place: p.Centre, Until: time.Now()}
	if n, _, err := q.CountOpen(t.Context(), manager, f, intake.Retry); err != nil || n != 4 {
		t.Fatalf("%d are to be let through, %v", n, err)
	}
	if n, err := q.DecideAll(t.Context(), p.OtherUsers[access.CentreHead], f, intake.Verdict{Decision: intake.Retry}); err != nil || n != 0 {
		t.Errorf("another centre let %d through, %v", n, err)
	}
	n, err := q.DecideAll(t.Context(), manager, f, intake.Verdict{Decision: intake.Retry})
	if err != nil || n != 4 {
		t.Fatalf("%d were let through, %v", n, err)
	}
	drain(t, p.at(func(o *intake.Options) { o.Allowance = map[string]int{contract.KindApplication: 1} }))
	if n := count(t, p.db.Pool, "select count(*) from cases.cases"); n != 7 {
		t.Errorf("%d cases", n)
	}
}

func TestClosingManyReachesWhatWasSeen(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	manager := p.Users[access.RegionalManager]
	w := p.worker(nil)
	for range 25 {
		p.changed(func(h *handed) { h.envelope[len(h.envelope)-1] ^= 1 })(t)
	}
	drain(t, w)
	l, err := q.List(t.Context(), manager, intake.Filter{})
	must(t, err)
	if len(l.Masses) != 1 || l.Masses[0].Number != 25 || len(l.Entries) != 0 {
		t.Fatalf("masses %+v, %d entries", l.Masses, len(l.Entries))
	}
	var seen time.Time
	must(t, p.db.Pool.QueryRow(t.Context(), "select now()").Scan(&seen))
	late := p.changed(func(h *handed) { h.envelope[len(h.envelope)-1] ^= 1 })(t)
	drain(t, w)
	f := intake.Filter{Reason: intake.ReasonCannotOpen, Until: seen}
	if _, err := q.DecideAll(t.Context(), manager, f, intake.Verdict{Decision: intake.Close}); err == nil {
		t.Error("closed without a note")
	}
	n, err := q.DecideAll(t.Context(), manager, f, intake.Verdict{Decision: intake.Close, Note: "підробки"})
	if err != nil || n != 25 {
		t.Fatalf("%d closed, %v", n, err)
	}
	l, err = q.List(t.Context(), manager, intake.Filter{})
	must(t, err)
	if len(l.Entries) != 1 || l.Entries[0].MessageID != late {
		t.Errorf("left: %+v", l.Entries)
	}
	if n := count(t, p.db.Pool, "select count(*) from audit.events where action = 'intake.submissions.close' and detail ->> 'number' = '25'"); n != 1 {
		t.Errorf("%d lines in the trail", n)
	}
}

func TestQueueHasPagesAndSearch(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	manager := p.Users[access.RegionalManager]
	p.db.Exec(`insert into intake.refusals (source, message_id, receipt_number, kind, reason, submitted_at, created_at, centre_id)
		select 'refused', gen_random_uuid(), 'R-0000-0000-' || lpad(n::text, 4, '0'), 'application', 'intake.reason.file_type', now(),
		       now() + n * interval '1 s', $1 from generate_series(1, 120) n`, p.Centre)
	l, err := q.List(t.Context(), manager, intake.Filter{Page: 99})
	must(t, err)
	if l.Total != 120 || l.Page != 3 || l.Pages != 3 || len(l.Entries) != 20 || l.Entries[19].ReceiptNumber != "R-0000-0000-0120" {
		t.Errorf("total %d, page %d of %d with %d entries", l.Total, l.Page, l.Pages, len(l.Entries))
	}
	for name, c := range map[string]struct {
		f    intake.Filter
		want int
	}{
		"number":       {intake.Filter{Q: "0117"}, 1},
		"typed number": {intake.Filter{Q: " r-0000-0000-0117 "}, 1},
		"wildcard":     {intake.Filter{Q: "%"}, 120},
		"kind":         {intake.Filter{Kind: "question"}, 0},
		"centre":       {intake.Filter{Place: p.OtherCentre}, 0},
		"reason":       {intake.Filter{Reason: intake.ReasonFileType, Place: p.Centre}, 120},
		"decided":      {intake.Filter{Decided: true}, 0},
	} {
		if l, err := q.List(t.Context(), manager, c.f); err != nil || l.Total != c.want {
			t.Errorf("%s: %d, %v", name, l.Total, err)
		}
	}
}

// answered is what the public site learns of a message.
type answered struct{ outcome, subject, number, code, receipt string }

func (p *place) answered(t *testing.T, id uuid.UUID) (a answered) {
	t.Helper()
	must(t, p.db.Pool.QueryRow(t.Context(), `select outcome, subject, subject_number, coalesce(encode(code_hash, 'hex'), ''), receipt_number
		from submission.answers where message_id = $1`, id).Scan(&a.outcome, &a.subject, &a.number, &a.code, &a.receipt))
	return a
}

// Somebody read the number of a draft outside and sent a message of their own with it. The citizen's own application,
// which comes second, is held, is opened by staff, and gets a case and an answer of its own.
func TestForgedReceiptNumberTakesNobodysApplication(t *testing.T) {
	for name, sameID := range map[string]bool{"number": false, "number and id": true} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			q := intake.NewQueue(p.db.PoolAs("internal_site"))
			forged, honest := p.submission(t, pdf), p.submission(t, pdf)
			forged.ReceiptNumber = honest.ReceiptNumber
			if sameID {
				forged.MessageID = honest.MessageID
			}
			p.send(t, forged)
			drain(t, p.worker(nil))
			if said := p.offer(t, honest); said != "conflict" {
				t.Fatalf("received as %s", said)
			}
			if !sameID {
				if got := p.answered(t, honest.MessageID); got.outcome != "held" || got.receipt != honest.ReceiptNumber {
					t.Fatalf("meanwhile the citizen is told %+v", got)
				}
			}
			l, err := q.List(t.Context(), p.Users[access.RegionalManager], intake.Filter{})
			must(t, err)
			if len(l.Entries) != 1 || !l.Entries[0].May(intake.Open) || l.Entries[0].May(intake.Refuse) {
				t.Fatalf("queue %+v", l.Entries)
			}
			e := l.Entries[0]
			must(t, q.Decide(t.Context(), p.Users[access.RegionalManager], e.ID, e.Version, intake.Verdict{Decision: intake.Open}))
			drain(t, p.worker(nil))

			var id uuid.UUID
			must(t, p.db.Pool.QueryRow(t.Context(), "select id from intake.messages where conflict_id is not null").Scan(&id))
			if !sameID && id != honest.MessageID {
				t.Errorf("opened as %s, not under its own id %s", id, honest.MessageID)
			}
			hash := honest.code.Hash()
			got, other := p.answered(t, id), p.answered(t, forged.MessageID)
			if got.outcome != "registered" || got.subject != "case" || got.code != hex.EncodeToString(hash[:]) || got.number == other.number {
				t.Errorf("the citizen is told %+v, the forger %+v", got, other)
			}
			if n := count(t, p.db.Pool, "select count(*) from cases.cases where receipt_number = $1", honest.ReceiptNumber); n != 2 {
				t.Errorf("%d cases", n)
			}
			if said := p.offer(t, honest); said == "new" {
				t.Errorf("offered again: %s", said)
			}
		})
	}
}

// Workers that have nothing to do listen while another is busy: a slow file delays nobody else's application.
func TestSlowMessageKeepsNobodyWaiting(t *testing.T) {
	p := newPlace(t)
	slow := &stuck{begun: make(chan struct{}), release: make(chan struct{})}
	w := p.at(func(o *intake.Options) { o.Scanner, o.Workers = slow, 2 })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	listening(t, p)
	first := p.submission(t, pdf)
	p.send(t, first)
	awaittest.Receive(t, "the scanner has the first file", slow.begun)
	second := p.submission(t)
	second.answer(t, map[string]any{"purpose": "court", "persons": "me", "copies": 1, "identity_document": []string{second.attach(pdf).String()}})
	p.send(t, second)
	awaittest.Until(t, "the second application is answered", func() bool { return p.told(t, second.MessageID).outcome != "" })
	if got := p.told(t, first.MessageID); got.outcome != "" {
		t.Errorf("the first became %+v meanwhile", got)
	}
	close(slow.release)
	stop()
	must(t, <-ended)
}

// stuck is a scanner that keeps the first file until it is told to let go.
type stuck struct{ begun, release chan struct{} }

func (s *stuck) Scan(_ context.Context, r io.Reader) (string, error) {
	_, err := io.Copy(io.Discard, r)
	select {
	case <-s.begun:
	default:
		close(s.begun)
		<-s.release
	}
	return "", err
}

// The public site's clock orders nothing: what says that it was sent in the year 2000 waits behind what came before it.
func TestMessagesAreHandledInTheOrderOfArrival(t *testing.T) {
	p := newPlace(t)
	honest, forged := p.submission(t, pdf), p.submission(t, pdf)
	p.send(t, honest)
	p.send(t, forged, func(h *handed) { h.at = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) })
	p.db.Exec("update intake.messages set next_attempt_at = date_trunc('hour', now())")
	found, err := p.worker(nil).Next(t.Context())
	if err != nil || !found || p.told(t, honest.MessageID).outcome != "registered" || p.told(t, forged.MessageID).outcome != "" {
		t.Errorf("%v, %v", found, err)
	}
}

// poison is a kind whose content the database refuses.
type poison struct{}

func (poison) Kind() string { return contract.KindApplication }
func (poison) Handle(ctx context.Context, tx intake.Tx, _ intake.Opened) (intake.Answer, error) {
	_, err := tx.Exec(ctx, "select $1::text", "a\x00b")
	return intake.Answer{}, fmt.Errorf("take: %w", err)
}

func TestWhatTheDatabaseRefusesIsTriedOnce(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s)
	if n := drain(t, p.at(func(o *intake.Options) { o.Handlers = []intake.Handler{poison{}} })); n != 1 {
		t.Errorf("tried %d times", n)
	}
	if got := p.told(t, s.MessageID); got.outcome != "held" || count(t, p.db.Pool, "select attempts from intake.messages") != 1 {
		t.Errorf("it became %+v", got)
	}
}

func TestEveryKindHasAHandlerOrGoesToStaff(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s)
	drain(t, p.at(func(o *intake.Options) { o.Handlers = nil }))
	var reason string
	must(t, p.db.Pool.QueryRow(t.Context(), "select reason from intake.refusals").Scan(&reason))
	if reason != intake.ReasonUnknownKind {
		t.Errorf("reason %s", reason)
	}
}
