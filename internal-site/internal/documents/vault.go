package documents

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/scan"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Vault is the object store behind the register: one bucket for each name that rows have.
type Vault struct {
	buckets map[string]*blob.Bucket
	scanner scan.Scanner
}

// NewVault returns the vault over the two buckets of the internal node. Whatever is put into it is looked into first, by
// scanner too unless that is nil.
func NewVault(documents, quarantine *blob.Bucket, scanner scan.Scanner) *Vault {
	return &Vault{buckets: map[string]*blob.Bucket{BucketDocuments: documents, BucketQuarantine: quarantine}, scanner: scanner}
}

// Open opens the bytes of a file. Reading fails at the end when they are not those of the register.
func (v *Vault) Open(ctx context.Context, f File) (io.ReadCloser, error) {
	bucket := v.buckets[f.Bucket]
	if bucket == nil {
		return nil, fault.New(fault.Unavailable, "")
	}
	r, _, err := bucket.Get(ctx, f.ObjectKey, f.SHA256)
	return r, err
}

// Check reads the bytes of a file and says whether they are those that the register was given: nil, a fault of kind
// Unavailable while the store does not answer, and any other error when they are gone or others.
func (v *Vault) Check(ctx context.Context, f File) error {
	r, err := v.Open(ctx, f)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = io.Copy(io.Discard, r)
	return err
}

// Put looks into the bytes of f, stores them and returns f with their size, hash and what the scanner said. What Inspect
// refuses is not taken.
func (v *Vault) Put(ctx context.Context, f File, data []byte) (File, error) {
	note, err := v.Inspect(ctx, f.MediaType, data)
	if err != nil {
		return f, err
	}
	f.Notes = note
	return v.store(ctx, f, data)
}

// Inspect looks into a file that enters the node, also one that is kept elsewhere than here, and returns a note for staff.
// What is not of its type or holds malware is Invalid, and while the scanner does not answer everything is Unavailable.
func (v *Vault) Inspect(ctx context.Context, mediaType string, data []byte) (note string, err error) {
	note, err = scan.Inspect(ctx, v.scanner, mediaType, data)
	var malware *scan.Malware
	switch {
	case errors.Is(err, scan.ErrNotItsType):
		return "", fault.Wrap(fault.Invalid, err, "documents.not_its_type")
	case errors.As(err, &malware):
		return "", fault.Wrap(fault.Invalid, err, "documents.malware")
	case err != nil:
		return "", fault.Wrap(fault.Unavailable, err, "documents.scanner_unavailable")
	}
	return note, nil
}

// CheckOf returns the words that say what the malware scanner found when the file entered, "" when its notes are others.
func CheckOf(f File) string {
	switch f.Notes {
	case scan.NoteClean:
		return "documents.clean"
	case scan.NoteNotScanned:
		return "documents.not_scanned"
	}
	return ""
}

// Refusal returns the words with which a form says that a file was not taken, "" when err is nothing of the file's.
func Refusal(err error) string {
	if fault.Is(err, fault.Invalid) || fault.MessageKey(err) == "documents.scanner_unavailable" {
		return fault.MessageKey(err)
	}
	return ""
}

func (v *Vault) store(ctx context.Context, f File, data []byte) (File, error) {
	sum := sha256.Sum256(data)
	f.Size, f.SHA256, f.Bucket = int64(len(data)), hex.EncodeToString(sum[:]), BucketDocuments
	if _, err := v.buckets[BucketDocuments].PutBytes(ctx, f.ObjectKey, data, f.MediaType); err != nil {
		return f, fmt.Errorf("store %s: %w", f.Purpose, err)
	}
	return f, nil
}

// Undo takes the bytes of files away whose rows were not written because of cause, and returns cause. When the
// database went away, perhaps after it had committed, nobody knows whether the rows are there: then the bytes stay,
// as an object that nothing names does no harm, and a row without its object is a document lost.
func (v *Vault) Undo(ctx context.Context, cause error, files ...File) error {
	if !rolledBack(cause) {
		return cause
	}
	return errors.Join(cause, v.Remove(ctx, files...))
}

// Remove deletes the bytes of files that no row names any more.
func (v *Vault) Remove(ctx context.Context, files ...File) error {
	var failed error
	for _, f := range files {
		failed = errors.Join(failed, v.buckets[BucketDocuments].Remove(context.WithoutCancel(ctx), f.ObjectKey))
	}
	return failed
}

// NewResult is a result as it was uploaded.
type NewResult struct {
	CaseID     uuid.UUID
	CaseNumber string
	Recipient  string // age recipient of the applicant; "" when there is none
	FileName   string
	MediaType  string
	UploadedBy uuid.UUID
	Data       []byte
	Before     int // how many results the case has had already
	// Title is what the applicant finds it as, instead of the words for a result, and Kind how its file is called, instead of
	// «result»; both leave.
	Title locale.Text
	Kind  string
	// Signs is the result that this is an electronic signature of, and SealedAs how its applicant knows that; the signature is called
	// after it.
	Signs    *uuid.UUID
	SealedAs string
	// Made says that the portal has made the file itself, so that there is nothing to look for in it.
	Made bool
}

// PutResult stores the original of a result and, when the applicant holds a code, the same bytes sealed so
// that only that code opens them; the sealed file is the one that leaves. The rows are the caller's to
// write; when that fails, Undo takes the bytes away again.
func (v *Vault) PutResult(ctx context.Context, n NewResult) ([]File, error) {
	put := v.Put
	if n.Made {
		put = v.store
	}
	original, err := put(ctx, newResultFile(n, Result, "results/"), n.Data)
	if err != nil {
		return nil, err
	}
	files := []File{original}
	if n.Recipient == "" {
		return files, nil
	}
	sealed, err := seal.ForCode(n.Recipient, n.Data)
	if err != nil {
		return nil, errors.Join(err, v.Remove(ctx, files...))
	}
	f := newResultFile(n, SealedResult, "sealed/")
	title, kind := n.Title, cmp.Or(n.Kind, "result")
	if title.IsZero() {
		title = titleOfResult()
	}
	f.Title, f.TitleEN, f.Published = title.UK, title.EN, true
	f.OriginalID = &original.ID
	f.FileName = kind + "-" + safeName(n.CaseNumber) + ordinal(n.Before) + strings.ToLower(path.Ext(n.FileName))
	if n.SealedAs != "" {
		f.FileName = n.SealedAs + path.Ext(n.FileName)
	}
	if f, err = v.store(ctx, f, sealed); err != nil {
		return nil, errors.Join(err, v.Remove(ctx, files...))
	}
	return append(files, f), nil
}

func newResultFile(n NewResult, purpose Purpose, folder string) File {
	id := uuid.Must(uuid.NewV7())
	return File{
		ID: id, Purpose: purpose, Title: cmp.Or(n.Title.UK, n.FileName), FileName: n.FileName, MediaType: n.MediaType, ObjectKey: folder + id.String(),
		CaseID: &n.CaseID, UploadedBy: &n.UploadedBy, SignsID: n.Signs,
	}
}

// ordinal tells a later result of a case from those before it by its name, also after the others were withdrawn.
func ordinal(before int) string {
	if before == 0 {
		return ""
	}
	return "-" + strconv.Itoa(before+1)
}

// safeName keeps of a number what any file system takes.
func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '-', r == '.':
			return r
		}
		return '-'
	}, s)
}
