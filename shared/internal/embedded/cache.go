// Package embedded keeps what was made of files that are part of the program. Such files never change, so reading them twice gives the
// same again; a program reads some words for several catalogues, and a test makes the same site for each of its cases. It may import the
// standard library only.
package embedded

import (
	"embed"
	"io/fs"
	"sync"
)

// Key names a list of folders. The zero value names none that can be kept.
type Key struct{ last any }

// link is a folder and those before it.
type link struct{ folder, before any }

// KeyOf names the folders in their order, and with them what else counts, which must be comparable. A folder that is not embedded in the
// program may change: a list with one has no name.
func KeyOf(also any, folders ...fs.FS) Key {
	last := also
	for _, f := range folders {
		if !fixed(f) {
			return Key{}
		}
		last = link{folder: f, before: last}
	}
	return Key{last: link{before: last}}
}

// Wrapped is a folder that only says something about another one, and can be compared.
type Wrapped interface{ Unwrap() fs.FS }

func fixed(f fs.FS) bool {
	if w, ok := f.(Wrapped); ok {
		return fixed(w.Unwrap())
	}
	_, ok := f.(embed.FS)
	return ok
}

// Cache keeps one T for each key. It is for values that nobody changes.
type Cache[T any] struct {
	mu   sync.Mutex
	made map[Key]T
}

// Get returns what is kept under the key, or else what fresh makes, which is kept unless it fails. Under no name nothing is kept.
func (c *Cache[T]) Get(key Key, fresh func() (T, error)) (T, error) {
	if key == (Key{}) {
		return fresh()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, ok := c.made[key]; ok {
		return kept, nil
	}
	made, err := fresh()
	if err != nil {
		return made, err
	}
	if c.made == nil {
		c.made = map[Key]T{}
	}
	c.made[key] = made
	return made, nil
}
