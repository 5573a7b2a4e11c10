package region

import (
	"context"
	"sync"
	"time"
)

// Fresh is how long a profile is shown before it is read again.
const Fresh = 5 * time.Second

// readTimeout keeps a page from waiting for its header.
const readTimeout = time.Second

// Watch caches the profile, which every page shows. While the database does not answer, pages show the last profile that
// was read. It is safe for concurrent use; a nil Watch returns the zero Profile.
type Watch struct {
	read   func(context.Context) (Profile, error)
	now    func() time.Time
	failed func(error)

	mu      sync.Mutex
	profile Profile
	readAt  time.Time
}

// NewWatch makes a watch. failed is told when the profile cannot be read.
func NewWatch(read func(context.Context) (Profile, error), now func() time.Time, failed func(error)) *Watch {
	return &Watch{read: read, now: now, failed: failed}
}

// Profile returns the region as it was at most Fresh ago. Only one caller at a time reads the database; the others get the
// cached profile.
func (w *Watch) Profile(ctx context.Context) Profile {
	if w == nil {
		return Profile{}
	}
	w.mu.Lock()
	present, due := w.profile, w.readAt.IsZero() || w.now().Sub(w.readAt) >= Fresh || w.now().Before(w.readAt)
	if due {
		w.readAt = w.now()
	}
	w.mu.Unlock()
	if !due {
		return present
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	p, err := w.read(ctx)
	if err != nil {
		w.failed(err)
		return present
	}
	w.mu.Lock()
	w.profile = p
	w.mu.Unlock()
	return p
}

// Forget makes the next page read the profile again, after it was changed here.
func (w *Watch) Forget() {
	if w == nil {
		return
	}
	w.mu.Lock()
	w.readAt = time.Time{}
	w.mu.Unlock()
}
