package documents_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/documents"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func sum(data string) string {
	s := sha256.Sum256([]byte(data))
	return hex.EncodeToString(s[:])
}

// add puts a row of a file with the content into the replica, as the syncer does before it brings the bytes.
func add(db *pgtest.Database, purpose string, published bool, content string) uuid.UUID {
	id := uuid.New()
	db.Exec(`insert into documents.files (id, purpose, title, title_en, file_name, media_type, size, sha256, object_key, uploaded_at, published)
		values ($1, $2, 'Бланк', 'Form', 'blank.PDF', 'application/pdf', $3, $4, $5, now(), $6)`, id, purpose, len(content), sum(content), "templates/"+id.String(), published)
	return id
}

// register makes the syncer's register of objects, which the site may read.
func register(db *pgtest.Database) {
	db.Exec(`create schema sync; create table sync.objects (key text primary key, sha256 text, size bigint, state text);
		grant usage on schema sync to external_site; grant select on sync.objects to external_site`)
}

// Only public templates are known, though the table also has what belongs to people.
func TestOnlyPublicTemplatesAreFiles(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	public, hidden, personal := add(db, "template", true, "a"), add(db, "template", false, "b"), add(db, "result", true, "c")
	s := documents.NewStore(db.PoolAs("external_site"))
	f, err := s.File(t.Context(), public)
	if err != nil || f.Title.EN != "Form" || f.Format() != "PDF" || f.Size != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	for name, id := range map[string]uuid.UUID{"hidden": hidden, "personal": personal, "unknown": uuid.New()} {
		if _, err := s.File(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all, err := s.Files(t.Context(), []uuid.UUID{public, hidden, personal})
	if err != nil || len(all) != 1 || all[public].FileName != "blank.PDF" {
		t.Errorf("%+v, %v", all, err)
	}
	if none, err := s.Files(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("of no ids: %+v, %v", none, err)
	}
}

// A file is ready when the syncer says that just these bytes are here: not before there is a register of objects, not while
// they are on their way, and not when others came earlier under the same key.
func TestReadyWhenTheBytesAreHere(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	id := add(db, "template", true, "content")
	s := documents.NewStore(db.PoolAs("external_site"))
	ready := func(when string, want bool) {
		t.Helper()
		f, err := s.File(t.Context(), id)
		if err != nil || f.Ready != want {
			t.Errorf("%s: ready %t, %v", when, f.Ready, err)
		}
	}
	ready("before the register", false)
	register(db)
	ready("before the object", false)
	db.Exec(`insert into sync.objects values ($1, $2, 7, 'pending')`, "templates/"+id.String(), sum("content"))
	ready("on its way", false)
	db.Exec(`update sync.objects set state = 'ready', sha256 = $1`, sum("earlier"))
	ready("with earlier bytes", false)
	db.Exec(`update sync.objects set sha256 = $1`, sum("content"))
	ready("with its bytes", true)
}

// The vault gives out what the register promised, byte by byte, and nothing else that lies in the store.
func TestVaultChecksTheBytes(t *testing.T) {
	db, bucket := pgtest.ExternalPlain(t), blobtest.Bucket(t, "documents")
	id := add(db, "template", true, "content")
	s, vault, key := documents.NewStore(db.PoolAs("external_site")), documents.NewVault(bucket), "templates/"+id.String()
	register(db)
	read := func() (string, error) {
		t.Helper()
		f, err := s.File(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		data, err := vault.Read(t.Context(), f)
		return string(data), err
	}
	if _, err := read(); !fault.Is(err, fault.Unavailable) || fault.MessageKey(err) != "documents.on_its_way" {
		t.Errorf("on its way: %v", err)
	}
	db.Exec(`insert into sync.objects values ($1, $2, 7, 'ready')`, key, sum("content"))
	if _, err := read(); !fault.Is(err, fault.Unavailable) || fault.MessageKey(err) != "documents.unreadable" {
		t.Errorf("not in the store: %v", err)
	}
	for content, want := range map[string]bool{"c0ntent": false, "content": true} {
		if _, err := bucket.PutBytes(t.Context(), key, []byte(content), "application/pdf"); err != nil {
			t.Fatal(err)
		}
		if got, err := read(); (err == nil) != want || want && got != content {
			t.Errorf("%q: %q, %v", content, got, err)
		}
	}
}

// Samples are those of the service whose file is public too, with the words that say what they show.
func TestSamplesOfAService(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	service := uuid.New()
	public, hidden, other := add(db, "sample", true, "d"), add(db, "sample", false, "e"), add(db, "sample", true, "f")
	for id, of := range map[uuid.UUID]uuid.UUID{public: service, hidden: service, other: uuid.New()} {
		db.Exec(`insert into catalogue.samples (id, service_id, alt, alt_en, published) values ($1, $2, 'Прізвище вгорі', 'A surname above', true)`, id, of)
	}
	s := documents.NewStore(db.PoolAs("external_site"))
	list, err := s.Samples(t.Context(), service)
	if err != nil || len(list) != 1 || list[0].ID != public || list[0].Alt.EN != "A surname above" || list[0].Ready || list[0].Href() != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if f, err := s.File(t.Context(), public); err != nil || f.ID != public {
		t.Errorf("%+v, %v", f, err)
	}
}
