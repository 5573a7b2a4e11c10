package wire

import "fmt"

// Version of the frames. Each side refuses any other. What tells two releases apart must be understood by both of them: in every version
// the first byte of a Have and of a Hello is the version, and an End is a class and a text.
const Version = 4

// VersionError says that reader and writer speak different versions of the frames. It goes away once both are of one release, so it is
// worth another try.
type VersionError struct{ Reader, Writer byte }

func (e *VersionError) Error() string {
	return fmt.Sprintf("reader and writer are of different releases: the reader speaks version %d of the wire, the writer version %d; "+
		"install the same release for both and start both again (the stream goes on where it stood)", e.Reader, e.Writer)
}

// Is reports that a frame of another version is one that this side cannot read.
func (e *VersionError) Is(target error) bool { return target == ErrFrame } //nolint:errorlint // as errors.Is asks it

// checkVersion looks at the version of the frames that tell it, before anything else of them is read.
func checkVersion(kind Kind, payload []byte) error {
	switch {
	case len(payload) == 0 || payload[0] == Version:
	case kind == KindHave:
		return &VersionError{Reader: Version, Writer: payload[0]}
	case kind == KindHello:
		return &VersionError{Reader: payload[0], Writer: Version}
	}
	return nil
}
