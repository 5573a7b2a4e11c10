package submission

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/seal"
)

// Incoming is a file while it is being received; its type has been checked by its first bytes.
type Incoming struct {
	Field     string
	Name      string
	MediaType string
	Body      io.Reader
}

// AddFile seals a file as it arrives and adds it to the draft. What does not fit (number, size) is Invalid and leaves
// nothing behind; neither does a failure half way.
func (d *Desk) AddFile(ctx context.Context, t Token, s Service, in Incoming) error {
	draft, field, err := d.expects(ctx, t, s, in.Field)
	if err != nil {
		return err
	}
	if err := d.store.room(ctx); err != nil {
		return err
	}
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, ctx.Err(), "")
	}
	file, sealed, err := d.sealFile(in, field)
	if err != nil {
		return err
	}
	if draft.filesSize()+file.Size > contract.MaxFilesSize {
		return tooMuch(field.Name)
	}
	return d.keepFile(ctx, t, s, draft.MessageID, file, sealed)
}

// expects returns the draft and the field that takes a file, if both have room for one more.
func (d *Desk) expects(ctx context.Context, t Token, s Service, name string) (*Draft, *forms.Field, error) {
	draft, err := d.Load(ctx, t, s)
	if err != nil {
		return nil, nil, err
	}
	field := s.Form.Field(name)
	if field == nil || field.Widget != forms.WidgetFile {
		return nil, nil, fault.New(fault.Invalid, "apply.file_unexpected")
	}
	return draft, field, draft.fits(field)
}

func (d *Desk) sealFile(in Incoming, field *forms.Field) (File, []byte, error) {
	var sealed bytes.Buffer
	w, err := seal.FileWriter(&sealed, d.key.Files())
	if err != nil {
		return File{}, nil, err
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(in.Body, contract.MaxFileSize+1))
	if err != nil {
		return File{}, nil, err
	}
	if size > contract.MaxFileSize {
		return File{}, nil, fault.InvalidFields(fault.FieldError{Field: in.Field, Key: "apply.file_size", Args: []any{contract.MaxFileSize >> 20}})
	}
	if err := w.Close(); err != nil {
		return File{}, nil, err
	}
	sealedSum := sha256.Sum256(sealed.Bytes())
	return File{
		Attachment: contract.Attachment{
			ID: newFileID(), Field: field.Name, Document: field.Document, Name: contract.FileName(in.Name, in.MediaType), MediaType: in.MediaType,
			Size: size, SHA256: hex.EncodeToString(sum.Sum(nil)),
		},
		Sealed: contract.SealedFile{Size: int64(sealed.Len()), SHA256: hex.EncodeToString(sealedSum[:])},
	}, sealed.Bytes(), nil
}

// keys of the objects that the draft names.
func (d *Draft) keys() (keys []string) {
	for _, f := range d.Files {
		keys = append(keys, f.Sealed.Key)
	}
	return keys
}

func (d *Desk) keepFile(ctx context.Context, t Token, s Service, message uuid.UUID, file File, sealed []byte) error {
	file.Sealed.Key = contract.FileKey(message, file.ID)
	if _, err := d.bucket.Put(ctx, file.Sealed.Key, bytes.NewReader(sealed), int64(len(sealed)), "application/octet-stream", file.Sealed.SHA256); err != nil {
		return fault.Wrap(fault.Unavailable, err, "apply.store_down")
	}
	_, err := d.Change(ctx, t, s, func(draft *Draft) error {
		if err := draft.fits(s.Form.Field(file.Field)); err != nil {
			return err
		}
		if draft.filesSize()+file.Size > contract.MaxFilesSize {
			return tooMuch(file.Field)
		}
		draft.Files = append(draft.Files, file)
		return nil
	})
	if err != nil {
		d.dropObject(ctx, file.Sealed.Key)
	}
	return err
}

// RemoveFile takes a file out of the draft.
func (d *Desk) RemoveFile(ctx context.Context, t Token, s Service, id string) error {
	key := ""
	_, err := d.Change(ctx, t, s, func(draft *Draft) error {
		kept := draft.Files[:0]
		for _, f := range draft.Files {
			if f.ID.String() == id {
				key = f.Sealed.Key
				continue
			}
			kept = append(kept, f)
		}
		draft.Files = kept
		return nil
	})
	if err == nil && key != "" {
		d.dropObject(ctx, key)
	}
	return err
}

// dropObject removes an object; one that stays is sealed, and goes when its draft expires.
func (d *Desk) dropObject(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := d.bucket.Remove(ctx, key); err != nil {
		slog.WarnContext(ctx, "attachment stays until its draft expires", "error", err)
	}
}

func (d *Desk) removeObjects(ctx context.Context, keys []string) error {
	var failed error
	for _, key := range keys {
		failed = errors.Join(failed, d.bucket.Remove(ctx, key))
	}
	return failed
}

// Clean removes expired drafts and the files of those that were never sent. It returns how many drafts went.
func (d *Desk) Clean(ctx context.Context) (int, error) {
	ids, keys, err := d.store.expired(ctx, 500)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := d.removeObjects(ctx, keys); err != nil {
		return 0, err // the rows stay, so that the files are found again
	}
	return len(ids), d.store.remove(ctx, ids)
}

// cleanEvery is how often expired drafts are looked for.
const cleanEvery = 10 * time.Minute

// KeepClean cleans until ctx ends.
func (d *Desk) KeepClean(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(cleanEvery)
	defer ticker.Stop()
	for {
		if n, err := d.Clean(ctx); err != nil && ctx.Err() == nil {
			log.Warn("expired applications could not be cleaned", "error", err)
		} else if n > 0 {
			log.Info("expired applications removed", "number", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
