package inbound

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
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

// checkFiles checks each attachment that is announced, and all of them together.
func (m *message) checkFiles() error {
	total, seen := int64(0), map[string]bool{}
	for _, a := range m.files {
		if err := a.checkAttachment(m.ID); err != nil {
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

// checkAttachment makes sure that a message can only bring objects of its own.
func (a attachment) checkAttachment(id string) error {
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
