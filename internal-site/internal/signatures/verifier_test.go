package signatures

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/signaturetest"
	"portal.example/shared/signature/trust"
)

// memory is a case with files, and the evidence about them.
type memory struct {
	files  []documents.File
	bytes  map[uuid.UUID][]byte
	added  []Evidence
	latest map[uuid.UUID]Evidence
}

func (m *memory) Open(_ context.Context, f documents.File) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(m.bytes[f.ID])), nil
}

func (m *memory) Add(_ context.Context, e Evidence) error {
	m.added = append(m.added, e)
	m.latest[e.FileID] = e
	return nil
}

func (m *memory) OfCase(context.Context, uuid.UUID) (map[uuid.UUID]Evidence, error) {
	known := map[uuid.UUID]Evidence{}
	for id, e := range m.latest {
		known[id] = e
	}
	return known, nil
}

func (m *memory) Files(context.Context, uuid.UUID) ([]documents.File, error) { return m.files, nil }

func (m *memory) Pending(context.Context, int) ([]uuid.UUID, error) {
	if len(m.added) > 0 {
		return nil, nil
	}
	return []uuid.UUID{uuid.Nil}, nil
}

func (m *memory) put(name, mediaType string, content []byte, at time.Time) documents.File {
	f := documents.File{ID: uuid.New(), FileName: name, MediaType: mediaType, Purpose: documents.Received, UploadedAt: at}
	m.files, m.bytes[f.ID] = append(m.files, f), content
	return f
}

// What comes in is verified once; what was left open is verified again when the installation has other files of trust, and the
// earlier answer stays.
func TestOpenIsAskedAgainWhenTrustChanges(t *testing.T) {
	now := time.Now()
	w, err := signaturetest.NewWorld(signaturetest.ECDSA, now)
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{bytes: map[uuid.UUID][]byte{}, latest: map[uuid.UUID]Evidence{}}
	content := []byte("%PDF-1.7")
	m.put("чуже.pdf", "application/pdf", []byte("%PDF-1.7 чуже"), now)
	paper := m.put("лист.pdf", "application/pdf", content, now)
	signature, err := w.Person.Sign(content, false, now)
	if err != nil {
		t.Fatal(err)
	}
	f := m.put("підпис.p7s", TypeCMS, signature, now)
	folder := t.TempDir()
	clock := now
	v := New(m, m, folder, nil).At(func() time.Time { return clock })
	for range 2 {
		if err := v.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.added) != 1 || m.added[0].Result.Verdict != finding.Open || m.added[0].ContentID == nil || *m.added[0].ContentID != paper.ID {
		t.Fatalf("%+v", m.added)
	}
	if err := w.Write(folder); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(2 * trust.LookAgain)
	for range 2 {
		known, err := v.OfCase(t.Context(), uuid.Nil, m.files)
		if err != nil || known[f.ID].Result.Verdict != finding.Holds {
			t.Fatalf("%+v %v", known, err)
		}
	}
	if len(m.added) != 2 || m.added[0].Result.Verdict != finding.Open || m.added[0].Trust == m.added[1].Trust {
		t.Errorf("%d rows of evidence", len(m.added))
	}
	if err := os.WriteFile(filepath.Join(folder, "lists", "damaged.crl"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(2 * trust.LookAgain)
	if store, _, err := v.Trust(); err != nil || len(store.Lists()) != 2 {
		t.Errorf("a damaged file of trust takes the others along: %v", err)
	}
}

func TestNamesOfSignatures(t *testing.T) {
	for _, c := range []struct {
		signature, file string
		want            bool
	}{
		{"a.pdf.p7s", "a.pdf", true}, {"A.PDF.P7S", "a.pdf", true}, {"a.p7s", "a.pdf", true}, {"b.p7s", "a.pdf", false},
	} {
		if got := bears(c.signature, c.file); got != c.want {
			t.Errorf("%s of %s: %t", c.signature, c.file, got)
		}
	}
}
