package preview

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/convert"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
)

func TestMain(m *testing.M) { blobtest.Main(m) }

// converter counts how often it is asked, and answers what the test says.
type converter struct {
	asked  atomic.Int32
	answer func(ctx context.Context) ([]byte, error)
}

func (c *converter) Convert(ctx context.Context, _ string, _ []byte) ([]byte, error) {
	c.asked.Add(1)
	return c.answer(ctx)
}

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

type room struct {
	bucket *blob.Bucket
	vault  *documents.Vault
	file   documents.File
}

// newRoom has one document in its store.
func newRoom(t *testing.T) room {
	t.Helper()
	r := room{bucket: blobtest.Bucket(t, "documents")}
	r.vault = documents.NewVault(r.bucket, r.bucket, nil)
	id := uuid.NewString()
	sum, err := r.bucket.PutBytes(t.Context(), "received/"+id, []byte("document "+id), docx)
	if err != nil {
		t.Fatal(err)
	}
	r.file = documents.File{MediaType: docx, Size: 45, SHA256: sum, Bucket: documents.BucketDocuments, ObjectKey: "received/" + id}
	return r
}

func (r room) previews(c Converter) *Previews {
	return New(r.vault, r.bucket, c, slog.New(slog.DiscardHandler))
}

func good(context.Context) ([]byte, error) { return []byte("%PDF-1.7"), nil }

func TestViewsAreMadeOnce(t *testing.T) {
	r, c := newRoom(t), &converter{answer: good}
	for range 2 { // another process of the site finds what the first one has kept
		pdf, err := r.previews(c).PDF(t.Context(), r.file)
		if err != nil || string(pdf) != "%PDF-1.7" {
			t.Fatalf("%q, %v", pdf, err)
		}
	}
	if n := c.asked.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

func TestSeveralWaitForTheSameView(t *testing.T) {
	r := newRoom(t)
	began, goOn := make(chan struct{}), make(chan struct{})
	c := &converter{answer: func(ctx context.Context) ([]byte, error) {
		close(began)
		<-goOn
		return []byte("%PDF-1.7"), ctx.Err()
	}}
	p := r.previews(c)
	leaving, leave := context.WithCancel(t.Context())
	left, stays := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := p.PDF(leaving, r.file)
		left <- err
	}()
	<-began
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	go func() {
		_, err := p.PDF(t.Context(), r.file)
		stays <- err
	}()
	close(goOn)
	if err := <-stays; err != nil || c.asked.Load() != 1 {
		t.Errorf("%v after %d", err, c.asked.Load())
	}
}

// TestDocumentsThatCannotBeShownAreNotTriedAgain for a while, as one that keeps a computer busy would do so for everybody.
func TestDocumentsThatCannotBeShownAreNotTriedAgain(t *testing.T) {
	for outcome, tries := range map[convert.Outcome]int32{convert.TooLong: 1, convert.Unreadable: 1, convert.Crashed: 1, convert.Busy: 2, convert.Away: 2} {
		r := newRoom(t)
		c := &converter{answer: func(context.Context) ([]byte, error) { return nil, outcome.Failed(nil) }}
		p := r.previews(c)
		for range 2 {
			if _, err := p.PDF(t.Context(), r.file); fault.MessageKey(err) != "preview."+string(outcome) {
				t.Errorf("%s: %v", outcome, err)
			}
		}
		if n := c.asked.Load(); n != tries {
			t.Errorf("%s: tried %d times", outcome, n)
		}
		p.now = func() time.Time { return time.Now().Add(remembered + time.Second) }
		if err := p.Look(r.file); err != nil {
			t.Errorf("%s is remembered for ever: %v", outcome, err)
		}
	}
}

func TestWithoutConverter(t *testing.T) {
	r := newRoom(t)
	if err := r.previews(nil).Look(r.file); fault.MessageKey(err) != "preview.none" {
		t.Error(err)
	}
}

// TestOnlyWhatTheRegisterKnowsIsConverted: bytes that are others than those of the register go nowhere.
func TestOnlyWhatTheRegisterKnowsIsConverted(t *testing.T) {
	r, c := newRoom(t), &converter{answer: good}
	if _, err := r.bucket.PutBytes(t.Context(), r.file.ObjectKey, []byte("others"), docx); err != nil {
		t.Fatal(err)
	}
	if _, err := r.previews(c).PDF(t.Context(), r.file); err == nil || c.asked.Load() != 0 {
		t.Errorf("%v, converted %d times", err, c.asked.Load())
	}
	r.file.Size = convert.MaxSource + 1
	if err := r.previews(c).Look(r.file); fault.MessageKey(err) != "preview.too_large" {
		t.Error(err)
	}
}

func TestOldViewsAreSwept(t *testing.T) {
	r := newRoom(t)
	if _, err := r.previews(&converter{answer: good}).PDF(t.Context(), r.file); err != nil {
		t.Fatal(err)
	}
	key := folder + r.file.SHA256 + ".pdf"
	old := KeptKinds(r.bucket)[0]
	if gone, err := old.Remove(t.Context(), nil, time.Now().AddDate(0, 0, -1), 10); err != nil || gone.Rows != 0 {
		t.Fatalf("%+v, %v", gone, err)
	}
	if _, err := r.bucket.Stat(t.Context(), key); err != nil {
		t.Errorf("a view of today is swept: %v", err)
	}
	later := time.Now().Add(time.Minute)
	found, err := old.Look(t.Context(), nil, later, 10)
	if err != nil || found.Rows != 1 || found.Bytes == 0 || found.Oldest.IsZero() || found.More {
		t.Errorf("there is %+v, %v", found, err)
	}
	if gone, err := old.Remove(t.Context(), nil, later, 10); err != nil || gone.Rows != 1 || gone.Bytes != found.Bytes {
		t.Fatalf("%+v, %v", gone, err)
	}
	if _, err := r.bucket.Stat(t.Context(), key); !fault.Is(err, fault.NotFound) {
		t.Errorf("an old view stays: %v", err)
	}
	if _, err := r.bucket.Stat(t.Context(), r.file.ObjectKey); err != nil {
		t.Errorf("the document itself: %v", err)
	}
}
