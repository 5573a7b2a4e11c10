package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"

	"github.com/jackc/pgx/v5"
)

// memory keeps objects for tests that are not about the store.
type memory struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (m *memory) PutBytes(_ context.Context, key string, data []byte, _ string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string][]byte{}
	}
	m.kept[key] = data
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// load loads the region without hashes and pictures, which take most of the time.
func load(t *testing.T, db *pgtest.Database, objects Objects) (Report, error) {
	t.Helper()
	s := NewStore(db.Pool)
	s.makers = quick
	return s.Load(t.Context(), objects, Options{Today: today})
}

func mustLoad(t *testing.T, db *pgtest.Database, objects Objects) Report {
	t.Helper()
	r, err := load(t, db, objects)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// loaded is a database with the region, which is loaded once for all tests that only need it there.
func loaded(t *testing.T) (*pgtest.Database, Report) {
	t.Helper()
	return mold.Copy(t, pgtest.Internal, func(db *pgtest.Database) Report { return mustLoad(t, db, &memory{}) })
}

var mold pgtest.Mold[Report]

// laterFilled are tables that the site fills once it runs: times are offered from today on, people book them, queues and
// their waits are counted.
var laterFilled = []string{"reception.bookings", "reception.loads", "reception.slots", "reception.usual", "reception.waits"}

func TestLoadFillsEveryPublishedTable(t *testing.T) {
	db, r := loaded(t)
	if r.Already || r.Objects < 500 {
		t.Fatalf("%+v", r)
	}
	for _, name := range whitelisted(t) {
		if slices.Contains(laterFilled, name) {
			continue
		}
		var n int
		if err := db.Pool.QueryRow(t.Context(), `select count(*) from `+name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

func whitelisted(t *testing.T) []string {
	t.Helper()
	list, err := whitelist.Load("../../../deploy/whitelist.d")
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(list.Tables))
	for i, tb := range list.Tables {
		names[i] = tb.FullName()
	}
	return names
}

func TestLoadingAgainChangesNothing(t *testing.T) {
	db, _ := loaded(t)
	before := dump(t, db, nil)
	store := &memory{}
	if r := mustLoad(t, db, store); !r.Already || len(store.kept) != 0 {
		t.Errorf("%+v, %d objects", r, len(store.kept))
	}
	if after := dump(t, db, nil); after != before {
		t.Error("the second load changed something")
	}
}

// Passwords and sealed files have fresh randomness in them, as they must; everything else is equal.
func TestTwoLoadsAreEqual(t *testing.T) {
	one, two := pgtest.Internal(t), pgtest.Internal(t)
	first, second := &memory{}, &memory{}
	for db, store := range map[*pgtest.Database]*memory{one: first, two: second} {
		if _, err := NewStore(db.Pool).Load(t.Context(), store, Options{Today: today}); err != nil {
			t.Fatal(err)
		}
	}
	passwordsOpen(t, one)
	random := map[string]string{
		"documents.files": `case when purpose = 'sealed_result' then to_jsonb(t) - 'sha256' - 'size' else to_jsonb(t) end`,
	}
	if a, b := dump(t, one, random), dump(t, two, random); a != b {
		t.Errorf("two loads differ: %s", difference(a, b))
	}
	for key, data := range first.kept {
		if other, ok := second.kept[key]; !ok || !strings.HasPrefix(key, "sealed/") && !bytes.Equal(other, data) {
			t.Errorf("object %s differs", key)
		}
	}
}

func passwordsOpen(t *testing.T, db *pgtest.Database) {
	t.Helper()
	signIns, err := SignIns()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []SignIn{signIns[0], signIns[len(signIns)-1]} {
		var hash string
		if err := db.Pool.QueryRow(t.Context(), `select password_hash from access.users where login = $1`, s.Login).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		if !fits(t, hash, s.Password) {
			t.Errorf("the documented password of %s does not open the account", s.Login)
		}
	}
}

// dump is all rows of all tables of the demo without hashes of passwords and what is sealed; row replaces how a row of a
// table is shown.
func dump(t *testing.T, db *pgtest.Database, row map[string]string) string {
	t.Helper()
	var out strings.Builder
	for _, name := range tablesOfDemo(t) {
		show := row[name]
		if show == "" {
			show = "to_jsonb(t) - 'password_hash' - 'sealed' - 'asked'"
		}
		var all string
		sql := fmt.Sprintf(`select coalesce(string_agg(r::text, e'\n' order by r::text), '') from (select %s r from %s t) x`, show, name)
		if err := db.Pool.QueryRow(t.Context(), sql).Scan(&all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fmt.Fprintf(&out, "%s\n%s\n", name, all)
	}
	return out.String()
}

// tablesOfDemo names the tables that the region fills.
func tablesOfDemo(t *testing.T) (names []string) {
	t.Helper()
	for _, tb := range mustBuild(t).tables {
		names = append(names, tb.name)
	}
	slices.Sort(names)
	return names
}

func difference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return left[i] + "\n" + right[i]
		}
	}
	return "one has more lines"
}

func TestForeignDataIsLeftAlone(t *testing.T) {
	db := pgtest.Internal(t)
	db.Exec(`insert into catalogue.categories (id, code, name) values (gen_random_uuid(), 'mine', 'Моя')`)
	store := &memory{}
	_, err := load(t, db, store)
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "catalogue.categories") {
		t.Fatalf("error %v", err)
	}
	if len(store.kept) != 0 {
		t.Errorf("%d objects were stored all the same", len(store.kept))
	}
}

// failing is a store that goes away after some objects.
type failing struct {
	memory
	after int
}

func (f *failing) PutBytes(ctx context.Context, key string, data []byte, mediaType string) (string, error) {
	sum, err := f.memory.PutBytes(ctx, key, data, mediaType)
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.kept) > f.after {
		return "", fault.New(fault.Unavailable, "")
	}
	return sum, err
}

func TestAStoreThatFailsLeavesTheDatabaseEmpty(t *testing.T) {
	db := pgtest.Internal(t)
	if _, err := load(t, db, &failing{after: 100}); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("error %v", err)
	}
	if err := refuseForeign(t.Context(), db.Pool, mustBuild(t).tables); err != nil {
		t.Fatal(err)
	}
	if r := mustLoad(t, db, &memory{}); r.Already {
		t.Error("the region was not loaded after the failure")
	}
}

func TestEveryFileIsInTheStore(t *testing.T) {
	db, bucket := pgtest.Internal(t), blobtest.Bucket(t, "documents")
	mustLoad(t, db, bucket)
	rows, err := db.Pool.Query(t.Context(), `select object_key, sha256, size from documents.files`)
	if err != nil {
		t.Fatal(err)
	}
	var key, sum string
	var size int64
	checked := 0
	_, err = pgx.ForEachRow(rows, []any{&key, &sum, &size}, func() error {
		checked++
		info, err := bucket.Stat(t.Context(), key)
		if err == nil && (info.SHA256 != sum || info.Size != size) {
			return fmt.Errorf("%s has %d bytes %s, the row says %d bytes %s", key, info.Size, info.SHA256, size, sum)
		}
		return err
	})
	if err != nil || checked < 500 {
		t.Errorf("%d files: %v", checked, err)
	}
}

// The demo is alive: the next application gets the next number.
func TestTheRegionCanBeWorkedWith(t *testing.T) {
	db, _ := loaded(t)
	var highest, next string
	if err := db.Pool.QueryRow(t.Context(), `select max(number) from cases.cases where number like '01-2026-%'`).Scan(&highest); err != nil {
		t.Fatal(err)
	}
	store := cases.NewStore(db.Pool)
	err := pg.InTx(t.Context(), db.Pool, func(tx pgx.Tx) error {
		c, err := store.Register(t.Context(), tx, cases.Filing{
			Channel: cases.Counter, ServiceID: idOf("service", "birth-assistance"), CentreID: idOf("centre", "orlopil"),
			Applicant: cases.Applicant{Kind: "person", Surname: "Тест"}, FiledAt: time.Now(),
		}, audit.System("test"))
		next = c.Number
		return err
	})
	if err != nil || next <= highest {
		t.Fatalf("%s after %s: %v", next, highest, err)
	}
}

func TestApplicationsCanBeFollowed(t *testing.T) {
	db, _ := loaded(t)
	list, err := NewStore(db.Pool).Applications(t.Context(), 5)
	if err != nil || len(list) != 5 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, a := range list {
		var id uuid.UUID
		err := db.Pool.QueryRow(t.Context(), `select c.id from cases.cases c join submission.answers s on s.case_id = c.id
			where s.receipt_number = $1 and s.case_number = $2 and s.code_hash = c.code_hash and c.tracked`, a.Receipt, a.Number).Scan(&id)
		if err != nil || a.Code == "" {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

func fits(t *testing.T, hash, password string) bool {
	t.Helper()
	ok, err := access.VerifyPassword(t.Context(), hash, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}
