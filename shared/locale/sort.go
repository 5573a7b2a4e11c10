package locale

import (
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A collator keeps buffers and so must not be shared between goroutines.
var (
	collators        = collatorsOf(language.Ukrainian)
	englishCollators = collatorsOf(language.English)
)

func collatorsOf(tag language.Tag) *sync.Pool {
	return &sync.Pool{New: func() any { return collate.New(tag, collate.IgnoreCase, collate.Numeric) }}
}

// SortBy sorts items by the text that key returns, by the Ukrainian alphabet (г ґ д е є ж з и і ї й),
// numbers by value; equal texts keep their order.
func SortBy[T any](items []T, key func(T) string) { sortWith(collators, items, key) }

// SortByName sorts items by the name that a reader of the language sees, by the alphabet of that language. In English
// the names that are not translated stand behind the others, by the Ukrainian alphabet.
func SortByName[T any](items []T, lang Lang, name func(T) Text) {
	SortBy(items, func(item T) string { return name(item).UK })
	if lang != EN {
		return
	}
	translated := func(item T) bool { return name(item).EN != "" }
	slices.SortStableFunc(items, func(a, b T) int {
		switch {
		case translated(a) == translated(b):
			return 0
		case translated(a):
			return -1
		}
		return 1
	})
	end := slices.IndexFunc(items, func(item T) bool { return !translated(item) })
	if end < 0 {
		end = len(items)
	}
	sortWith(englishCollators, items[:end], func(item T) string { return name(item).EN })
}

func sortWith[T any](pool *sync.Pool, items []T, key func(T) string) {
	c := pool.Get().(*collate.Collator)
	defer pool.Put(c)
	slices.SortStableFunc(items, func(a, b T) int { return c.CompareString(key(a), key(b)) })
}
