package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
)

// carrier copies attachments from the store outside to the store inside.
type carrier struct {
	outside *blob.Bucket
	inside  *blob.Bucket
	log     *slog.Logger
}

// bringAttachments copies what is not inside yet and reads each back; seen says that this very message is inside already. What lies
// inside under the id of a message is never overwritten: the outside could offer the id again with other files under the same keys.
func (c *carrier) bringAttachments(ctx context.Context, l *lines, m message) (seen bool, err error) {
	known, err := whatIsInside(ctx, l.inside, m)
	if err != nil || known == sameInside {
		return err == nil, err
	}
	for _, a := range m.files {
		if known == otherInside {
			if _, err := c.inside.Stat(ctx, a.Key); err == nil {
				continue
			} else if !fault.Is(err, fault.NotFound) {
				return false, fmt.Errorf("inbound, inside store: %w", err)
			}
		}
		if err := c.bringAttachment(ctx, a); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (c *carrier) bringAttachment(ctx context.Context, a attachment) error {
	if readBack(ctx, c.inside, a) == nil {
		return nil // brought before a restart
	}
	object, info, err := c.outside.Get(ctx, a.Key, a.SHA256)
	switch {
	case fault.Is(err, fault.NotFound):
		return &damaged{"an attachment is missing", true}
	case errors.Is(err, blob.ErrTooMuch):
		return broken("the store outside answers for an attachment with more than one could be")
	case err != nil:
		return c.judgeStore(ctx, err)
	}
	defer func() { _ = object.Close() }()
	if info.Size != a.Size {
		return broken("an attachment has %d bytes, its list says %d", info.Size, a.Size)
	}
	from := &blob.Source{R: io.LimitReader(object, a.Size)} // what fails there is no failure of the store inside
	failpoint.Hit("inbound.before_put")
	_, err = c.inside.Put(ctx, a.Key, from, a.Size, mediaType, a.SHA256)
	failpoint.Hit("inbound.after_put")
	if err == nil {
		err = readBack(ctx, c.inside, a)
	}
	switch {
	case errors.Is(err, blob.ErrMismatch), errors.Is(from.Err, blob.ErrMismatch):
		return broken("an attachment differs from its SHA-256")
	case errors.Is(err, blob.ErrSlow), errors.Is(err, blob.ErrTooMuch): // of one object, so that it holds up no other message
		return &damaged{"an attachment does not come: the store outside sends it by crumbs", true}
	case from.Err != nil:
		return c.judgeStore(ctx, from.Err)
	case err != nil:
		return fmt.Errorf("inbound, inside store: %w", err)
	}
	return nil
}

// nowhere is an object that nobody ever sends.
const nowhere = "00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000000"

// judgeStore says what a failure to bring one object means. A store that still answers for another object has something against this one
// (it redirects, fails, breaks off, answers at length): that puts off its message and no other. A store that answers for nothing is away,
// and everything waits for it.
func (c *carrier) judgeStore(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, err := c.outside.Stat(ctx, nowhere); err == nil || fault.Is(err, fault.NotFound) {
		c.log.Warn("inbound: the store outside does not give an attachment", "error", link.Text(cause))
		return &damaged{"an attachment does not come: the store outside answers for it with an error", true}
	}
	return fmt.Errorf("inbound, outside store: %w", cause)
}

func readBack(ctx context.Context, b *blob.Bucket, a attachment) error {
	r, _, err := b.Get(ctx, a.Key, a.SHA256)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	sum := sha256.New()
	if n, err := io.Copy(sum, io.LimitReader(r, maxAttachment+1)); err != nil || n != a.Size {
		return errors.Join(blob.ErrMismatch, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != a.SHA256 {
		return blob.ErrMismatch
	}
	return nil
}
