package submission_test

import (
	"context"
	"crypto/sha256"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/blobtest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func submit(ctx context.Context, db pg.Queryer, id uuid.UUID, receipt string, envelope []byte, attachments string) ([]byte, error) {
	code := sha256.Sum256([]byte("code"))
	var hash []byte
	err := db.QueryRow(ctx, "select sha256 from inbound.submit($1, 'application', $2, '0123456789abcdef', $3, $4, null, $5)",
		id, receipt, envelope, attachments, code[:]).Scan(&hash)
	return hash, err
}

func TestChannelTakesEachMessageOnceAndErasesWhatIsAcknowledged(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	site, fetcher := db.PoolAs("external_site"), db.PoolAs("syncer_fetcher")
	id := uuid.Must(uuid.NewV7())
	first, err := submit(t.Context(), site, id, "R-0000-0000-0001", make([]byte, 6000), "[]")
	if err != nil {
		t.Fatal(err)
	}
	again, err := submit(t.Context(), site, id, "R-0000-0000-0001", make([]byte, 7000), "[]")
	if err != nil || string(again) != string(first) {
		t.Fatalf("a second press of the button: %x, %v; expected the first receipt", again, err)
	}
	pending := func() (n int) {
		must(t, fetcher.QueryRow(t.Context(), "select count(*) from inbound.pending(10)").Scan(&n))
		return n
	}
	acknowledge := func(hash []byte) (erased bool) {
		must(t, fetcher.QueryRow(t.Context(), "select inbound.acknowledge($1, $2)", id, hash).Scan(&erased))
		return erased
	}
	if n := pending(); n != 1 {
		t.Fatalf("%d messages wait", n)
	}
	if acknowledge(make([]byte, 32)) || pending() != 1 {
		t.Fatal("other bytes than those that wait were acknowledged")
	}
	if !acknowledge(first) || pending() != 0 || acknowledge(first) {
		t.Fatal("an acknowledged message must be erased, once")
	}
	if _, err := submit(t.Context(), site, id, "R-0000-0000-0001", make([]byte, 6000), "[]"); err != nil || pending() != 0 {
		t.Fatalf("a message that is inside already was taken again: %v", err)
	}
	var delivered bool
	must(t, site.QueryRow(t.Context(), "select delivered_at is not null from account.receipts where message_id = $1", id).Scan(&delivered))
	if !delivered {
		t.Fatal("the receipt does not say that the message is inside")
	}
}

func TestChannelRefusesAFlood(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	site := db.PoolAs("external_site")
	db.Exec("update inbound.limits set max_messages = 1")
	if _, err := submit(t.Context(), site, uuid.New(), "R-0000-0000-0001", make([]byte, 6000), "[]"); err != nil {
		t.Fatal(err)
	}
	if _, err := submit(t.Context(), site, uuid.New(), "R-0000-0000-0002", make([]byte, 6000), "[]"); pg.Code(err) != "PI001" {
		t.Fatalf("over the limit: %v", err)
	}
}

func TestChannelRefusesMalformedMessages(t *testing.T) {
	site := pgtest.ExternalPlain(t).PoolAs("external_site")
	id := uuid.Must(uuid.NewV7())
	file := func(key string) string {
		return `[{"key":"` + key + `","size":10,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]`
	}
	for name, c := range map[string]struct {
		receipt, attachments string
		size                 int
	}{
		"too small":       {"R-0000-0000-0001", "[]", 100},
		"too large":       {"R-0000-0000-0001", "[]", 300001},
		"receipt number":  {"R-1", "[]", 6000},
		"other's object":  {"R-0000-0000-0001", file(uuid.NewString() + "/" + uuid.NewString()), 6000},
		"path":            {"R-0000-0000-0001", file(id.String() + "/../x"), 6000},
		"not an object":   {"R-0000-0000-0001", `["x"]`, 6000},
		"one key too few": {"R-0000-0000-0001", `[{"key":"` + id.String() + "/" + uuid.NewString() + `"}]`, 6000},
	} {
		if _, err := submit(t.Context(), site, id, c.receipt, make([]byte, c.size), c.attachments); pg.Code(err) != pg.CodeCheckViolation {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := submit(t.Context(), site, id, "R-0000-0000-0001", make([]byte, 6000), file(id.String()+"/"+uuid.NewString())); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

// TestThePublicRoleCanOnlyHandOver is the promise of the inbound channel: whoever takes over the public binary can
// neither read back a submission nor change anything of the replica.
func TestThePublicRoleCanOnlyHandOver(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	site := db.PoolAs("external_site")
	refused := []string{
		"select envelope from inbound.messages", "delete from inbound.messages", "update inbound.limits set max_messages = 1",
		"select * from inbound.pending(1)", "select * from inbound.waiting()", "select inbound.acknowledge(gen_random_uuid(), '')",
		"delete from account.receipts", "update account.receipts set delivered_at = now()",
		"insert into account.receipts select * from account.receipts", "create table account.x ()", "create table inbound.x ()",
		"create table public.x ()",
	}
	rows, err := db.Pool.Query(t.Context(), `select format('%I.%I', schemaname, tablename) from pg_tables
		where schemaname in ('org', 'law', 'documents', 'catalogue', 'cases', 'submission')`)
	must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	if len(tables) < 15 {
		t.Fatalf("only %d replicated tables", len(tables))
	}
	for _, table := range tables {
		refused = append(refused, "delete from "+table, "truncate "+table, "insert into "+table+" default values", "lock table "+table+" in exclusive mode")
	}
	for _, query := range refused {
		if err := try(t.Context(), site, query); pg.Code(err) != pg.CodeInsufficientRights {
			t.Errorf("external_site may: %s (%v)", query, err)
		}
	}
	for _, query := range []string{"select 1 from account.receipts", "select inbound.submit(null, '', '', '', '', '[]', null, '')"} {
		if err := try(t.Context(), db.PoolAs("syncer_fetcher"), query); pg.Code(err) != pg.CodeInsufficientRights {
			t.Errorf("syncer_fetcher may: %s (%v)", query, err)
		}
	}
}

func try(ctx context.Context, db *pgxpool.Pool, query string) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, query)
		return err
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
