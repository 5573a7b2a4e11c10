package intake_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/blobtest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// handed is a message as the fetcher hands it over.
type handed struct {
	id          uuid.UUID
	kind        string
	receipt     string
	keyID       string
	envelope    []byte
	sha256      []byte
	attachments json.RawMessage
	at          time.Time
}

func anyMessage(receipt string) handed {
	envelope := make([]byte, 6000)
	sum := sha256.Sum256(envelope)
	return handed{
		id: uuid.Must(uuid.NewV7()), kind: "application", receipt: receipt, keyID: "0123456789abcdef",
		envelope: envelope, sha256: sum[:], attachments: json.RawMessage(`[]`), at: time.Now(),
	}
}

func (h handed) with(content byte) handed {
	h.envelope = append([]byte{content}, h.envelope[1:]...)
	sum := sha256.Sum256(h.envelope)
	h.sha256 = sum[:]
	return h
}

func receive(ctx context.Context, db pg.Queryer, h handed) (string, error) {
	var said string
	err := db.QueryRow(ctx, "select intake.receive($1, $2, $3, $4, $5, $6, $7, $8)",
		h.id, h.kind, h.receipt, h.keyID, h.envelope, h.sha256, h.attachments, h.at).Scan(&said)
	return said, err
}

func count(t *testing.T, db pg.Queryer, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestReceiveKeepsEveryMessageOnce(t *testing.T) {
	db := pgtest.Internal(t)
	fetcher := db.PoolAs("fetcher")
	first := anyMessage("R-0000-0000-0001")
	sameReceipt := anyMessage(first.receipt)
	for _, step := range []struct {
		name string
		h    handed
		want string
	}{
		{"new", first, "new"},
		{"again", first, "seen"},
		{"other content", first.with(7), "conflict"},
		{"other content again", first.with(7), "conflict"},
		{"another message with its receipt number", sameReceipt, "conflict"},
		{"still the first", first, "seen"},
	} {
		if got, err := receive(t.Context(), fetcher, step.h); err != nil || got != step.want {
			t.Errorf("%s: %q, %v; expected %q", step.name, got, err, step.want)
		}
	}
	if n := count(t, db.Pool, "select times_seen from intake.messages where id = $1 and envelope = $2", first.id, first.envelope); n != 3 {
		t.Errorf("the message was seen %d times, expected 3", n)
	}
	if n := count(t, db.Pool, "select count(*) from intake.conflicts"); n != 2 {
		t.Errorf("%d conflicts were kept, expected 2", n)
	}
	if n := count(t, db.Pool, "select count(*) from intake.refusals where source = 'conflict' and state = 'open'"); n != 2 {
		t.Errorf("%d conflicts are shown to staff, expected 2", n)
	}
}

func TestReceiveRefusesWhatIsBeyondTheLimits(t *testing.T) {
	fetcher := pgtest.Internal(t).PoolAs("fetcher")
	for name, change := range map[string]func(*handed){
		"wrong hash":  func(h *handed) { h.sha256 = make([]byte, 32) },
		"huge":        func(h *handed) { *h = handed{id: h.id, envelope: make([]byte, 300001)}.with(1) },
		"foreign key": func(h *handed) { h.attachments = json.RawMessage(`[{"key":"opened/x","size":1,"sha256":"00"}]`) },
		"not a list":  func(h *handed) { h.attachments = json.RawMessage(`{}`) },
		"other's envelope": func(h *handed) {
			h.attachments = json.RawMessage(`[{"key":"` + uuid.NewString() + `/` + uuid.NewString() + `"}]`)
		},
	} {
		h := anyMessage("R-0000-0000-0002")
		change(&h)
		if _, err := receive(t.Context(), fetcher, h); pg.Code(err) != pg.CodeCheckViolation {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedMessageIsShownAndAnswered(t *testing.T) {
	db := pgtest.Internal(t)
	fetcher, id := db.PoolAs("fetcher"), uuid.Must(uuid.NewV7())
	for range 2 {
		if _, err := fetcher.Exec(t.Context(), "select intake.receive_damaged($1, 'R-0000-0000-0003', 'attachment is gone', now())", id); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, db.Pool, "select count(*) from intake.refusals where message_id = $1 and source = 'damaged'", id); n != 1 {
		t.Errorf("%d entries in the queue", n)
	}
	if n := count(t, db.Pool, "select count(*) from submission.answers where message_id = $1 and outcome = 'held'", id); n != 1 {
		t.Errorf("%d answers for the citizen", n)
	}
}

// Whoever rules the outside may call a number damaged that a good message bears. That must not keep it from its answer.
func TestDamagedMessageTakesNobodysAnswer(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	h := p.send(t, s)
	fetcher := p.db.PoolAs("fetcher")
	_, err := fetcher.Exec(t.Context(), "select intake.receive_damaged(gen_random_uuid(), $1, 'attachment is gone', now())", h.receipt)
	must(t, err)
	drain(t, p.worker(nil))
	if got := p.told(t, s.MessageID); got.outcome != "registered" || got.state != "registered" {
		t.Errorf("the good submission became %+v", got)
	}
	if n := count(t, p.db.Pool, "select count(*) from intake.refusals where source = 'damaged'"); n != 1 {
		t.Errorf("staff see %d damaged messages", n)
	}
	if n := count(t, p.db.PoolAs("fetcher"), "select intake.damaged()"); n != 1 {
		t.Errorf("the fetcher's status says %d damaged messages", n)
	}
}

func TestFetcherLearnsWhatIsHeld(t *testing.T) {
	p := newPlace(t)
	fetcher := p.db.PoolAs("fetcher")
	h := p.send(t, p.submission(t, pdf))
	for id, want := range map[uuid.UUID]bool{h.id: true, uuid.New(): false} {
		var held bool
		must(t, fetcher.QueryRow(t.Context(), "select intake.holds($1)", id).Scan(&held))
		if held != want {
			t.Errorf("held %v, want %v", held, want)
		}
	}
}

func TestRolesReachOnlyTheirPart(t *testing.T) {
	db := pgtest.Internal(t)
	for _, c := range []struct{ role, query string }{
		{"fetcher", "select envelope from intake.messages"},
		{"fetcher", "delete from intake.messages"},
		{"fetcher", "select 1 from intake.refusals"},
		{"fetcher", "select 1 from submission.answers"},
		{"internal_site", "select envelope from intake.messages"},
		{"internal_site", "select envelope from intake.conflicts"},
		{"internal_site", "select intake.damaged()"},
		{"internal_site", "select intake.holds(gen_random_uuid())"},
		{"internal_site", "select intake.receive_damaged(gen_random_uuid(), '', '', now())"},
		{"intake", "delete from intake.messages"},
		{"intake", "select password_hash from access.users"},
		{"intake", "select surname from cases.applicants"},
		{"intake", "select answers from cases.cases"},
		{"intake", "select text from cases.events"},
		{"intake", "select object_key from documents.files"},
		{"intake", "update catalogue.services set published = true"},
	} {
		if err := try(t.Context(), db.PoolAs(c.role), c.query); pg.Code(err) != pg.CodeInsufficientRights {
			t.Errorf("%s may: %s (%v)", c.role, c.query, err)
		}
	}
}

func try(ctx context.Context, db *pgxpool.Pool, query string) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, query)
		return err
	})
}
