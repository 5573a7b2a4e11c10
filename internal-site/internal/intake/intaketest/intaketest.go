// Package intaketest sends submissions as the public site does and lets the intake take them, for tests of the domains that submissions
// are handed to. Only tests may import it.
package intaketest

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

var key = sync.OnceValue(func() seal.PrivateKey {
	k, err := seal.Generate("portal.example")
	if err != nil {
		panic(err)
	}
	return k
})

// Node is an inside whose intake hands submissions to some handlers.
type Node struct {
	*fixture.Region
	Quarantine *blob.Bucket
	handlers   []intake.Handler
}

// New makes a node with the fixture's region.
func New(tb testing.TB, handlers ...intake.Handler) *Node {
	tb.Helper()
	return &Node{Region: fixture.New(tb), Quarantine: blobtest.Bucket(tb, "quarantine"), handlers: handlers}
}

// Sender is what the public site knows of a submission before it is written.
type Sender struct {
	MessageID uuid.UUID
	Number    string
	Code      seal.Code
	CodeHash  string
	At        time.Time
}

// NewSender makes up somebody who sends, with a code of their own.
func NewSender(tb testing.TB) Sender {
	tb.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(tb, err)
	number, err := contract.NewReceiptNumber(nil)
	must(tb, err)
	hash := code.Hash()
	return Sender{uuid.Must(uuid.NewV7()), number, code, hex.EncodeToString(hash[:]), time.Now().UTC()}
}

// File is one attachment as somebody sends it.
type File struct{ Field, Document, Content string }

// Attach seals files into the quarantine and returns what the record and the channel say of them.
func (n *Node) Attach(tb testing.TB, message uuid.UUID, files []File) (attachments []contract.Attachment, sealed []contract.SealedFile) {
	tb.Helper()
	sealed = []contract.SealedFile{}
	for _, f := range files {
		var out bytes.Buffer
		w, err := seal.FileWriter(&out, key().Public().Files())
		must(tb, err)
		_, err = w.Write([]byte(f.Content))
		must(tb, err)
		must(tb, w.Close())
		id, sum := uuid.Must(uuid.NewV7()), sha256.Sum256([]byte(f.Content))
		attachments = append(attachments, contract.Attachment{
			ID: id, Field: f.Field, Document: f.Document, Name: "скан.pdf", MediaType: "application/pdf", Size: int64(len(f.Content)),
			SHA256: hex.EncodeToString(sum[:]),
		})
		stored, err := n.Quarantine.PutBytes(tb.Context(), contract.FileKey(message, id), out.Bytes(), "")
		must(tb, err)
		sealed = append(sealed, contract.SealedFile{Key: contract.FileKey(message, id), Size: int64(out.Len()), SHA256: stored})
	}
	return attachments, sealed
}

// Send seals the record, receives it and lets the intake take all that waits.
func (n *Node) Send(tb testing.TB, by Sender, record contract.Record, files []contract.SealedFile) {
	tb.Helper()
	raw, err := contract.Encode(record, time.Now())
	must(tb, err)
	envelope, err := key().Public().Seal(seal.Bound{Kind: record.Kind(), MessageID: by.MessageID}, raw)
	must(tb, err)
	if files == nil {
		files = []contract.SealedFile{}
	}
	list, err := json.Marshal(files)
	must(tb, err)
	sum := sha256.Sum256(envelope)
	_, err = n.DB.PoolAs("fetcher").Exec(tb.Context(), "select intake.receive($1, $2, $3, $4, $5, $6, $7, now())",
		by.MessageID, record.Kind(), by.Number, key().KeyID(), envelope, sum[:], list)
	must(tb, err)
	n.Work(tb)
}

// Work lets the intake take all that waits.
func (n *Node) Work(tb testing.TB) {
	tb.Helper()
	w := intake.New(intake.Options{
		Store: intake.NewStore(n.DB.PoolAs("intake")), Quarantine: n.Quarantine, Keys: seal.NewKeyring(key()),
		Handlers: n.handlers, Log: slog.New(slog.DiscardHandler),
	})
	for {
		found, err := w.Next(tb.Context())
		must(tb, err)
		if !found {
			return
		}
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
