package demo

import (
	"fmt"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/locale"
)

// builder turns content into rows. It keeps the first error in err; the rows made after that are not used.
type builder struct {
	*content
	dataset
	makers
	today    time.Time // the day of loading, midnight UTC
	offers   []*offer
	byCentre map[string]*staff
	byOffice map[string]*staff               // by key of the authority
	seats    map[offices.Office]access.Actor // who holds which office
	err      error
}

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("demo content: "+format, args...)
	}
}

// dawn is midnight of the day of loading; everything in the demo happened before it.
func (b *builder) dawn() time.Time { return kyiv(b.today, 0, 0) }

// founded is when the region began to use the portal.
func (b *builder) founded() time.Time { return kyiv(b.today.AddDate(0, 0, -500), 9, 0) }

// pick returns the building block with the name, or fails the build when by names one that does not exist.
func pick[T any](b *builder, from map[string]T, kind, name, by string) T {
	v, ok := from[name]
	if !ok {
		b.fail("%s: there is no %s %q", by, kind, name)
	}
	return v
}

func (b *builder) texts(from map[string]locale.Text, kind, by string, names []string) []locale.Text {
	out := make([]locale.Text, len(names))
	for i, n := range names {
		out[i] = pick(b, from, kind, n, by)
	}
	return out
}
