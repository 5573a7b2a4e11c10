// Package datasets is the open data that the inside publishes as files: the newest edition whose files have all arrived here, and their
// bytes. It reads the replica and the object store and never writes. It may import shared and internal/documents; store.go holds the SQL.
package datasets

import (
	"context"
	"io"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/opendata"
)

// Objects is the object store of this node; blob.Bucket is one.
type Objects interface {
	Get(ctx context.Context, key, want string) (io.ReadCloser, blob.Info, error)
	ReadAll(ctx context.Context, key, want string, limit int64) ([]byte, error)
}

// maxIndex is the largest index that is read: of hundreds of years.
const maxIndex = 1 << 20

// NotThere is a fault of kind NotFound: no set is published, or its files have not arrived.
func NotThere() error { return fault.New(fault.NotFound, "datasets.none") }

// FileNamed returns the file of the edition with the name, NotFound when it has none.
func FileNamed(e opendata.Edition, name string) (opendata.File, error) {
	for _, f := range e.Files() {
		if f.Name == name {
			return f, nil
		}
	}
	return opendata.File{}, NotThere()
}
