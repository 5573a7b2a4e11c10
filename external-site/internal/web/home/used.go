package home

import (
	"context"
	"sync"
	"time"

	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/replica"
)

// The services that most people come for change from month to month, and counting their cases is dear: they are counted once an hour.
const (
	shownUsed   = 6
	countedDays = 90
	recount     = time.Hour
	retry       = time.Minute // after a count that failed, which costs nobody the page
)

// usedServices remembers the codes of the services that are used most.
type usedServices struct {
	mu    sync.Mutex
	codes []string
	until time.Time
}

// get returns the codes, and until when they stand; one visitor at a time counts them, while the others read what is known.
func (u *usedServices) get(ctx context.Context, source replica.Source, now time.Time) ([]string, time.Time) {
	u.mu.Lock()
	codes, until := u.codes, u.until
	fresh := now.Before(until)
	if !fresh {
		u.until = now.Add(retry)
	}
	u.mu.Unlock()
	if fresh {
		return codes, until
	}
	ctx = kept.Apart(ctx) // or no first page would be kept: cases change all the time
	err := source.At(ctx, func(v replica.View) (err error) {
		codes, err = v.Catalogue.MostUsed(ctx, now.AddDate(0, 0, -countedDays), shownUsed)
		return err
	})
	if err != nil {
		return nil, now.Add(retry)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.codes, u.until = codes, now.Add(recount)
	return u.codes, u.until
}
