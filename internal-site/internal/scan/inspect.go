package scan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
)

// Scanner looks for malware: the name of what it found, "" for a clean file, an Unavailable fault when it cannot say.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (string, error)
}

// ErrNotItsType says that a file is not of the type that was declared, or holds what it may not.
var ErrNotItsType = errors.New("the content is not of the declared type")

// Malware is the error of a file in which something was found.
type Malware struct{ Name string }

// Error implements error.
func (m *Malware) Error() string { return "malware: " + m.Name }

// What staff read about a file that was taken.
const (
	NoteClean      = "malware: none found"
	NoteNotScanned = "malware: not scanned"
)

// Within is what one file may take of the scanner's time.
const Within = 40 * time.Second

// Inspect looks at whatever enters: the content has to be of its type and hold nothing that harms whoever opens it. It
// returns a note for staff. A nil scanner is a node without one; a scanner that does not answer is an Unavailable fault.
func Inspect(ctx context.Context, s Scanner, mediaType string, content []byte) (note string, err error) {
	if !LooksLike(mediaType, content) {
		return "", ErrNotItsType
	}
	if s == nil {
		return NoteNotScanned, nil
	}
	found, err := Bytes(ctx, s, content)
	switch {
	case err != nil:
		return "", err
	case found != "":
		return "", &Malware{found}
	}
	return NoteClean, nil
}

// Bytes has content scanned within the time that one file may take.
func Bytes(ctx context.Context, s Scanner, content []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, Within)
	defer cancel()
	return s.Scan(ctx, bytes.NewReader(content))
}
