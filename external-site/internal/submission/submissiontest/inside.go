package submissiontest

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

// Pending is a message as the fetcher sees it.
type Pending struct {
	ID          uuid.UUID
	Kind        string
	Receipt     string
	KeyID       string
	Envelope    []byte
	SHA256      []byte
	Attachments []byte
	SubmittedAt time.Time
}

// Fetch returns what waits in the channel.
func (r *Region) Fetch() []Pending {
	r.tb.Helper()
	rows, err := r.DB.PoolAs("syncer_fetcher").Query(context.Background(), "select * from inbound.pending(100)")
	if err != nil {
		r.tb.Fatal(err)
	}
	defer rows.Close()
	var out []Pending
	for rows.Next() {
		var p Pending
		if err := rows.Scan(&p.ID, &p.Kind, &p.Receipt, &p.KeyID, &p.Envelope, &p.SHA256, &p.Attachments, &p.SubmittedAt); err != nil {
			r.tb.Fatal(err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		r.tb.Fatal(err)
	}
	return out
}

// Acknowledge erases a message as the fetcher does once it is inside.
func (r *Region) Acknowledge(p Pending) {
	r.tb.Helper()
	if _, err := r.DB.PoolAs("syncer_fetcher").Exec(context.Background(), "select inbound.acknowledge($1, $2)", p.ID, p.SHA256); err != nil {
		r.tb.Fatal(err)
	}
}

// Open opens an application as the intake worker does.
func (p Pending) Open(tb testing.TB) contract.Application {
	tb.Helper()
	return *p.Record(tb).(*contract.Application)
}

// Record opens a message of any kind as the intake worker does.
func (p Pending) Record(tb testing.TB) contract.Record {
	tb.Helper()
	record, err := seal.NewKeyring(Key()).Open(seal.Bound{Kind: p.Kind, MessageID: p.ID}, p.Envelope)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := contract.Decode(p.Kind, record, time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// OpenFile opens an attachment as the intake worker does.
func (p Pending) OpenFile(tb testing.TB, bucket *blob.Bucket, id uuid.UUID) []byte {
	tb.Helper()
	files, err := contract.ParseSealedFiles(p.ID, p.Attachments)
	if err != nil {
		tb.Fatal(err)
	}
	sealed, err := bucket.ReadAll(tb.Context(), files[id].Key, files[id].SHA256, 20<<20)
	if err != nil {
		tb.Fatal(err)
	}
	opened, err := seal.FileReader(bytes.NewReader(sealed), seal.NewKeyring(Key()).Files()...)
	if err != nil {
		tb.Fatal(err)
	}
	content, err := io.ReadAll(opened)
	if err != nil {
		tb.Fatal(err)
	}
	return content
}
