package convert

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
)

// Limits of what a document may unpack to, by what comes out of it and not by what it says of itself.
const (
	maxParts    = 2000
	maxUnpacked = 100 << 20
)

// unpack unpacks the document into nothing and refuses one that is no archive or unpacks to more than a document ever does.
func unpack(document []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return Unreadable.Failed(err)
	}
	if len(archive.File) > maxParts {
		return TooLarge.Failed(errors.New("it has too many parts"))
	}
	left := int64(maxUnpacked)
	for _, part := range archive.File {
		n, err := unpackPart(part, left)
		if err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// unpackPart unpacks a part of at most left bytes and returns how many they are.
func unpackPart(part *zip.File, left int64) (int64, error) {
	r, err := part.Open()
	if err != nil {
		return 0, Unreadable.Failed(err)
	}
	defer func() { _ = r.Close() }()
	n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
	switch {
	case n > left:
		return n, TooLarge.Failed(errors.New("it unpacks to too much"))
	case err != nil:
		return n, Unreadable.Failed(err)
	}
	return n, nil
}
