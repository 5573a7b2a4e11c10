package scan

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
)

// Files returns files as they enter from a folder: each is read whole and scanned when it is opened, and one that holds
// malware, or more than limit bytes, cannot be opened. A nil scanner is a node without one.
func Files(ctx context.Context, s Scanner, files fs.FS, limit int64) fs.FS {
	if s == nil {
		return files
	}
	return scanned{files, limit, func(content []byte) error {
		found, err := Bytes(ctx, s, content)
		if err == nil && found != "" {
			err = &Malware{found}
		}
		return err
	}}
}

type scanned struct {
	files fs.FS
	limit int64
	look  func(content []byte) error
}

// Open implements fs.FS.
func (s scanned) Open(name string) (fs.File, error) {
	f, err := s.files.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		return f, nil
	}
	defer f.Close() //nolint:errcheck // it is read whole
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, s.limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(content)) > s.limit:
		return nil, fmt.Errorf("larger than %d MB", s.limit>>20)
	}
	if err := s.look(content); err != nil {
		return nil, err
	}
	return looked{bytes.NewReader(content), info}, nil
}

// looked is a file whose content was scanned: what is read is what the scanner saw.
type looked struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat implements fs.File.
func (l looked) Stat() (fs.FileInfo, error) { return l.info, nil }

// Close implements fs.File.
func (l looked) Close() error { return nil }
