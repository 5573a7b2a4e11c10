package submission

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// Incoming is a file while it is being received; its type has been checked by its first bytes.
type Incoming struct {
	Field     string
	Name      string
	MediaType string
	From      netip.Addr // where it comes from, for the share of room; it is kept nowhere
	Body      io.Reader
}

// AddFile seals a file as it arrives and adds it to the draft, whose next token it returns. What does not fit (number,
// size) is Invalid and leaves nothing behind; neither does a failure half way. A file that is still arriving holds no
// place: whoever sends slowly keeps nobody waiting.
func (d *Desk) AddFile(ctx context.Context, t Token, s Submission, in Incoming) (Token, error) {
	t, takes, err := d.expects(ctx, t, s, in)
	if err != nil {
		return t, err
	}
	if err := d.store.room(ctx, d.senders.name(in.From), s.Worked()); err != nil {
		return t, err
	}
	sealed, err := d.spool.Open(in.From, s.Worked())
	if err != nil {
		return t, err
	}
	defer sealed.Free()
	file, err := d.sealFile(sealed, in)
	if err != nil {
		return t, err
	}
	if err := s.Base().holds(in, file.Size); err != nil {
		return t, err
	}
	if err := sealed.Settle(); err != nil {
		return t, err
	}
	file.Document = takes.Document
	file.Sealed.Key = contract.FileKey(s.Base().MessageID, file.ID)
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return t, fault.Wrap(fault.Unavailable, ctx.Err(), "submission.busy")
	}
	return d.keepFile(ctx, t, s, takes, in, file, sealed)
}

// expects opens the draft into s and returns the rule of the field, if both have room for one more file.
func (d *Desk) expects(ctx context.Context, t Token, s Submission, in Incoming) (Token, FileField, error) {
	t, err := d.Load(ctx, t, s)
	if err != nil {
		return t, FileField{}, err
	}
	takes, ok := s.Takes(in.Field)
	if !ok {
		return t, takes, fault.New(fault.Invalid, "submission.file_unexpected")
	}
	return t, takes, s.Base().fits(in, takes)
}

// sealFile seals what comes into sealed.
func (d *Desk) sealFile(sealed *Spooled, in Incoming) (File, error) {
	whole := sha256.New()
	w, err := seal.FileWriter(io.MultiWriter(sealed, whole), d.key.Files())
	if err != nil {
		return File{}, err
	}
	sum, seen := sha256.New(), &head{bytes: make([]byte, 0, 16<<10)}
	defer func() { clear(seen.bytes) }()
	to := []io.Writer{w, sum}
	if in.MediaType == mediaSignature {
		to = append(to, seen)
	}
	size, err := copyAndClear(io.MultiWriter(to...), io.LimitReader(in.Body, contract.MaxFileSize+1))
	if err != nil {
		return File{}, err
	}
	if size > contract.MaxFileSize {
		return File{}, in.refuse("submission.file_size", contract.MaxFileSize>>20)
	}
	if err := w.Close(); err != nil {
		return File{}, err
	}
	file := File{
		Attachment: contract.Attachment{
			ID: uuid.Must(uuid.NewV7()), Field: in.Field, Name: contract.FileName(in.Name, in.MediaType), MediaType: in.MediaType,
			Size: size, SHA256: hex.EncodeToString(sum.Sum(nil)),
		},
		Sealed: contract.SealedFile{Size: sealed.size, SHA256: hex.EncodeToString(whole.Sum(nil))},
	}
	if file.IsSignature() {
		file.Wrong = WrongIn(seen.bytes, d.now())
	}
	return file, nil
}

// copyAndClear is io.Copy through a buffer that does not outlive it with what it held.
func copyAndClear(to io.Writer, from io.Reader) (int64, error) {
	buffer := make([]byte, 32<<10)
	defer clear(buffer)
	return io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, buffer)
}

// keepFile stores the object and adds it to the draft. The draft's row names the object before it is there, so that it
// goes with the draft whatever happens in between.
func (d *Desk) keepFile(ctx context.Context, t Token, s Submission, takes FileField, in Incoming, file File, sealed *Spooled) (Token, error) {
	key := file.Sealed.Key
	if err := d.store.claim(ctx, t, key); err != nil {
		return t, err
	}
	if _, err := d.bucket.Put(ctx, key, sealed.Reader(), sealed.size, "application/octet-stream", file.Sealed.SHA256); err != nil {
		return t, fault.Wrap(fault.Unavailable, err, "submission.store_down")
	}
	t, err := d.Change(ctx, t, s, func() error {
		if err := s.Base().Attach(in, takes, file); err != nil {
			return err
		}
		return s.Adopt()
	})
	if err != nil {
		d.dropObject(ctx, key)
	}
	return t, err
}

// RemoveFile takes a file out of the draft.
func (d *Desk) RemoveFile(ctx context.Context, t Token, s Submission, id string) (Token, error) {
	key := ""
	t, err := d.Change(ctx, t, s, func() error {
		key = s.Base().Detach(id)
		return s.Adopt()
	})
	if err == nil && key != "" {
		d.dropObject(ctx, key)
	}
	return t, err
}

// dropObject removes an object that no record will name. One that stays is sealed, and goes when its draft does: the
// draft's row still names it.
func (d *Desk) dropObject(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := d.bucket.Remove(ctx, key); err != nil {
		slog.WarnContext(ctx, "attachment stays until its draft expires", "error", err)
	}
}

func removeObjects(ctx context.Context, bucket *blob.Bucket, keys []string) error {
	var failed error
	for _, key := range keys {
		failed = errors.Join(failed, bucket.Remove(ctx, key))
	}
	return failed
}
