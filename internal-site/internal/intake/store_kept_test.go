package intake_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/kept"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// kindOf is the kind of what is kept by its name.
func (p *place) kindOf(t *testing.T, name string) kept.Kind {
	t.Helper()
	for _, k := range intake.KeptKinds(p.quarantine) {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no kind %s", name)
	return kept.Kind{}
}

// removeOld removes what ended before the moment, as the worker's role.
func (p *place) removeOld(t *testing.T, k kept.Kind, before time.Time) (gone kept.Gone) {
	t.Helper()
	must(t, pg.InTx(t.Context(), p.db.PoolAs("intake"), func(tx pgx.Tx) (err error) {
		gone, err = k.Remove(t.Context(), tx, before, 100)
		return err
	}))
	return gone
}

// A registered message loses its envelope and nothing else: the case keeps its files, and the same message is known when it comes again.
func TestRegisteredMessagesAreEmptied(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s)
	drain(t, p.worker(nil))
	drainFiles(t, p.worker(nil))
	k, soon := p.kindOf(t, "registered_messages"), time.Now().Add(time.Minute)
	found, err := k.Look(t.Context(), p.db.PoolAs("internal_site"), soon, 100)
	must(t, err)
	if weighs := count(t, p.db.Pool, `select octet_length(envelope) from intake.messages where id = $1`, s.MessageID); found.Rows != 1 || int(found.Bytes) != weighs {
		t.Fatalf("there is %+v, the envelope has %d bytes", found, weighs)
	}
	if gone := p.removeOld(t, k, time.Now().AddDate(0, 0, -1)); gone.Rows != 0 {
		t.Errorf("a message of today went: %+v", gone)
	}
	if gone := p.removeOld(t, k, soon); gone.Rows != 1 || gone.Bytes != found.Bytes {
		t.Errorf("gone: %+v", gone)
	}
	if n := count(t, p.db.Pool, `select count(*) from intake.messages where id = $1 and envelope = '' and attachments = '[]' and erased_at is not null
		and octet_length(envelope_sha256) = 32`, s.MessageID); n != 1 {
		t.Error("the message is not empty")
	}
	if !p.has(t, openedAs(s, 0)) {
		t.Error("the file of the case went")
	}
	if gone := p.removeOld(t, k, soon); gone.Rows != 0 {
		t.Errorf("it went twice: %+v", gone)
	}
}

// What the same sender brings again is the same message, also after its envelope went.
func TestAnEmptiedMessageIsKnown(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	h := p.send(t, s)
	drain(t, p.worker(nil))
	p.removeOld(t, p.kindOf(t, "registered_messages"), time.Now().Add(time.Minute))
	var said string
	must(t, p.db.PoolAs("fetcher").QueryRow(t.Context(), `select intake.receive($1, $2, $3, $4, $5, sha256($5), '[]', now())`,
		h.id, h.kind, h.receipt, h.keyID, h.envelope).Scan(&said))
	if said != "seen" {
		t.Errorf("it is %q", said)
	}
	if n := drain(t, p.worker(nil)); n != 0 || count(t, p.db.Pool, `select count(*) from cases.cases`) != 1 {
		t.Error("it was taken twice")
	}
}

// A message that staff closed goes with its sealed files, and one that still waits for them does not.
func TestRefusedMessagesGoWithTheirFiles(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s, func(h *handed) { h.envelope[len(h.envelope)-1] ^= 1 })
	drain(t, p.worker(nil))
	k, soon, sealed := p.kindOf(t, "refused_messages"), time.Now().Add(time.Minute), contract.FileKey(s.MessageID, s.Attachments[0].ID)
	if gone := p.removeOld(t, k, soon); gone.Rows != 0 || !p.has(t, sealed) {
		t.Fatalf("a message that waits for staff went: %+v", gone)
	}
	p.db.Exec(`update intake.messages set state = 'closed', finished_at = now() where id = $1`, s.MessageID)
	_, err := p.quarantine.PutBytes(t.Context(), openedAs(s, 0), pdf, "") // it had been opened before it was refused
	must(t, err)
	if gone := p.removeOld(t, k, soon); gone.Rows != 1 || gone.Bytes < int64(len(pdf)) {
		t.Errorf("gone: %+v", gone)
	}
	if p.has(t, sealed) || p.has(t, openedAs(s, 0)) {
		t.Error("a file stayed")
	}
}

// What was opened and is a document by now stays, whatever became of the message.
func TestADocumentStaysWhenItsMessageGoes(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s)
	drain(t, p.worker(nil))
	p.db.Exec(`update intake.messages set state = 'closed' where id = $1`, s.MessageID)
	if gone := p.removeOld(t, p.kindOf(t, "refused_messages"), time.Now().Add(time.Minute)); gone.Rows != 1 || !p.has(t, openedAs(s, 0)) {
		t.Errorf("gone: %+v; the document is there: %t", gone, p.has(t, openedAs(s, 0)))
	}
}

// awayStore is a store that removes nothing.
type awayStore struct{}

func (awayStore) Remove(_ context.Context, _ string) error { return errAway }

var errAway = errors.New("the store is away")

// While objects cannot be removed, no row forgets them.
func TestRowsStayWhileTheStoreIsAway(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s, func(h *handed) { h.envelope[len(h.envelope)-1] ^= 1 })
	drain(t, p.worker(nil))
	p.db.Exec(`update intake.messages set state = 'refused', finished_at = now() where id = $1`, s.MessageID)
	k := intake.KeptKinds(awayStore{})[1]
	err := pg.InTx(t.Context(), p.db.PoolAs("intake"), func(tx pgx.Tx) error {
		_, err := k.Remove(t.Context(), tx, time.Now().Add(time.Minute), 100)
		return err
	})
	if !errors.Is(err, errAway) || count(t, p.db.Pool, `select count(*) from intake.messages where erased_at is null and attachments <> '[]'`) != 1 {
		t.Errorf("%v", err)
	}
}

// Of two messages with one id both stay, for somebody to compare them.
func TestMessagesInConflictStay(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s)
	drain(t, p.worker(nil))
	p.db.Exec(`insert into intake.conflicts (message_id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at)
		values ($1, 'application', 'x', 'x', 'x', 'x', '[]', now())`, s.MessageID)
	if gone := p.removeOld(t, p.kindOf(t, "registered_messages"), time.Now().Add(time.Minute)); gone.Rows != 0 {
		t.Errorf("gone: %+v", gone)
	}
}
