package own_test

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/own"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// town has accounts with documents.
type town struct {
	t        *testing.T
	db       *pgtest.Database
	accounts *account.Store
	shelf    *own.Shelf
	bucket   *blob.Bucket
	now      time.Time
}

func open(t *testing.T, room int64) *town {
	t.Helper()
	town := &town{t: t, db: pgtest.External(t), bucket: blobtest.Bucket(t, "cabinet"), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	key, err := account.ParseKey(account.NewKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	pool, now := town.db.PoolAs("external_site"), func() time.Time { return town.now }
	town.accounts = account.NewStore(account.Options{Pool: pool, Key: key, Costs: []account.Cost{{Memory: 64, Passes: 1}}, Now: now})
	town.shelf = own.NewShelf(own.Options{Store: own.NewStore(pool, now), Bucket: town.bucket, Room: room})
	return town
}

// holder is somebody with an account.
func (w *town) holder(login string) account.Holder {
	w.t.Helper()
	l, err := account.ParseLogin(login)
	if err != nil {
		w.t.Fatal(err)
	}
	entry, err := w.accounts.Register(w.t.Context(), l, login, "синій кит пливе", "Firefox")
	if err != nil {
		w.t.Fatal(err)
	}
	h, err := w.accounts.Holder(w.t.Context(), entry.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func pdf(body io.Reader) own.Incoming {
	return own.Incoming{FileName: "a.pdf", MediaType: "application/pdf", From: netip.MustParseAddr("203.0.113.7"), Body: body}
}

func (w *town) objects() (keys []string) {
	w.t.Helper()
	if err := w.bucket.Keys(w.t.Context(), "", func(i blob.Info) error { keys = append(keys, i.Key); return nil }); err != nil {
		w.t.Fatal(err)
	}
	return keys
}

// Windows that add at the same moment do not fill an account beyond its room.
func TestRoomOfAnAccountHoldsAgainstManyWindows(t *testing.T) {
	w := open(t, 0)
	h := w.holder("olena")
	if err := w.shelf.Add(t.Context(), h.Writer(), pdf(strings.NewReader("%PDF"))); err != nil {
		t.Fatal(err)
	}
	w.db.Exec(`insert into account.documents (id, account_id, sealed, size) select gen_random_uuid(), account_id, sealed, 1 from account.documents, generate_series(1, 196)`)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { errs[i] = w.shelf.Add(t.Context(), h.Writer(), pdf(strings.NewReader("%PDF"))) })
	}
	wg.Wait()
	kept := 0
	for _, err := range errs {
		switch {
		case err == nil:
			kept++
		case !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "own.files_full":
			t.Error(err)
		}
	}
	if u, err := w.shelf.Used(t.Context(), h); kept != 3 || u.Files != own.MaxFiles || err != nil {
		t.Errorf("%d were kept, %d files in all: %v", kept, u.Files, err)
	}
	if n := len(w.objects()); n != 4 {
		t.Errorf("%d objects for 4 files", n)
	}
}

// All accounts together have a bound, which is said as such.
func TestRoomOfAllAccounts(t *testing.T) {
	w := open(t, 5000)
	if err := w.shelf.Add(t.Context(), w.holder("olena").Writer(), pdf(strings.NewReader("%PDF"))); err != nil {
		t.Fatal(err)
	}
	err := w.shelf.Add(t.Context(), w.holder("petro").Writer(), pdf(strings.NewReader(strings.Repeat("x", 4000))))
	if !fault.Is(err, fault.Unavailable) || fault.MessageKey(err) != "own.no_room" {
		t.Errorf("beyond the room: %v", err)
	}
	if n := len(w.objects()); n != 1 {
		t.Errorf("%d objects", n)
	}
}

// A sender that goes away in the middle leaves neither row nor object; a file that is too large neither.
func TestHalfAFileIsNone(t *testing.T) {
	w := open(t, 0)
	h := w.holder("olena")
	gone := errors.New("connection lost")
	if err := w.shelf.Add(t.Context(), h.Writer(), pdf(io.MultiReader(strings.NewReader("%PDF"), failing{gone}))); !errors.Is(err, gone) {
		t.Errorf("a lost connection: %v", err)
	}
	if err := w.shelf.Add(t.Context(), h.Writer(), pdf(strings.NewReader(strings.Repeat("x", 10<<20+1)))); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
	if u, err := w.shelf.Used(t.Context(), h); u.Files != 0 || err != nil || len(w.objects()) != 0 {
		t.Errorf("%d rows, %d objects: %v", u.Files, len(w.objects()), err)
	}
}

// A version that came slowly bears the name that its document has now, and does not bring a removed document back.
func TestASlowVersionIsCalledAsItsDocumentIsNow(t *testing.T) {
	w := open(t, 0)
	h := w.holder("olena")
	if err := w.shelf.Add(t.Context(), h.Writer(), pdf(strings.NewReader("%PDF 1"))); err != nil {
		t.Fatal(err)
	}
	list, err := w.shelf.List(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	document := list[0].ID
	during := func(do func() error) error {
		return w.shelf.AddVersion(t.Context(), h, document, pdf(io.MultiReader(strings.NewReader("%PDF 2"), meanwhile{do})))
	}
	if err := during(func() error { return w.shelf.Rename(t.Context(), h, document, "Паспорт", own.Kinds[0]) }); err != nil {
		t.Fatal(err)
	}
	if d, err := w.shelf.Document(t.Context(), h, document); err != nil || d.Name != "Паспорт" || len(d.Versions) != 2 {
		t.Errorf("%v, %v", d, err)
	}
	if err := during(func() error { return w.shelf.Remove(t.Context(), h, document) }); !fault.Is(err, fault.NotFound) {
		t.Errorf("a version of a removed document: %v", err)
	}
	if u, err := w.shelf.Used(t.Context(), h); u.Files != 0 || err != nil {
		t.Errorf("%d files: %v", u.Files, err)
	}
}

// meanwhile does something else while a file is read.
type meanwhile struct{ do func() error }

func (m meanwhile) Read([]byte) (int, error) {
	if err := m.do(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// An object whose row goes while it is on its way is removed all the same: here the account is erased, and swept, in between.
func TestAnObjectWithoutARowIsRemoved(t *testing.T) {
	w := open(t, 0)
	h := w.holder("olena")
	w.db.Exec(`create function erased() returns trigger language plpgsql as $$ begin
		delete from account.documents where id = new.id; delete from account.objects_gone where id = new.id; return null; end $$`)
	w.db.Exec(`create trigger erased after insert on account.documents for each row execute function erased()`)
	if err := w.shelf.Add(t.Context(), h.Writer(), pdf(strings.NewReader("%PDF"))); err == nil {
		t.Fatal("it was added")
	}
	if n := len(w.objects()); n != 1 {
		t.Fatalf("%d objects: the test shows nothing", n)
	}
	if err := w.shelf.Clean(t.Context()); err != nil || len(w.objects()) != 0 {
		t.Errorf("%d objects after a sweep: %v", len(w.objects()), err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Nobody reads, renames, renews or removes what another account keeps, and a changed object fails instead of opening.
func TestDocumentsAreTheirOwners(t *testing.T) {
	w := open(t, 0)
	olena, petro := w.holder("olena"), w.holder("petro")
	if err := w.shelf.Add(t.Context(), olena.Writer(), pdf(strings.NewReader("%PDF довідка"))); err != nil {
		t.Fatal(err)
	}
	list, err := w.shelf.List(t.Context(), olena)
	if err != nil || len(list) != 1 || list[0].Name != "a" || list[0].Kind != "other" {
		t.Fatalf("%+v %v", list, err)
	}
	d, v := list[0].ID, list[0].Newest().ID
	_, _, openErr := w.shelf.Open(t.Context(), petro, v)
	_, _, removeErr := w.shelf.RemoveVersion(t.Context(), petro, v)
	_, readErr := w.shelf.Document(t.Context(), petro, d)
	for what, err := range map[string]error{
		"open": openErr, "remove a version": removeErr, "read": readErr, "remove": w.shelf.Remove(t.Context(), petro, d),
		"rename": w.shelf.Rename(t.Context(), petro, d, "моє", "other"), "renew": w.shelf.AddVersion(t.Context(), petro, d, pdf(strings.NewReader("%PDF"))),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s by somebody else: %v", what, err)
		}
	}
	_, body, err := w.shelf.Open(t.Context(), olena, v)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); err != nil || string(got) != "%PDF довідка" {
		t.Errorf("read %q: %v", got, err)
	}
	_ = body.Close()
	sealed, err := w.bucket.ReadAll(t.Context(), v.String(), "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := w.bucket.PutBytes(t.Context(), v.String(), sealed, "application/octet-stream"); err != nil {
		t.Fatal(err)
	}
	if _, body, err = w.shelf.Open(t.Context(), olena, v); err == nil {
		_, err = io.ReadAll(body)
		_ = body.Close()
	}
	if err == nil {
		t.Error("a changed object opens")
	}
}

// Objects go with their rows: those removed, those that never arrived, and those of an account that is erased, also when the store is asked only later.
func TestObjectsGoWithTheirRows(t *testing.T) {
	w := open(t, 0)
	olena, petro := w.holder("olena"), w.holder("petro")
	for _, h := range []account.Holder{olena, olena, petro} {
		if err := w.shelf.Add(t.Context(), h.Writer(), pdf(strings.NewReader("%PDF"))); err != nil {
			t.Fatal(err)
		}
	}
	list, err := w.shelf.List(t.Context(), olena)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.shelf.Remove(t.Context(), olena, list[0].ID); err != nil || len(w.objects()) != 2 {
		t.Errorf("%d objects after removing one: %v", len(w.objects()), err)
	}
	never := uuid.New()
	w.db.Exec(`insert into account.documents (id, account_id, sealed, size, expires_at) values ($1, $2, '', 1, $3)`, never, olena.ID, w.now.Add(time.Hour))
	if _, err := w.bucket.PutBytes(t.Context(), never.String(), []byte("half"), "application/octet-stream"); err != nil {
		t.Fatal(err)
	}
	if err := w.shelf.Clean(t.Context()); err != nil || len(w.objects()) != 3 {
		t.Errorf("what is on its way is kept: %d objects, %v", len(w.objects()), err)
	}
	if err := w.accounts.Erase(t.Context(), olena); err != nil {
		t.Fatal(err)
	}
	if err := w.shelf.Clean(t.Context()); err != nil || len(w.objects()) != 1 {
		t.Errorf("after an account is erased: %d objects, %v", len(w.objects()), err)
	}
	if err := w.shelf.Add(t.Context(), olena.Writer(), pdf(strings.NewReader("%PDF"))); !fault.Is(err, fault.Unsigned) || len(w.objects()) != 1 {
		t.Errorf("adding to an erased account: %v", err)
	}
}

// What came with a matter is kept once under the secret of the matter, while it is on its way too; after it was removed it is kept anew, and
// without a secret as often as somebody adds it. Another secret is another matter.
func TestTheSameIsKeptOnce(t *testing.T) {
	w := open(t, 0)
	h, other := w.holder("olena"), w.holder("petro")
	add := func(h account.Holder, secret string) error {
		in := pdf(strings.NewReader("%PDF рішення"))
		if in.Number = "01-2026-000001"; secret != "" {
			in.Once = []byte(secret)
		}
		return w.shelf.Add(t.Context(), h.Writer(), in)
	}
	kept := func(what string, want int) {
		t.Helper()
		if list, err := w.shelf.List(t.Context(), h); err != nil || len(list) != want {
			t.Errorf("%s: %d documents, want %d; %v", what, len(list), want, err)
		}
		if n := len(w.objects()); n < want {
			t.Errorf("%s: %d objects", what, n)
		}
	}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := add(h, "код"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	kept("pressed six times at once", 1)
	for _, err := range []error{add(h, "код"), add(h, "інший код"), add(other, "код"), add(h, ""), add(h, "")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	kept("once more, of another matter, and twice without a secret", 4)
	w.db.Exec(`update account.documents set expires_at = $1`, w.now.Add(time.Hour))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	in := pdf(strings.NewReader("%PDF рішення"))
	in.Number, in.Once = "01-2026-000001", []byte("код")
	if err := w.shelf.Add(ctx, h.Writer(), in); !fault.Is(err, fault.Unavailable) {
		t.Errorf("still on its way, and said to be kept: %v", err)
	}
	w.db.Exec(`delete from account.documents`)
	if err := add(h, "код"); err != nil {
		t.Fatal(err)
	}
	kept("after it was removed", 1)
}
