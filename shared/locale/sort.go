package locale

import (
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A collator keeps buffers and so must not be shared between goroutines.
var collators = sync.Pool{New: func() any {
	return collate.New(language.Ukrainian, collate.IgnoreCase, collate.Numeric)
}}

// SortBy sorts items by the text that key returns, by the Ukrainian alphabet (г ґ д е є ж з и і ї й),
// numbers by value; equal texts keep their order.
func SortBy[T any](items []T, key func(T) string) {
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	slices.SortStableFunc(items, func(a, b T) int { return c.CompareString(key(a), key(b)) })
}
