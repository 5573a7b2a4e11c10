package documents_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// Bytes go only when their rows certainly were not written: a commit whose answer was lost may have happened.
func TestUndoKeepsWhatMayBeNamed(t *testing.T) {
	bucket := blobtest.Bucket(t, "documents")
	vault := documents.NewVault(bucket, bucket, nil)
	for name, c := range map[string]struct {
		cause error
		stays bool
	}{
		"somebody was faster":       {fault.New(fault.Conflict, ""), false},
		"no right":                  {fault.New(fault.Forbidden, ""), false},
		"the row is refused":        {&pgconn.PgError{Code: "23514"}, false},
		"the connection broke":      {io.ErrUnexpectedEOF, true},
		"the request took too long": {context.DeadlineExceeded, true},
		"the server goes down":      {fault.Wrap(fault.Unavailable, &pgconn.PgError{Code: "57P01"}, ""), true},
	} {
		f, err := vault.Put(t.Context(), documents.File{ID: uuid.New(), MediaType: "application/pdf", ObjectKey: "results/" + uuid.NewString()}, []byte("%PDF-1.7"))
		if err != nil {
			t.Fatal(err)
		}
		if err := vault.Undo(t.Context(), c.cause, f); !errors.Is(err, c.cause) {
			t.Errorf("%s: the cause is lost: %v", name, err)
		}
		_, err = bucket.Stat(t.Context(), f.ObjectKey)
		if stays := err == nil; stays != c.stays {
			t.Errorf("%s: the bytes stay %v, want %v (%v)", name, stays, c.stays, err)
		}
	}
}
