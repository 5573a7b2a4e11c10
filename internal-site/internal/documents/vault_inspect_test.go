package documents_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
)

// sniffer finds malware in what says so, and is away when asked to be.
type sniffer struct{ away bool }

func (s *sniffer) Scan(_ context.Context, r io.Reader) (string, error) {
	if s.away {
		return "", fault.New(fault.Unavailable, "intake.scanner_unavailable")
	}
	content, err := io.ReadAll(r)
	if strings.Contains(string(content), "EICAR") {
		return "Eicar-Test-Signature", err
	}
	return "", err
}

// Whatever staff bring is looked into before it lies in the store, as what citizens send is.
func TestWhatStaffBringIsLookedInto(t *testing.T) {
	bucket := blobtest.Bucket(t, "documents")
	scanner := &sniffer{}
	vault := documents.NewVault(bucket, bucket, scanner)
	put := func(content string) (documents.File, error) {
		return vault.Put(t.Context(), documents.File{
			ID: uuid.New(), Purpose: documents.Template, MediaType: "application/pdf", ObjectKey: "templates/" + uuid.NewString(),
		}, []byte(content))
	}
	for _, c := range []struct{ content, want string }{
		{"%PDF-1.7", ""}, {"%PDF-1.7 EICAR", "documents.malware"}, {"<html>", "documents.not_its_type"}, {"PK\x03\x04EICAR", "documents.not_its_type"},
	} {
		f, err := put(c.content)
		if documents.Refusal(err) != c.want || c.want == "" && (err != nil || f.Notes != "malware: none found") {
			t.Errorf("%q: %q, %v", c.content, f.Notes, err)
		}
		if _, errStat := bucket.Stat(t.Context(), f.ObjectKey); (errStat == nil) != (c.want == "") {
			t.Errorf("%q lies in the store: %v", c.content, errStat)
		}
	}
	if _, err := vault.PutResult(t.Context(), documents.NewResult{
		CaseID: uuid.New(), FileName: "act.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7 EICAR"),
	}); documents.Refusal(err) != "documents.malware" {
		t.Errorf("a result: %v", err)
	}
	scanner.away = true
	if _, err := put("%PDF-1.7"); documents.Refusal(err) != "documents.scanner_unavailable" || !fault.Is(err, fault.Unavailable) {
		t.Errorf("without its scanner: %v", err)
	}
}
