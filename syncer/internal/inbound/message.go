package inbound

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
)

// Limits of what is carried; the sites' own are lower.
const (
	maxEnvelope    = 1 << 20
	maxAttachment  = 64 << 20
	maxTotal       = 256 << 20 // bytes of all attachments of a message
	maxAttachments = 20
	maxManifest    = 64 << 10
	passingTries   = 6
	mediaType      = "application/octet-stream"
)

// message is one sealed submission as the outside offers it.
type message struct {
	ID          string
	Kind        string
	Receipt     string
	KeyID       string
	Envelope    []byte
	SHA256      []byte
	Attachments string // JSON as it came
	SubmittedAt time.Time

	files []attachment
}

type attachment struct {
	Key    string `json:"key"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// damaged says why a message cannot be brought whole. The reason is ours, never the message's content.
type damaged struct {
	reason  string
	passing bool // may be otherwise in a moment
}

func (d *damaged) Error() string { return d.reason }

func broken(format string, args ...any) error { return &damaged{reason: fmt.Sprintf(format, args...)} }

var hexSHA = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checkMessage looks at everything that can be known without opening the envelope.
func (m *message) checkMessage() error {
	sum := sha256.Sum256(m.Envelope)
	switch {
	case len(m.Envelope) > maxEnvelope:
		return broken("the envelope has %d bytes, %d are allowed", len(m.Envelope), maxEnvelope)
	case subtle.ConstantTimeCompare(sum[:], m.SHA256) != 1:
		return broken("the envelope differs from its SHA-256")
	case len(m.Kind) > 100 || len(m.Receipt) > 100 || len(m.KeyID) > 100:
		return broken("kind, receipt number or key id is too long")
	case len(m.Attachments) > maxManifest:
		return broken("the list of attachments is too long")
	}
	if err := json.Unmarshal([]byte(m.Attachments), &m.files); err != nil {
		return broken("the list of attachments cannot be read")
	}
	if len(m.files) > maxAttachments {
		return broken("%d attachments, %d are allowed", len(m.files), maxAttachments)
	}
	return m.checkFiles()
}

// checkFiles looks at each attachment as it is announced, and at all together.
func (m *message) checkFiles() error {
	total, seen := int64(0), map[string]bool{}
	for _, a := range m.files {
		if err := a.check(m.ID); err != nil {
			return err
		}
		if total += a.Size; total > maxTotal {
			return broken("the attachments have more than the %d bytes that are allowed together", maxTotal)
		}
		if seen[a.Key] {
			return broken("an attachment is listed twice")
		}
		seen[a.Key] = true
	}
	return nil
}

// check makes sure that a message can only bring objects of its own.
func (a attachment) check(id string) error {
	rest, own := strings.CutPrefix(a.Key, id+"/")
	switch {
	case !own || rest == "" || len(rest) > 100 || strings.ContainsAny(rest, "/\\") || strings.Contains(rest, ".."):
		return broken("an attachment's key does not belong to the message")
	case a.Size < 0 || a.Size > maxAttachment:
		return broken("an attachment has %d bytes, %d are allowed", a.Size, maxAttachment)
	case !hexSHA.MatchString(a.SHA256):
		return broken("an attachment's SHA-256 is malformed")
	}
	return nil
}

// bringAttachments copies what is not inside yet and reads each back; seen says that this very message is inside already. What lies
// inside under the id of a message is never overwritten: the outside could offer the id again with other files under the same keys.
func (f *Fetcher) bringAttachments(ctx context.Context, l *lines, m message) (seen bool, err error) {
	known, err := whatIsInside(ctx, l.inside, m)
	if err != nil || known == sameInside {
		return err == nil, err
	}
	for _, a := range m.files {
		if known == otherInside {
			if _, err := f.InsideStore.Stat(ctx, a.Key); err == nil {
				continue
			} else if !fault.Is(err, fault.NotFound) {
				return false, fmt.Errorf("inbound, inside store: %w", err)
			}
		}
		if err := f.bringAttachment(ctx, a); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (f *Fetcher) bringAttachment(ctx context.Context, a attachment) error {
	if readBack(ctx, f.InsideStore, a) == nil {
		return nil // brought before a restart
	}
	object, info, err := f.OutsideStore.Get(ctx, a.Key, a.SHA256)
	switch {
	case fault.Is(err, fault.NotFound):
		return &damaged{"an attachment is missing", true}
	case errors.Is(err, blob.ErrTooMuch):
		return broken("the store outside answers for an attachment with more than one could be")
	case err != nil:
		return f.judgeStore(ctx, err)
	}
	defer func() { _ = object.Close() }()
	if info.Size != a.Size {
		return broken("an attachment has %d bytes, its list says %d", info.Size, a.Size)
	}
	from := &source{r: io.LimitReader(object, a.Size)}
	failpoint.Hit("inbound.before_put")
	_, err = f.InsideStore.Put(ctx, a.Key, from, a.Size, mediaType, a.SHA256)
	failpoint.Hit("inbound.after_put")
	if err == nil {
		err = readBack(ctx, f.InsideStore, a)
	}
	switch {
	case errors.Is(err, blob.ErrMismatch), errors.Is(from.err, blob.ErrMismatch):
		return broken("an attachment differs from its SHA-256")
	case errors.Is(err, blob.ErrSlow), errors.Is(err, blob.ErrTooMuch): // of one object, so that it holds up no other message
		return &damaged{"an attachment does not come: the store outside sends it by crumbs", true}
	case from.err != nil:
		return f.judgeStore(ctx, from.err)
	case err != nil:
		return fmt.Errorf("inbound, inside store: %w", err)
	}
	return nil
}

// source remembers why reading from outside failed, so that it is not taken for a failure of the store inside.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// nowhere is an object that nobody ever sends.
const nowhere = "00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000000"

// judgeStore says what a failure to bring one object means. A store that still answers for another object has something against this one
// (it redirects, fails, breaks off, answers at length): that puts off its message and no other. A store that answers for nothing is away,
// and everything waits for it.
func (f *Fetcher) judgeStore(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, err := f.OutsideStore.Stat(ctx, nowhere); err == nil || fault.Is(err, fault.NotFound) {
		f.Log.Warn("inbound: the store outside does not give an attachment", "error", link.Text(cause))
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
