package daemon_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

// portal is the real thing: both sites' migrations, the whitelist of deploy/, both stores, all roles.
type portal struct {
	*pair
	inside, outside         *blob.Bucket // documents
	quarantine, inboundFrom *blob.Bucket
}

// newPortal has not been set up yet.
func newPortal(t *testing.T) *portal {
	t.Helper()
	return newPortalOn(t, pgtest.Internal(t), pgtest.External(t))
}

var loadedPortal mold

// newLoadedPortal has been set up and loaded. There are no documents and no messages in it.
func newLoadedPortal(t *testing.T) *portal {
	t.Helper()
	source, target := loadedPortal.copy(t, func() *pair {
		p := newPortal(t)
		p.init()
		return p.pair
	})
	p := newPortalOn(t, source, target)
	p.adopt(loadedPortal.source.Name)
	return p
}

func newPortalOn(t *testing.T, source, target *pgtest.Database) *portal {
	t.Helper()
	p := &portal{pair: &pair{t: t, source: source, target: target, dir: t.TempDir()}}
	store := func(name string) (blob.Config, *blob.Bucket) {
		c := blobtest.Config(t, name)
		b, err := blob.Open(c)
		if err == nil {
			err = b.Ensure(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		return c, b
	}
	var docs, replica, quarantine, inbound blob.Config
	docs, p.inside = store("documents")
	replica, p.outside = store("documents")
	quarantine, p.quarantine = store("quarantine")
	inbound, p.inboundFrom = store("inbound")
	yaml := func(c blob.Config) string {
		return fmt.Sprintf("{endpoint: %q, access_key: %q, secret_key: %q, bucket: %q}", c.Endpoint, c.AccessKey, c.SecretKey, c.Bucket)
	}
	p.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}
target: {dsn: %q, admin_dsn: %q, readers: [external_site]}
whitelist: %s
documents:
  source: %s
  target: %s
inbound:
  outside: {dsn: %q, store: %s}
  inside: {dsn: %q, store: %s}
`, p.source.As("syncer_reader"), p.source.DSN, p.source.Name, p.target.As("syncer_writer"), p.target.DSN, repository(t)+"/deploy/whitelist.d",
		yaml(docs), yaml(replica), p.target.As("syncer_fetcher"), yaml(inbound), p.source.As("fetcher"), yaml(quarantine)))
	p.load()
	return p
}

func repository(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// file stores an object inside and a row that names it.
func (p *portal) file(data []byte, published bool) (key string) {
	p.t.Helper()
	id := uuid.New()
	key = "files/" + id.String()
	sha, err := p.inside.PutBytes(p.t.Context(), key, data, "text/plain")
	if err != nil {
		p.t.Fatal(err)
	}
	p.source.Exec(`INSERT INTO documents.files (id, purpose, title, file_name, media_type, size, sha256, object_key, published, notes)
		VALUES ($1, 'template', 'Бланк', 'a.txt', 'text/plain', $2, $3, $4, $5, 'canary')`, id, len(data), sha, key, published)
	return key
}

func (p *portal) object(key string) (state string) {
	p.t.Helper()
	err := p.target.Pool.QueryRow(p.t.Context(), `SELECT coalesce((SELECT state FROM sync.objects WHERE key = $1), 'none')`, key).Scan(&state)
	if err != nil {
		p.t.Fatal(err)
	}
	return state
}

func TestPortalDocuments(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	shown, hidden := p.file([]byte("бланк заяви"), true), p.file([]byte("canary"), false)
	p.init()
	stop := p.start()
	p.eventually("first object is ready", func() bool { return p.object(shown) == "ready" })
	data, err := p.outside.ReadAll(t.Context(), shown, "", 1000)
	if err != nil || string(data) != "бланк заяви" {
		t.Errorf("outside: %q %v", data, err)
	}
	if _, err := p.outside.Stat(t.Context(), hidden); !fault.Is(err, fault.NotFound) {
		t.Errorf("an object of an unpublished row left: %v", err)
	}
	p.source.Exec(`UPDATE documents.files SET published = true WHERE object_key = $1`, hidden)
	p.eventually("published object is ready", func() bool { return p.object(hidden) == "ready" })
	p.source.Exec(`UPDATE documents.files SET published = false WHERE object_key = $1`, shown)
	p.eventually("object goes with its row", func() bool { return p.object(shown) == "none" })
	if _, err := p.outside.Stat(t.Context(), shown); !fault.Is(err, fault.NotFound) {
		t.Errorf("an object outlived its row: %v", err)
	}

	lying := p.file([]byte("as announced"), false)
	if _, err := p.inside.PutBytes(t.Context(), lying, []byte("something else"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	p.source.Exec(`UPDATE documents.files SET published = true WHERE object_key = $1`, lying)
	p.eventually("an object that differs is not ready", func() bool { return p.object(lying) == "failed" })
	if _, err := p.outside.Stat(t.Context(), lying); !fault.Is(err, fault.NotFound) {
		t.Errorf("an object that differs was kept: %v", err)
	}
	if _, err := p.inside.PutBytes(t.Context(), lying, []byte("as announced"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	p.eventually("it is tried again and succeeds", func() bool { return p.object(lying) == "ready" })
	if err := stop(); err != nil {
		t.Error(err)
	}
	p.equal()
}

// submit puts a sealed message outside, as external-site does.
func (p *portal) submit(attachments ...[]byte) (id uuid.UUID, envelope []byte) {
	p.t.Helper()
	id = uuid.New()
	envelope = make([]byte, 6000)
	_, _ = rand.Read(envelope)
	list := "["
	for i, data := range attachments {
		key := id.String() + "/" + uuid.NewString()
		sha, err := p.inboundFrom.PutBytes(p.t.Context(), key, data, "application/octet-stream")
		if err != nil {
			p.t.Fatal(err)
		}
		if i > 0 {
			list += ","
		}
		list += fmt.Sprintf(`{"key":%q,"size":%d,"sha256":%q}`, key, len(data), sha)
	}
	_, err := p.target.PoolAs("external_site").Exec(p.t.Context(), `SELECT inbound.submit($1, 'application', $2, '0123456789abcdef', $3, $4::jsonb, NULL, $5)`,
		id, receipt(), envelope, list+"]", sum([]byte("code")))
	if err != nil {
		p.t.Fatal(err)
	}
	return id, envelope
}

func receipt() string {
	n := mathrand.Int64N(1e12)
	digits := fmt.Sprintf("%012d", n)
	return "R-" + digits[:4] + "-" + digits[4:8] + "-" + digits[8:]
}

func sum(b []byte) []byte { s := sha256.Sum256(b); return s[:] }

func (p *pair) count(db *pgtest.Database, sql string, args ...any) (n int) {
	p.t.Helper()
	if err := db.Pool.QueryRow(p.t.Context(), sql, args...).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestPortalInbound(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	stop := p.start()
	id, envelope := p.submit([]byte("sealed one"), bytes.Repeat([]byte("x"), 300_000))
	p.eventually("message is erased outside", func() bool { return p.count(p.target, `SELECT count(*) FROM inbound.messages`) == 0 })
	var got []byte
	if err := p.source.Pool.QueryRow(t.Context(), `SELECT envelope FROM intake.messages WHERE id = $1`, id).Scan(&got); err != nil || !bytes.Equal(got, envelope) {
		t.Errorf("inside: %d bytes, %v", len(got), err)
	}
	n := 0
	if err := p.quarantine.Keys(t.Context(), id.String()+"/", func(blob.Info) error { n++; return nil }); err != nil || n != 2 {
		t.Errorf("%d attachments in quarantine, %v", n, err)
	}
	p.eventually("attachments are erased outside", func() bool {
		left := 0
		err := p.inboundFrom.Keys(t.Context(), "", func(blob.Info) error { left++; return nil })
		return err == nil && left == 0
	})
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Whatever moment the fetcher dies at, the message is inside once.
func TestPortalInboundExactlyOnce(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	id, _ := p.submit([]byte("sealed"))
	var ids []uuid.UUID
	for range 20 {
		one, _ := p.submit()
		ids = append(ids, one)
	}
	// Died after it was durable inside, before it was acknowledged: the same bytes are there already.
	sha := sum([]byte("sealed"))
	var key string
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT attachments -> 0 ->> 'key' FROM inbound.messages WHERE id = $1`, id).Scan(&key); err != nil {
		t.Fatal(err)
	}
	if _, err := p.quarantine.Put(t.Context(), key, bytes.NewReader([]byte("sealed")), 6, "", hex.EncodeToString(sha)); err != nil {
		t.Fatal(err)
	}
	if err := p.inboundFrom.Remove(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.target.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256)
		SELECT $1, 'application', receipt_number, '0123456789abcdef', e, sha256(e)
		  FROM account.receipts, (SELECT $2::bytea AS e) x WHERE message_id = $1`, ids[0], p.envelopeOf(ids[0]))
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	if n := p.count(p.source, `SELECT count(*) FROM intake.messages`); n != 21 {
		t.Errorf("%d messages inside, 21 were sent", n)
	}
	if n := p.count(p.source, `SELECT times_seen FROM intake.messages WHERE id = $1`, ids[0]); n != 2 {
		t.Errorf("seen %d times", n)
	}
	if n := p.count(p.target, `SELECT count(*) FROM inbound.messages`); n != 0 {
		t.Errorf("%d messages left outside", n)
	}
}

func (p *portal) envelopeOf(id uuid.UUID) (envelope []byte) {
	p.t.Helper()
	if err := p.source.Pool.QueryRow(p.t.Context(), `SELECT envelope FROM intake.messages WHERE id = $1`, id).Scan(&envelope); err != nil {
		p.t.Fatal(err)
	}
	return envelope
}

// What cannot be brought whole is recorded inside, stays outside, and holds nothing else up.
func TestPortalInboundDamaged(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	differs, _ := p.submit([]byte("sealed"))
	alien, _ := p.submit()
	p.target.Exec(`UPDATE inbound.messages SET attachments = '[{"key":"someone/else","size":1,"sha256":"00"}]' WHERE id = $1`, alien)
	if err := p.inboundFrom.Keys(t.Context(), differs.String(), func(i blob.Info) error {
		_, err := p.inboundFrom.PutBytes(t.Context(), i.Key, []byte("SEALED"), "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	good, _ := p.submit([]byte("fine"))
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	if n := p.count(p.source, `SELECT count(*) FROM intake.messages WHERE id = $1`, good); n != 1 {
		t.Error("a damaged message held a good one up")
	}
	if n := p.count(p.source, `SELECT count(*) FROM intake.refusals WHERE source = 'damaged' AND message_id IN ($1, $2)`, differs, alien); n != 2 {
		t.Errorf("%d of 2 damaged messages are visible to staff", n)
	}
	if n := p.count(p.target, `SELECT count(*) FROM inbound.messages`); n != 2 {
		t.Errorf("%d messages outside; the two damaged ones are nowhere else", n)
	}
}

// Whoever rules the outside may offer a known message again with other files under the same keys. What is inside
// already stays as it came.
func TestPortalInboundOverwritesNothing(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	id, envelope := p.submit([]byte("sealed"))
	var key string
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT attachments -> 0 ->> 'key' FROM inbound.messages WHERE id = $1`, id).Scan(&key); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	for _, again := range [][]byte{envelope, bytes.Repeat([]byte("x"), 6000)} {
		forged, err := p.inboundFrom.PutBytes(t.Context(), key, []byte("forged"), "")
		if err != nil {
			t.Fatal(err)
		}
		p.target.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments)
			SELECT $1, 'application', receipt_number, '0123456789abcdef', $2::bytea, sha256($2::bytea),
			       jsonb_build_array(jsonb_build_object('key', $3::text, 'size', 6, 'sha256', $4::text))
			  FROM account.receipts WHERE message_id = $1`, id, again, key, forged)
		if err := p.catchUp(); err != nil {
			t.Fatal(err)
		}
		if got, err := p.quarantine.ReadAll(t.Context(), key, "", 100); err != nil || string(got) != "sealed" {
			t.Errorf("the attachment inside became %q (%v)", got, err)
		}
	}
	if n := p.count(p.source, `SELECT count(*) FROM intake.conflicts WHERE message_id = $1`, id); n != 1 {
		t.Errorf("%d conflicts are visible to staff", n)
	}
	if n := p.count(p.target, `SELECT count(*) FROM inbound.messages`); n != 0 {
		t.Errorf("%d messages left outside", n)
	}
}

// However many messages cannot be brought whole, the one behind them is.
func TestPortalInboundManyDamaged(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	p.target.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at)
		SELECT gen_random_uuid(), 'application', 'R-0000-' || to_char(n, 'FM0000') || '-0000', '0123456789abcdef', e, sha256(e),
		       '[{"key":"someone/else","size":1,"sha256":"00"}]', now() - interval '1 hour'
		  FROM generate_series(1, 1001) n, (SELECT convert_to(repeat('x', 5000), 'UTF8') AS e) x`)
	good, _ := p.submit([]byte("fine"))
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	if n := p.count(p.source, `SELECT count(*) FROM intake.messages WHERE id = $1`, good); n != 1 {
		t.Error("a thousand damaged messages held a good one up")
	}
	if n := p.count(p.source, `SELECT count(*) FROM intake.refusals WHERE source = 'damaged'`); n != 1001 {
		t.Errorf("%d of 1001 damaged messages are visible to staff", n)
	}
}
