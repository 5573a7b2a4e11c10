package request_test

import (
	"slices"
	"testing"

	"portal.example/internal-site/internal/web/request"
)

// A page beyond the last one is answered with the last one, as with a list that has become shorter.
func TestReadPageStaysInTheList(t *testing.T) {
	for _, tt := range []struct{ items, asked, shown, first int }{
		{0, 1, 1, -1},
		{0, 7, 1, -1},
		{3, 1, 1, 0},
		{3, 2, 1, 0},
		{10, 1, 1, 0},
		{10, 2, 1, 0},
		{11, 2, 2, 10},
		{25, 3, 3, 20},
		{25, 9, 3, 20},
	} {
		const size = 10
		list := make([]int, tt.items)
		for i := range list {
			list[i] = i
		}
		rows, total, shown, err := request.ReadPage(tt.asked, size, func(page int) ([]int, int, error) {
			from := min((page-1)*size, len(list))
			part := list[from:min(from+size, len(list))]
			if len(part) == 0 {
				return nil, 0, nil // as a store that counts the rows it returns
			}
			return part, len(list), nil
		})
		first := -1
		if len(rows) > 0 {
			first = slices.Min(rows)
		}
		if err != nil || total != tt.items || shown != tt.shown || first != tt.first {
			t.Errorf("page %d of %d items: page %d from %d, total %d, %v", tt.asked, tt.items, shown, first, total, err)
		}
	}
}
