package datasets_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/datasets"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/opendata"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// arrivals are rows of the replica and objects beside them, as the syncer brings them: the rows first.
type arrivals struct {
	t      *testing.T
	db     *pgtest.Database
	bucket *blob.Bucket
}

func newArrivals(t *testing.T) (arrivals, *datasets.Store) {
	t.Helper()
	a := arrivals{t, pgtest.ExternalPlain(t), blobtest.Bucket(t, "documents")}
	a.db.Exec(`create schema sync; create table sync.objects (key text primary key, sha256 text, size bigint, state text);
		grant usage on schema sync to external_site; grant select on sync.objects to external_site`)
	return a, datasets.NewStore(a.db.PoolAs("external_site"), a.bucket)
}

func (a arrivals) row(name, content string, at time.Time) opendata.File {
	a.t.Helper()
	sum := sha256.Sum256([]byte(content))
	f := opendata.File{ID: uuid.New(), Format: opendata.CSV, Name: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
	a.db.Exec(`insert into documents.files (id, purpose, title, title_en, file_name, media_type, size, sha256, object_key, uploaded_at, published)
		values ($1, 'dataset', 'x', '', $2, 'text/csv', $3, $4, $5, $6, true)`, f.ID, name, f.Size, f.SHA256, "open-data/"+f.ID.String(), at)
	return f
}

func (a arrivals) object(f opendata.File, content string) {
	a.t.Helper()
	key := "open-data/" + f.ID.String()
	if _, err := a.bucket.PutBytes(a.t.Context(), key, []byte(content), "text/csv"); err != nil {
		a.t.Fatal(err)
	}
	a.db.Exec(`insert into sync.objects values ($1, $2, $3, 'ready')`, key, f.SHA256, f.Size)
}

// edition is an edition of one file, whose rows have arrived; the objects are yet to.
func (a arrivals) edition(content string, at time.Time) (e opendata.Edition, index opendata.File, raw string) {
	a.t.Helper()
	e = opendata.Edition{MadeAt: at, Rows: len(content), Years: []opendata.Year{{Year: 2026, Rows: len(content), Files: []opendata.File{a.row("services-provided-2026.csv", content, at)}}}}
	encoded, err := e.Encode()
	if err != nil {
		a.t.Fatal(err)
	}
	return e, a.row(opendata.IndexName, string(encoded), at), string(encoded)
}

// An edition is shown when all of its files are here, and until then the one before; when it is taken back, none.
func TestTheLatestThatHasArrived(t *testing.T) {
	a, s := newArrivals(t)
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	shows := func(when string, rows int) {
		t.Helper()
		e, err := s.Latest(t.Context())
		if rows == 0 {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %+v, %v", when, e, err)
			}
			return
		}
		if err != nil || e.Rows != rows {
			t.Errorf("%s: %+v, %v", when, e, err)
		}
	}
	shows("nothing is published", 0)
	first, index, raw := a.edition("one", at)
	shows("no object is here", 0)
	a.object(index, raw)
	shows("the index is here", 0)
	a.object(first.Files()[0], "one")
	shows("all is here", 3)
	second, index, raw := a.edition("second", at.Add(time.Hour))
	shows("the next is on its way", 3)
	a.object(index, raw)
	shows("its index is here", 3)
	a.object(second.Files()[0], "second")
	shows("it is here", 6)
	broken := a.row(opendata.IndexName, "not an index", at.Add(2*time.Hour))
	a.object(broken, "not an index")
	shows("a newer index cannot be decoded", 6)
	lost := a.row(opendata.IndexName, "lost", at.Add(3*time.Hour))
	a.db.Exec(`insert into sync.objects values ($1, $2, $3, 'ready')`, "open-data/"+lost.ID.String(), lost.SHA256, lost.Size)
	shows("a newer index cannot be read", 6)
	a.db.Exec(`update documents.files set published = false where id = any($1)`, []uuid.UUID{broken.ID, lost.ID})
	f, err := datasets.FileNamed(second, "services-provided-2026.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "second" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := datasets.FileNamed(second, "services-provided-1990.csv"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a file that the edition has not: %v", err)
	}
	a.db.Exec(`update documents.files set published = false where id = $1`, f.ID)
	shows("a file is taken back", 3)
	a.db.Exec(`delete from documents.files`)
	shows("all are taken back", 0)
}
