package tracking

import (
	"bytes"
	"context"
	"io"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// Objects is the object store of this node; blob.Bucket is one.
type Objects interface {
	ReadAll(ctx context.Context, key, want string, limit int64) ([]byte, error)
}

// MaxResult is the largest sealed result that is opened.
const MaxResult = 40 << 20

// Vault opens results for the holder of the code.
type Vault struct {
	objects Objects
	places  chan struct{} // results in memory at once
}

// NewVault makes a vault over the bucket documents.
func NewVault(objects Objects) *Vault {
	return &Vault{objects: objects, places: make(chan struct{}, 4)}
}

// Open returns the result with the id in the clear. Its bytes are compared with the register and authenticated whole
// before the first of them is given away.
func (v *Vault) Open(ctx context.Context, s Status, id uuid.UUID, code seal.Code) (Result, []byte, error) {
	for _, r := range s.Results {
		if r.ID != id {
			continue
		}
		if !r.Ready {
			return r, nil, fault.New(fault.Unavailable, "track.result_on_its_way")
		}
		content, err := v.read(ctx, r, code)
		return r, content, err
	}
	return Result{}, nil, fault.New(fault.NotFound, "")
}

func (v *Vault) read(ctx context.Context, r Result, code seal.Code) ([]byte, error) {
	select {
	case v.places <- struct{}{}:
		defer func() { <-v.places }()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "")
	}
	sealed, err := v.objects.ReadAll(ctx, r.key, r.SHA256, MaxResult)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "track.result_unreadable")
	}
	identity, err := code.Identity()
	if err != nil {
		return nil, err
	}
	opened, err := seal.FileReader(bytes.NewReader(sealed), identity)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "track.result_unreadable")
	}
	content, err := io.ReadAll(opened)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "track.result_unreadable")
	}
	return content, nil
}
