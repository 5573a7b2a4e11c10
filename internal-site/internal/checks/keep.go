package checks

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// Shelf is where the files lie; a blob.Bucket is one.
type Shelf interface {
	// Remove deletes the object; one that is gone already is no error.
	Remove(ctx context.Context, key string) error
}

// Keeper removes the files of packages that were kept for as long as people were told. It runs where objects may be removed: in the
// intake worker.
type Keeper struct {
	store *KeeperStore
	shelf Shelf
}

// NewKeeper makes a keeper with the store of the role intake.
func NewKeeper(store *KeeperStore, shelf Shelf) *Keeper { return &Keeper{store, shelf} }

// keptAtOnce is how many packages one round looks at; the next one takes the rest.
const keptAtOnce = 100

// Tidy removes what is due. The objects go first and the rows after them: killed in between, it finds them again. A package whose
// objects cannot be removed hides none of the others, and is tried again by the next round.
func (k *Keeper) Tidy(ctx context.Context) error {
	due, err := k.store.due(ctx, keptAtOnce)
	if err != nil {
		return err
	}
	var failed error
	for pack, keys := range due {
		failed = errors.Join(failed, k.remove(ctx, pack, keys))
	}
	return failed
}

func (k *Keeper) remove(ctx context.Context, pack uuid.UUID, keys []string) error {
	for _, key := range keys {
		if err := k.shelf.Remove(ctx, key); err != nil {
			return err
		}
	}
	return k.store.forget(ctx, pack)
}
