package embedded_test

import (
	"embed"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"portal.example/shared/internal/embedded"
)

//go:embed cache.go
var one embed.FS

//go:embed cache_test.go
var two embed.FS

type named struct {
	fs.FS
	name string
}

func (n named) Unwrap() fs.FS { return n.FS }

// What is asked for again is made once; another order, another name and another value beside the folders are something else.
func TestEachListIsMadeOnce(t *testing.T) {
	t.Parallel()
	var kept embedded.Cache[int]
	times := 0
	ask := func(key embedded.Key) int {
		t.Helper()
		made, err := kept.Get(key, func() (int, error) { times++; return times, nil })
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	lists := []func() embedded.Key{
		func() embedded.Key { return embedded.KeyOf(nil, one, two) },
		func() embedded.Key { return embedded.KeyOf(nil, two, one) },
		func() embedded.Key { return embedded.KeyOf(nil, one) },
		func() embedded.Key { return embedded.KeyOf("staff", one) },
		func() embedded.Key { return embedded.KeyOf(nil, named{one, "a"}) },
		func() embedded.Key { return embedded.KeyOf(nil, named{one, "b"}) },
		func() embedded.Key { return embedded.KeyOf(nil) },
	}
	for range 2 {
		for i, list := range lists {
			if got := ask(list()); got != i+1 {
				t.Errorf("list %d gave what was made for list %d", i+1, got)
			}
		}
	}
}

// Files outside the program may change, and what failed is tried again.
func TestWhatMayChangeIsMadeAnew(t *testing.T) {
	t.Parallel()
	var kept embedded.Cache[int]
	times := 0
	count := func() (int, error) { times++; return times, nil }
	loose := fstest.MapFS{}
	for range 2 {
		for _, f := range []fs.FS{loose, named{loose, "a"}, named{named{loose, "a"}, "b"}} {
			if _, err := kept.Get(embedded.KeyOf(nil, one, f), count); err != nil {
				t.Fatal(err)
			}
		}
	}
	if times != 6 {
		t.Errorf("made %d times, want 6", times)
	}
	key, failed := embedded.KeyOf("failing", one), errors.New("failed")
	if _, err := kept.Get(key, func() (int, error) { return 0, failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if _, err := kept.Get(key, count); err != nil || times != 7 {
		t.Errorf("made %d times, %v", times, err)
	}
}
