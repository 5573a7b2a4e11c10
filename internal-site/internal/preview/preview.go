// Package preview shows documents that browsers cannot, as a PDF that the converter has made of them. A PDF is made when somebody
// wants to see it and kept for a while, by the SHA-256 of what it was made of. It is a view: the document itself stays what counts,
// and what is kept can be thrown away at any time. It may import golang.org/x/sync, shared/blob, shared/fault, and of this module
// internal/convert and internal/documents.
package preview

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"portal.example/internal-site/internal/convert"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
)

// Words say in both languages why a document cannot be shown.
//
//go:embed words
var Words embed.FS

// Documents opens what is to be shown; documents.Vault is one.
type Documents interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
}

// Shelf keeps what was made; blob.Bucket is one.
type Shelf interface {
	ReadAll(ctx context.Context, key, want string, limit int64) ([]byte, error)
	PutBytes(ctx context.Context, key string, data []byte, mediaType string) (string, error)
}

// Converter makes a PDF; convert.Client is one.
type Converter interface {
	Convert(ctx context.Context, mediaType string, document []byte) ([]byte, error)
}

// Previews makes views of documents and keeps them. Make it with New.
type Previews struct {
	documents Documents
	shelf     Shelf
	converter Converter
	log       *slog.Logger
	now       func() time.Time

	making singleflight.Group
	mu     sync.Mutex
	failed map[string]failure // by SHA-256
}

// failure is how a document ended of which no view could be made.
type failure struct {
	err error
	at  time.Time
}

const (
	folder     = "previews/"      // of the shelf
	within     = 90 * time.Second // making a view, whoever still waits for it
	remembered = time.Hour        // a document is not tried again so soon
	maxFailed  = 1000
)

// New makes previews. Without a converter nothing is shown, and said so; log may be nil.
func New(from Documents, shelf Shelf, converter Converter, log *slog.Logger) *Previews {
	if log == nil {
		log = slog.Default()
	}
	return &Previews{documents: from, shelf: shelf, converter: converter, log: log, now: time.Now, failed: map[string]failure{}}
}

// Takes says whether the document is of a kind of which views are made.
func (p *Previews) Takes(f documents.File) bool { return convert.Takes(f.MediaType) }

// Look says, without making anything, whether a view of the document may be asked for. What stands against it is an error with words
// for staff: there is no converter, or the document was tried a while ago.
func (p *Previews) Look(f documents.File) error {
	if p.converter == nil {
		return fault.New(fault.Unavailable, "preview.none")
	}
	if f.Size > convert.MaxSource {
		return convert.TooLarge.Failed(nil)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, tried := p.failed[f.SHA256]; tried && p.now().Sub(before.at) < remembered {
		return before.err
	}
	return nil
}

// PDF returns the view of the document, as it was kept or newly made. Several who want to see it wait for the same one, which is
// made to its end even when they leave.
func (p *Previews) PDF(ctx context.Context, f documents.File) ([]byte, error) {
	if err := p.Look(f); err != nil {
		return nil, err
	}
	made := p.making.DoChan(f.SHA256, func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
		defer cancel()
		return p.find(own, f)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case done := <-made:
		pdf, _ := done.Val.([]byte)
		return pdf, done.Err
	}
}

// find takes the view from the shelf, or makes it and puts it there. A shelf that does not answer costs the making anew.
func (p *Previews) find(ctx context.Context, f documents.File) ([]byte, error) {
	key := folder + f.SHA256 + ".pdf"
	kept, err := p.shelf.ReadAll(ctx, key, "", convert.MaxResult)
	if err == nil && bytes.HasPrefix(kept, []byte("%PDF-")) {
		return kept, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		p.log.WarnContext(ctx, "a kept preview cannot be read", "error", err)
	}
	document, err := p.read(ctx, f)
	if err != nil {
		return nil, err
	}
	pdf, err := p.converter.Convert(ctx, f.MediaType, document)
	if err != nil {
		p.remember(f.SHA256, err)
		return nil, err
	}
	if _, err := p.shelf.PutBytes(ctx, key, pdf, convert.MediaType); err != nil {
		p.log.WarnContext(ctx, "a preview cannot be kept", "error", err)
	}
	return pdf, nil
}

// read reads the document whole: its bytes are those of the register, or there is an error.
func (p *Previews) read(ctx context.Context, f documents.File) ([]byte, error) {
	r, err := p.documents.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	document, err := io.ReadAll(io.LimitReader(r, convert.MaxSource+1))
	if err == nil && len(document) > convert.MaxSource {
		err = convert.TooLarge.Failed(nil)
	}
	return document, err
}

// remember keeps how a document ended, when it would end the same way again.
func (p *Previews) remember(sha256 string, err error) {
	var failed *convert.Error
	if !errors.As(err, &failed) || !failed.Outcome.Lasts() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.failed) >= maxFailed {
		clear(p.failed)
	}
	p.failed[sha256] = failure{err, p.now()}
}
