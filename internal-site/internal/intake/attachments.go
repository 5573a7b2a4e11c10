package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"portal.example/internal-site/internal/scan"
	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// attachments opens, checks and scans every file of a submission and stores it where staff can read it. The keys
// depend on the message alone, so doing it again overwrites the same objects with the same bytes.
func (w *Worker) attachments(ctx context.Context, m Message, list []contract.Attachment) ([]File, error) {
	sealed, err := contract.ParseSealedFiles(m.SealedID, m.Attachments)
	if err != nil || len(sealed) != len(list) {
		return nil, &Refusal{Reason: ReasonMismatch, Detail: "attachments", Cause: err}
	}
	files := make([]File, 0, len(list))
	for _, att := range list {
		where, ok := sealed[att.ID]
		if !ok {
			return nil, &Refusal{Reason: ReasonMismatch, Detail: "attachments"}
		}
		file, err := w.attachment(ctx, m, att, where)
		var refusal *Refusal
		if errors.As(err, &refusal) {
			refusal.Detail = describe(att, refusal.Detail)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// describe names a file to staff.
func describe(att contract.Attachment, detail string) string {
	if detail == "" {
		return fmt.Sprintf("%s: %s", att.Field, att.Name)
	}
	return fmt.Sprintf("%s: %s — %s", att.Field, att.Name, detail)
}

func (w *Worker) attachment(ctx context.Context, m Message, att contract.Attachment, where contract.SealedFile) (File, error) {
	content, err := w.unsealFile(ctx, att, where)
	if err != nil {
		return File{}, err
	}
	defer clear(content)
	notes, err := w.inspect(ctx, m, att, content)
	if err != nil {
		return File{}, err
	}
	key := openedKey(m.ID, att.ID)
	if _, err := w.quarantine.PutBytes(ctx, key, content, att.MediaType); err != nil {
		return File{}, fmt.Errorf("store opened attachment: %w", err)
	}
	return File{Attachment: att, ObjectKey: key, Notes: notes}, nil
}

// unsealFile brings the file's own bytes, checked against what the sealed record says of them.
func (w *Worker) unsealFile(ctx context.Context, att contract.Attachment, where contract.SealedFile) ([]byte, error) {
	object, info, err := w.quarantine.Get(ctx, where.Key, where.SHA256)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, &Refusal{Reason: ReasonFileMissing, Cause: err}
	case err != nil:
		return nil, fmt.Errorf("read attachment: %w", err)
	}
	defer func() { _ = object.Close() }()
	if info.Size != where.Size {
		return nil, &Refusal{Reason: ReasonFileDamaged, Detail: "size"}
	}
	content, err := w.decrypt(object, att.Size)
	switch {
	case errors.Is(err, blob.ErrMismatch), errors.Is(err, seal.ErrCannotOpen):
		return nil, &Refusal{Reason: ReasonFileDamaged, Cause: err}
	case err != nil:
		return nil, fmt.Errorf("read attachment: %w", err)
	}
	sum := sha256.Sum256(content)
	if int64(len(content)) != att.Size || hex.EncodeToString(sum[:]) != att.SHA256 {
		return nil, &Refusal{Reason: ReasonFileDamaged, Detail: "sha-256"}
	}
	return content, nil
}

func (w *Worker) decrypt(sealed io.Reader, size int64) ([]byte, error) {
	source := &blob.Source{R: sealed} // a store that went away is not taken for a damaged file
	opened, err := seal.FileReader(source, w.keys.Files()...)
	if err != nil {
		return nil, source.Blame(err)
	}
	content := bytes.NewBuffer(make([]byte, 0, size+1))
	if _, err := io.Copy(content, io.LimitReader(opened, size+1)); err != nil {
		return nil, source.Blame(fmt.Errorf("%w: %w", seal.ErrCannotOpen, err))
	}
	// age stops at its last piece; reading on makes the store compare the object's hash.
	if _, err := io.Copy(io.Discard, source); err != nil {
		return nil, source.Blame(err)
	}
	return content.Bytes(), nil
}

// scanTries is how often a message waits for the scanner before the fault is looked for in its files.
const scanTries = 3

// inspect compares content with the declared type and has it scanned. It returns a note for staff.
func (w *Worker) inspect(ctx context.Context, m Message, att contract.Attachment, content []byte) (string, error) {
	note, err := scan.Inspect(ctx, w.scanner, att.MediaType, content)
	var malware *scan.Malware
	switch {
	case errors.Is(err, scan.ErrNotItsType):
		return "", &Refusal{Reason: ReasonFileType, Detail: att.MediaType}
	case errors.As(err, &malware):
		return "", &Refusal{Reason: ReasonMalware, Detail: malware.Name}
	case err != nil && m.Attempts > scanTries && w.failsOnlyOn(ctx, content):
		return "", &Refusal{Reason: ReasonNotScanned, Cause: err}
	}
	return note, err
}

// failsOnlyOn says whether the scanner is well and content is what it fails on: a file can be made to keep it busy for
// longer than it is given, or to go beyond its limits. Such a file would take its time again and again, and its message
// would wait for ever.
func (w *Worker) failsOnlyOn(ctx context.Context, content []byte) bool {
	if _, err := scan.Bytes(ctx, w.scanner, []byte("harmless")); err != nil {
		return false
	}
	_, err := scan.Bytes(ctx, w.scanner, content) // it may have come back just now
	return fault.Is(err, fault.Unavailable)
}
