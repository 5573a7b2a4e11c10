package documents

import (
	"context"

	"portal.example/shared/fault"
)

// Objects is the object store of this node; blob.Bucket is one.
type Objects interface {
	// ReadAll returns an object of at most limit bytes whose SHA-256 is want.
	ReadAll(ctx context.Context, key, want string, limit int64) ([]byte, error)
}

// MaxSize is the largest file that is served. Files are checked whole before their first byte is sent.
const MaxSize = 32 << 20

// Vault reads the bytes of files.
type Vault struct {
	objects Objects
	places  chan struct{} // files in memory at once
}

// NewVault makes a vault over the store.
func NewVault(objects Objects) *Vault {
	return &Vault{objects: objects, places: make(chan struct{}, 8)}
}

// Read returns the file's bytes, checked against its SHA-256. A file whose bytes are not here, or are not those
// of the register, is Unavailable.
func (v *Vault) Read(ctx context.Context, f File) ([]byte, error) {
	if !f.Ready {
		return nil, fault.New(fault.Unavailable, "documents.on_its_way")
	}
	select {
	case v.places <- struct{}{}:
		defer func() { <-v.places }()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "")
	}
	data, err := v.objects.ReadAll(ctx, f.key, f.SHA256, MaxSize)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "documents.unreadable")
	}
	return data, nil
}
