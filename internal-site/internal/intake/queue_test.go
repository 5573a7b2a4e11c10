package intake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// refused sends a submission that the worker hands to staff, and returns the entry.
func (p *place) refused(t *testing.T, q *intake.Queue) intake.Entry {
	t.Helper()
	id := p.attached([]byte("<html>"))(t)
	drain(t, p.worker(nil))
	l, err := q.List(t.Context(), p.Users[access.CentreHead], intake.Filter{})
	must(t, err)
	for _, e := range l.Entries {
		if e.MessageID == id {
			return e
		}
	}
	t.Fatal("the entry is not in the queue")
	return intake.Entry{}
}

// Staff read what the form calls a field, not the id that it has there.
func TestDetailNamesFieldsInWords(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	e, err := q.Get(t.Context(), p.Users[access.Administrator], p.refused(t, q).ID)
	must(t, err)
	title := e.Fields["identity_document"]
	if title.UK == "" || title.EN == "" || title.UK == title.EN {
		t.Fatalf("the field is called %+v", title)
	}
	for lang, want := range map[locale.Lang]string{locale.UK: "«" + title.UK + "»: ", locale.EN: "«" + title.EN + "»: "} {
		if got := e.DetailIn(lang); !strings.HasPrefix(got, want) || strings.Contains(got, "identity_document") {
			t.Errorf("in %s staff read %q, want %q", lang, got, want)
		}
	}
	for detail, want := range map[string]string{
		"identity_document, answers": "«" + title.UK + "», answers", "sha-256": "sha-256", "other: a.pdf": "other: a.pdf", "": "",
	} {
		if e.Detail = detail; e.DetailIn(locale.UK) != want {
			t.Errorf("%q reads %q", detail, e.DetailIn(locale.UK))
		}
	}
}

func TestStaffDecide(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	head := p.Users[access.CentreHead]

	e := p.refused(t, q)
	if e.Service.UK == "" || e.Reason != intake.ReasonFileType {
		t.Errorf("staff see %+v", e)
	}
	err := q.Decide(t.Context(), head, e.ID, e.Version, intake.Verdict{Decision: intake.Refuse})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("refusing without a reason: %v", err)
	}
	must(t, q.Decide(t.Context(), head, e.ID, e.Version, intake.Verdict{Decision: intake.Refuse, Reason: locale.Text{UK: "Додайте паспорт у PDF"}}))
	if got := p.told(t, e.MessageID); got.outcome != "refused" || got.reason != "" || got.state != "refused" {
		t.Errorf("the citizen is told %+v", got)
	}
	if err := q.Decide(t.Context(), head, e.ID, e.Version, intake.Verdict{Decision: intake.Close, Note: "x"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("deciding twice: %v", err)
	}

	e = p.refused(t, q)
	must(t, q.Decide(t.Context(), head, e.ID, e.Version, intake.Verdict{Decision: intake.Close, Note: "зареєстровано в центрі"}))
	if got := p.told(t, e.MessageID); got.outcome != "closed" || got.state != "closed" {
		t.Errorf("closed: %+v", got)
	}
	if n := count(t, p.db.Pool, "select count(*) from audit.events where action like 'intake.submission.%' and actor_id = $1", head.UserID); n != 2 {
		t.Errorf("%d lines in the trail", n)
	}
}

func TestRetryOpensTheMessageAgain(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	p.db.Exec("update catalogue.services set quick = false where id = $1", p.Service)
	s := p.submission(t, pdf)
	p.send(t, s)
	drain(t, p.worker(nil))
	l, err := q.List(t.Context(), p.Users[access.RegionalManager], intake.Filter{})
	must(t, err)
	entries := l.Entries
	if len(entries) != 1 || entries[0].Reason != intake.ReasonService {
		t.Fatalf("queue %+v", entries)
	}
	p.db.Exec("update catalogue.services set quick = true where id = $1", p.Service)
	must(t, q.Decide(t.Context(), p.Users[access.RegionalManager], entries[0].ID, entries[0].Version, intake.Verdict{Decision: intake.Retry}))
	drain(t, p.worker(nil))
	if got := p.told(t, s.MessageID); got.outcome != "registered" {
		t.Errorf("after the second try: %+v", got)
	}
}

func TestConflictsAreOpenedOrClosed(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	s := p.submission(t, pdf)
	h := p.send(t, s)
	drain(t, p.worker(nil))
	_, err := receive(t.Context(), p.db.PoolAs("fetcher"), h.with(9))
	must(t, err)
	l, err := q.List(t.Context(), p.Users[access.RegionalManager], intake.Filter{})
	must(t, err)
	entries := l.Entries
	if len(entries) != 1 || entries[0].May(intake.Retry) || entries[0].May(intake.Refuse) || !entries[0].May(intake.Close) || !entries[0].May(intake.Open) {
		t.Fatalf("queue %+v", entries)
	}
	must(t, q.Decide(t.Context(), p.Users[access.RegionalManager], entries[0].ID, entries[0].Version, intake.Verdict{Decision: intake.Close, Note: "підробка"}))
	if got := p.told(t, s.MessageID); got.outcome != "registered" || got.state != "registered" {
		t.Errorf("the good submission became %+v", got)
	}
	var outcome, reason string // whoever sent the other one reads it by the number
	must(t, p.db.Pool.QueryRow(t.Context(), "select outcome, reason from submission.answers where receipt_number = $1 and message_id <> $2 and code_hash is null",
		s.ReceiptNumber, s.MessageID).Scan(&outcome, &reason))
	if outcome != intake.OutcomeClosed || !strings.Contains(reason, "опрацьовано в інший спосіб") {
		t.Errorf("of the closed conflict its sender is told %q, %q", outcome, reason)
	}
}

// A message comes damaged, staff are told, and then it comes whole and is held for another reason. What is decided about
// the damaged one does not touch it: it would be closed in silence, and its own entry would lead nowhere.
func TestDamagedEntryDecidesNothingAboutWhatCameWhole(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	manager := p.Users[access.RegionalManager]
	decide := map[string]func(e intake.Entry) error{
		"close": func(e intake.Entry) error {
			return q.Decide(t.Context(), manager, e.ID, e.Version, intake.Verdict{Decision: intake.Close, Note: "прийшла ціла"})
		},
		"close many": func(intake.Entry) error {
			_, err := q.DecideAll(t.Context(), manager, intake.Filter{Reason: intake.ReasonDamaged, Until: time.Now()},
				intake.Verdict{Decision: intake.Close, Note: "прийшли цілі"})
			return err
		},
		"refuse": func(e intake.Entry) error {
			err := q.Decide(t.Context(), manager, e.ID, e.Version, intake.Verdict{Decision: intake.Refuse, Saying: "intake.answer.resend"})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("refused as damaged: %v", err)
			}
			return nil
		},
	}
	for name, act := range decide {
		t.Run(name, func(t *testing.T) {
			p.db.Exec("update catalogue.services set quick = false where id = $1", p.Service)
			s := p.submission(t, pdf)
			_, err := p.db.PoolAs("fetcher").Exec(t.Context(), "select intake.receive_damaged($1, $2, 'attachment is gone', now())", s.MessageID, s.ReceiptNumber)
			must(t, err)
			p.send(t, s)
			drain(t, p.worker(nil))
			entries := map[string]intake.Entry{}
			l, err := q.List(t.Context(), manager, intake.Filter{Q: s.ReceiptNumber})
			must(t, err)
			for _, e := range l.Entries {
				entries[e.Source] = e
			}
			must(t, act(entries[intake.SourceDamaged]))
			if got := p.told(t, s.MessageID); got.outcome != "held" || got.state != "held" {
				t.Fatalf("what came whole became %+v", got)
			}
			p.db.Exec("update catalogue.services set quick = true where id = $1", p.Service)
			e := entries[intake.SourceRefused]
			must(t, q.Decide(t.Context(), manager, e.ID, e.Version, intake.Verdict{Decision: intake.Retry}))
			drain(t, p.worker(nil))
			if got := p.told(t, s.MessageID); got.outcome != "registered" {
				t.Errorf("let through, it became %+v", got)
			}
		})
	}
}

// What cannot be opened bears the number and the key that a stranger wrote; on pages they hold no hidden characters.
func TestQueueShowsNoHiddenCharacters(t *testing.T) {
	p := newPlace(t)
	h := anyMessage("R-0000\u202e\u2066-0001")
	h.keyID = "\u202efdp.exe"
	_, err := receive(t.Context(), p.db.PoolAs("fetcher"), h)
	must(t, err)
	drain(t, p.worker(nil))
	l, err := intake.NewQueue(p.db.PoolAs("internal_site")).List(t.Context(), p.Users[access.RegionalManager], intake.Filter{})
	must(t, err)
	for _, e := range l.Entries {
		if !plain.IsLine(e.ReceiptNumber) || !plain.IsLine(e.Detail) {
			t.Errorf("%s: %q, %q", e.Reason, e.ReceiptNumber, e.Detail)
		}
	}
	if len(l.Entries) != 1 {
		t.Errorf("%d entries", len(l.Entries))
	}
}

func TestAnotherCentreSeesAndDecidesNothing(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	e := p.refused(t, q)
	stranger := p.OtherUsers[access.CentreHead]
	for _, decided := range []bool{true, false} {
		if l, err := q.List(t.Context(), stranger, intake.Filter{Decided: decided}); err != nil || len(l.Entries) != 0 || l.Total != 0 {
			t.Errorf("the list shows %d entries (%v)", len(l.Entries), err)
		}
	}
	if _, err := q.Get(t.Context(), stranger, e.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("reading: %v", err)
	}
	if err := q.Decide(t.Context(), stranger, e.ID, e.Version, intake.Verdict{Decision: intake.Retry}); !fault.Is(err, fault.NotFound) {
		t.Errorf("deciding: %v", err)
	}

	// One that could not be opened belongs to no centre that anybody knows.
	p.db.Exec("update intake.refusals set centre_id = null where id = $1", e.ID)
	if _, err := q.Get(t.Context(), p.Users[access.CentreHead], e.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a head reads what is the region's: %v", err)
	}
	if _, err := q.Get(t.Context(), p.Users[access.RegionalManager], e.ID); err != nil {
		t.Errorf("the region: %v", err)
	}
}

func TestOnlyThoseWithTheRightSeeTheQueue(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	for role, want := range map[access.GroupCode]struct{ list, get, decide fault.Kind }{
		access.Administrator:       {"", fault.NotFound, fault.Forbidden},
		access.CentreHead:          {"", fault.NotFound, fault.NotFound},
		access.Officer:             {"", fault.NotFound, fault.Forbidden},
		access.AuthorityHead:       {"", fault.NotFound, fault.NotFound},
		access.RegionalManager:     {"", fault.NotFound, fault.NotFound},
		access.PortalAdministrator: {fault.Forbidden, fault.Forbidden, fault.Forbidden},
	} {
		_, err := q.List(t.Context(), p.Users[role], intake.Filter{})
		_, errGet := q.Get(t.Context(), p.Users[role], uuid.New())
		errDecide := q.Decide(t.Context(), p.Users[role], uuid.New(), 1, intake.Verdict{Decision: intake.Retry})
		is := func(err error, kind fault.Kind) bool { return kind == "" && err == nil || fault.Is(err, kind) }
		if !is(err, want.list) || !is(errGet, want.get) || !is(errDecide, want.decide) {
			t.Errorf("%s: %v, %v, %v", role, err, errGet, errDecide)
		}
	}
}
