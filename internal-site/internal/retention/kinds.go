package retention

import (
	"context"
	"slices"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/preview"
	"portal.example/shared/blob"
)

// Shelf is a bucket as kinds need it; blob.Bucket is one.
type Shelf interface {
	kept.Shelf
	Keys(ctx context.Context, prefix string, fn func(blob.Info) error) error
}

// Kinds lists what every domain keeps for a time, in the order of the page. A process passes the buckets that it may remove from; what
// lies in another is then only looked at.
func Kinds(documents, quarantine Shelf) []kept.Kind {
	return slices.Concat(
		intake.KeptKinds(quarantine), counter.KeptKinds(documents), cases.KeptKinds(), preview.KeptKinds(documents), notices.KeptKinds(), access.KeptKinds(),
	)
}
