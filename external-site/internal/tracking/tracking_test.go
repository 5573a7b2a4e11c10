package tracking_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// follower is a citizen whose application is at some point of its way.
type follower struct {
	*submissiontest.Region
	t       *testing.T
	store   *tracking.Store
	code    seal.Code
	message uuid.UUID
	kase    uuid.UUID
}

const (
	receipt = "R-0000-0000-0195"
	number  = "01-2026-000123"
)

func follow(t *testing.T) *follower {
	t.Helper()
	region := submissiontest.New(t)
	f := &follower{
		Region: region, t: t, store: tracking.NewStore(region.DB.PoolAs("external_site"), tracking.Cases{}),
		code: newCode(t), message: uuid.New(), kase: uuid.New(),
	}
	hash := f.code.Hash()
	f.DB.Exec(`insert into account.receipts (receipt_number, message_id, kind, service_id, code_hash, envelope_sha256)
		values ($1, $2, 'application', $3, $4, $4)`, receipt, f.message, f.Service, hash[:])
	return f
}

func newCode(t *testing.T) seal.Code {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	return code
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (f *follower) answer(outcome string) {
	f.t.Helper()
	hash := f.code.Hash()
	f.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, case_number, code_hash, answered_at)
		values ($1, $2, 'application', $3, 'Причина', '', '', $4, now())`, f.message, receipt, outcome, hash[:])
}

func (f *follower) register() {
	f.t.Helper()
	hash := f.code.Hash()
	f.DB.Exec(`insert into cases.cases (id, number, receipt_number, centre_id, authority_id, service_id, channel, state, outcome, filed_at, registered_at, due_on, code_hash, tracked)
		values ($1, $2, $3, $4, $5, $6, 'online', 'in_progress', '', now(), now(), '2026-12-05', $7, true)`,
		f.kase, number, receipt, f.Centre, f.Authority, f.Service, hash[:])
	f.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, state, started_at, due_on, tracked)
		values (gen_random_uuid(), $1, 1, 'Прийом', '', 'executes', 1, 'done', now(), '2026-11-24', true),
		       (gen_random_uuid(), $1, 2, 'Рішення', 'Decision', 'approves', 4, 'waiting', null, null, true)`, f.kase)
	f.DB.Exec(`insert into cases.events (id, case_id, at, kind, text, text_en, published) values (gen_random_uuid(), $1, now(), 'registered', 'Зареєстровано', '', true)`, f.kase)
	f.DB.Exec("delete from submission.answers where message_id = $1", f.message)
	f.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number, case_id, case_number, code_hash, answered_at)
		values ($1, $2, 'application', 'registered', '', '', 'case', $3, $4, $3, $4, $5, now())`, f.message, receipt, f.kase, number, hash[:])
}

func (f *follower) status() tracking.Status {
	f.t.Helper()
	s, err := f.store.Status(f.t.Context(), tracking.Number{Receipt: receipt}, f.code)
	must(f.t, err)
	return s
}

func TestStatusFollowsTheApplication(t *testing.T) {
	f := follow(t)
	seen := map[string]bool{}
	expect := func(want tracking.Place) {
		t.Helper()
		if got := f.status().Place(); got != want {
			t.Errorf("place %q, expected %q", got, want)
		}
		version, err := f.store.Version(t.Context(), tracking.Number{Receipt: receipt}, f.code)
		must(t, err)
		if own := f.status().Version; own != version {
			t.Errorf("%s: the page says version %q, the next question %q", want, own, version)
		}
		if seen[version] {
			t.Errorf("%s: the version did not change", want)
		}
		seen[version] = true
	}
	expect(tracking.Sent)
	f.DB.Exec("update account.receipts set delivered_at = now()")
	expect(tracking.Delivered)
	f.answer("held")
	expect(tracking.Held)
	f.DB.Exec("update submission.answers set outcome = 'refused'")
	expect(tracking.Refused)
	f.DB.Exec("update submission.answers set outcome = 'closed'")
	expect(tracking.Closed)
	f.DB.Exec("update submission.answers set outcome = 'registered', case_number = $1", number)
	expect(tracking.Registered)
	f.register()
	expect(tracking.InProgress)
	s := f.status()
	if s.Number != number || len(s.Stages) != 2 || s.Stages[0].State != "done" || len(s.Events) != 1 || s.Centre.UK == "" || s.Authority.UK == "" || s.Service.UK == "" {
		t.Errorf("status %+v", s)
	}
	byCase, err := f.store.Status(t.Context(), tracking.Number{Own: number}, f.code)
	if err != nil || byCase.ReceiptNumber != receipt || byCase.SentAt == nil {
		t.Errorf("by the case's number: %+v, %v", byCase, err)
	}
}

// Whoever rules this node read the id and the number of a draft, and had a message of their own registered under both.
// The citizen never sees that one, waits for staff, and sees their own once staff have opened it, under another id.
func TestForgedIDShowsNobodyElsesCase(t *testing.T) {
	f := follow(t)
	f.register()
	forger := newCode(t)
	forged := forger.Hash()
	f.DB.Exec("update submission.answers set code_hash = $1", forged[:])
	f.DB.Exec("update cases.cases set code_hash = $1", forged[:])
	if s := f.status(); s.Place() != tracking.Held || s.Number != "" || s.Case != nil || len(s.Stages) != 0 {
		t.Errorf("the citizen is shown %q with %+v", s.Place(), s)
	}
	before, err := f.store.Version(t.Context(), tracking.Number{Receipt: receipt}, f.code)
	must(t, err)

	// Many more were offered with the number; their ids sort before every other.
	f.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, case_number, answered_at)
		select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, $1, 'application', 'held', '', '', '', now()
		from generate_series(1, 200) n`, receipt)
	f.kase, f.message = uuid.New(), uuid.New()
	f.DB.Exec("update cases.cases set number = '01-2026-000122'")
	f.register()
	s := f.status()
	if s.Place() != tracking.InProgress || s.Number != number || s.Case == nil || s.Case.ID != f.kase {
		t.Errorf("after staff opened it the citizen is shown %q with %+v", s.Place(), s)
	}
	after, err := f.store.Version(t.Context(), tracking.Number{Receipt: receipt}, f.code)
	if err != nil || after == before || after != s.Version {
		t.Errorf("versions %q, %q, %v", before, after, err)
	}
	// The hash of the code lies on this node as well, so it can be sealed into a message; that comes later than ours.
	own, ownCase := f.message, f.kase
	f.kase, f.message = uuid.New(), uuid.New()
	f.DB.Exec("update cases.cases set number = '01-2026-000121' where number = $1", number)
	f.register()
	f.DB.Exec("update submission.answers set answered_at = now() - interval '1 minute' where message_id = $1", own)
	if s := f.status(); s.Case == nil || s.Case.ID != ownCase {
		t.Errorf("with the hash of the code in another message the citizen is shown %+v", s.Case)
	}
	theirs, err := f.store.Status(t.Context(), tracking.Number{Receipt: receipt}, forger)
	if err != nil || theirs.Case == nil || theirs.Case.ID == f.kase || theirs.Case.ID == ownCase {
		t.Errorf("the forger is shown %+v, %v", theirs, err)
	}
}

// TestWithoutTheCodeNothingIsLearned: a wrong code and a number that does not exist cannot be told apart.
func TestWithoutTheCodeNothingIsLearned(t *testing.T) {
	f := follow(t)
	f.register()
	wrong := newCode(t)
	_, unknown := f.store.Status(t.Context(), tracking.Number{Receipt: "R-9999-9999-9999"}, wrong)
	for name, n := range map[string]tracking.Number{
		"receipt": {Receipt: receipt}, "case": {Own: number}, "unknown case": {Own: "99-2026-000001"}, "empty": {},
	} {
		err := f.store.Check(t.Context(), n, wrong)
		if !fault.Is(err, fault.NotFound) || err.Error() != f.store.Check(t.Context(), tracking.Number{Receipt: "R-9999-9999-9999"}, wrong).Error() {
			t.Errorf("%s: %v, unknown: %v", name, err, unknown)
		}
		if err := f.store.Check(t.Context(), n, seal.Code{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s without any code: %v", name, err)
		}
	}
}

// TestAForgedNumberHidesNobody: whoever broke in sent something under the number of an honest receipt before it
// arrived. Each code opens its own.
func TestAForgedNumberHidesNobody(t *testing.T) {
	f := follow(t)
	honest, hash := f.code, f.code.Hash()
	f.DB.Exec("update account.receipts set delivered_at = now()")
	f.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, case_number, code_hash, answered_at)
		values ($1, $2, 'application', 'held', '', '', '', $3, now())`, f.message, receipt, hash[:])
	forged := newCode(t)
	f.code, f.message = forged, uuid.New()
	f.register()
	if place := f.status().Place(); place != tracking.InProgress {
		t.Errorf("the forged one is %q", place)
	}
	f.code = honest
	if s := f.status(); s.Place() != tracking.Held || s.Number != "" {
		t.Errorf("the honest one is %q, number %q", s.Place(), s.Number)
	}
}

func TestCounterCaseWithACode(t *testing.T) {
	f := follow(t)
	f.register()
	f.DB.Exec("update cases.cases set receipt_number = '', channel = 'counter'")
	f.DB.Exec("delete from submission.answers")
	s, err := f.store.Status(t.Context(), tracking.Number{Own: number}, f.code)
	if err != nil || s.Number != number || s.SentAt != nil {
		t.Errorf("%+v, %v", s, err)
	}
	f.DB.Exec("update cases.cases set code_hash = null, tracked = false")
	if err := f.store.Check(t.Context(), tracking.Number{Own: number}, f.code); !fault.Is(err, fault.NotFound) {
		t.Errorf("a case without a code: %v", err)
	}
}

func TestResultOpensWithTheCodeOnly(t *testing.T) {
	f, bucket := follow(t), blobtest.Bucket(t, "documents")
	f.register()
	id, key := f.result(bucket, []byte("%PDF the decision"))
	vault := tracking.NewVault(bucket)
	s := f.status()
	if len(s.Results) != 1 || s.Results[0].Ready {
		t.Fatalf("results %+v", s.Results)
	}
	if _, _, err := vault.Open(t.Context(), s, id, f.code); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a result on its way: %v", err)
	}
	before := s.Version
	f.DB.Exec(`create schema sync; create table sync.objects (key text primary key, sha256 text, size bigint, state text)`)
	f.DB.Exec(`grant usage on schema sync to external_site; grant select on sync.objects to external_site`)
	f.DB.Exec(`insert into sync.objects select object_key, sha256, size, 'ready' from documents.files`)
	s = f.status()
	if s.Version == before {
		t.Error("the bytes came after the row, and nothing tells the page that is open")
	}
	r, content, err := vault.Open(t.Context(), s, id, f.code)
	if err != nil || string(content) != "%PDF the decision" || r.FileName != "result.pdf" {
		t.Errorf("%q %q, %v", r.FileName, content, err)
	}
	if _, _, err := vault.Open(t.Context(), s, uuid.New(), f.code); !fault.Is(err, fault.NotFound) {
		t.Errorf("another's result: %v", err)
	}
	if _, content, err := vault.Open(t.Context(), s, id, newCode(t)); err == nil || content != nil {
		t.Errorf("with another code: %q, %v", content, err)
	}
	_, err = bucket.PutBytes(t.Context(), key, []byte("replaced"), "")
	must(t, err)
	if _, content, err := vault.Open(t.Context(), s, id, f.code); err == nil || content != nil {
		t.Errorf("a replaced object: %q, %v", content, err)
	}
}

// result puts a sealed result where the syncer would have put it.
func (f *follower) result(bucket *blob.Bucket, content []byte) (id uuid.UUID, key string) {
	f.t.Helper()
	recipient, err := seal.ParseRecipient(f.code.Recipient())
	must(f.t, err)
	var sealed bytes.Buffer
	w, err := seal.FileWriter(&sealed, recipient)
	must(f.t, err)
	_, err = w.Write(content)
	must(f.t, err)
	must(f.t, w.Close())
	id = uuid.New()
	key = "sealed/" + id.String()
	sum, err := bucket.PutBytes(f.t.Context(), key, sealed.Bytes(), "")
	must(f.t, err)
	f.DB.Exec(`insert into documents.files (id, purpose, title, title_en, file_name, media_type, size, sha256, object_key, case_id, uploaded_at, published)
		values ($1, 'sealed_result', '', '', 'result.pdf', 'application/octet-stream', $2, $3, $4, $5, now(), true)`, id, sealed.Len(), sum, key, f.kase)
	return id, key
}

// What staff wrote opens with the code, line by line as written; what was damaged or sealed to somebody else is said to
// be unreadable and hides nothing.
func TestWordsOfStaffOpenWithTheCode(t *testing.T) {
	f := follow(t)
	f.register()
	own, err := seal.ForCode(f.code.Recipient(), []byte("Добрий день,\nпринесіть довідку"))
	must(t, err)
	foreign, err := seal.ForCode(newCode(t).Recipient(), []byte("чуже"))
	must(t, err)
	for _, sealed := range [][]byte{own, foreign, own[:40]} {
		f.DB.Exec(`insert into cases.events (id, case_id, at, kind, text, text_en, sealed, published)
			values (gen_random_uuid(), $1, now(), 'message', '', '', $2, true)`, f.kase, sealed)
	}
	said, unreadable := 0, 0
	for _, e := range f.status().Events {
		if e.Said == "Добрий день,\nпринесіть довідку" {
			said++
		}
		if e.Unreadable {
			unreadable++
		}
	}
	if said != 1 || unreadable != 2 {
		t.Errorf("%d opened, %d said to be unreadable", said, unreadable)
	}
}

// What staff wrote when they refused a submission opens with the code, in both languages.
func TestWordsOfARefusalOpenWithTheCode(t *testing.T) {
	f := follow(t)
	f.answer("refused")
	for name, c := range map[string]struct {
		code       seal.Code
		said       string
		unreadable bool
	}{"its own code": {f.code, "Не підписано", false}, "another's": {newCode(t), "", true}} {
		sealed, err := seal.ForCode(c.code.Recipient(), []byte(`{"uk":"Не підписано","en":"Not signed"}`))
		must(t, err)
		f.DB.Exec("update submission.answers set sealed = $1", sealed)
		if a := f.status().Answer; a.Said.UK != c.said || a.Unreadable != c.unreadable {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// A case is found by its number in any spelling; what is typed of it goes through ParseNumber.
func TestCaseIsFoundByItsNumberAsTyped(t *testing.T) {
	f := follow(t)
	f.register()
	f.DB.Exec("update cases.cases set number = 'К-01-2026-000123'")
	keys := map[string]bool{}
	for _, typed := range []string{"К-01-2026-000123", "к 01 2026 000123", "K-01–2026–000123", "k012026000123", "№ К-01/2026/000123"} {
		n, ok := tracking.ParseNumber(typed)
		if err := f.store.Check(t.Context(), n, f.code); !ok || err != nil {
			t.Errorf("%q: %v, %v", typed, ok, err)
		}
		keys[n.Key()] = true
	}
	if len(keys) != 1 {
		t.Errorf("attempts are counted under %d keys", len(keys))
	}
	// A number that is nearly the same does not stand in the way.
	f.DB.Exec(`insert into cases.cases (id, number, receipt_number, centre_id, authority_id, service_id, channel, state, outcome, filed_at, registered_at, due_on, tracked)
		values ('00000000-0000-0000-0000-000000000001', 'К-01-202-6000123', '', $1, $2, $3, 'counter', 'registered', '', now(), now(), now(), true)`, f.Centre, f.Authority, f.Service)
	if err := f.store.Check(t.Context(), tracking.Number{Own: "К-01-2026-000123"}, f.code); err != nil {
		t.Errorf("beside a number that is nearly the same: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	for typed, want := range map[string]tracking.Number{
		" r 0000 0000 0195 ": {Receipt: receipt},
		"01-2026-000123":     {Own: number},
		"01 – 2026 – 000123": {Own: number},
	} {
		if got, ok := tracking.ParseNumber(typed); !ok || got != want {
			t.Errorf("%q: %+v, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "a", "abc", "<script>1", "1;drop", time.Now().String()} {
		if got, ok := tracking.ParseNumber(typed); ok {
			t.Errorf("%q was taken for %+v", typed, got)
		}
	}
}
