package blob_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"portal.example/shared/blob"
)

// A failure of the source is told from one of whoever reads it, and its end is no failure.
func TestSourceIsToBlame(t *testing.T) {
	broke, other := errors.New("the connection broke"), errors.New("the disk is full")
	from := &blob.Source{R: io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broke))}
	if _, err := io.Copy(io.Discard, from); !errors.Is(err, broke) || !errors.Is(from.Err, broke) || !errors.Is(from.Blame(other), broke) {
		t.Errorf("copying: %v, to blame: %v", err, from.Blame(other))
	}
	whole := &blob.Source{R: strings.NewReader("whole")}
	if n, err := io.Copy(io.Discard, whole); n != 5 || err != nil || whole.Err != nil || !errors.Is(whole.Blame(other), other) || whole.Blame(nil) != nil {
		t.Errorf("%d, %v, to blame: %v", n, err, whole.Blame(other))
	}
}
