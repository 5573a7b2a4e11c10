package locale_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"portal.example/shared/locale"
)

func TestDistinctKeepsTheFirstOfEach(t *testing.T) {
	a, b := &pointed{}, &pointed{}
	incomparable := fstest.MapFS{}
	list := locale.Distinct(a, b, a, incomparable, b)
	if len(list) != 3 || list[0] != fs.FS(a) || list[1] != fs.FS(b) {
		t.Errorf("%d folders: %v", len(list), list)
	}
}

// pointed is a file system whose values can be compared, as embed.FS can.
type pointed struct{ fstest.MapFS }
