package wire

import (
	"errors"
	"strings"
	"testing"
)

// A first frame of another release is told from a damaged one, whatever follows its version.
func TestAnotherVersionIsNamed(t *testing.T) {
	t.Parallel()
	writer, reader := VersionError{Reader: Version, Writer: Version + 1}, VersionError{Reader: Version + 1, Writer: Version}
	for name, c := range map[string]struct {
		frame []byte
		want  VersionError
	}{
		"Have":           {AppendHave(nil, Have{Purpose: PurposeStream}), writer},
		"a strange Have": {[]byte{'h', 0, 0, 0, 3, 0, 1, 2}, writer},
		"Hello":          {AppendHello(nil, Hello{}), reader},
	} {
		c.frame[5] = Version + 1
		_, err := decodeAll(c.frame)
		var got *VersionError
		if !errors.As(err, &got) || *got != c.want || !errors.Is(err, ErrFrame) || !strings.Contains(err.Error(), "different releases") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
