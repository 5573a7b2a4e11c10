package stream

import (
	"strings"
	"testing"

	"portal.example/syncer/internal/wire"
)

// A change of a row that nothing identifies is refused in its place, and names what is wrong; rows that were inserted meanwhile need no
// identity, and what follows is passed on.
func TestChangesOfRowsWithoutIdentityAreRefused(t *testing.T) {
	bare := func(xid ...any) []any { // as the source describes shop.items while it has REPLICA IDENTITY NOTHING
		columns := appendParts(nil, []byte{0, 3}, byte(0), "big", 25, -1, byte(0), "id", 20, -1, byte(0), "name", 25, -1)
		return append(xid, itemsOID, "shop", "items", byte('n'), columns)
	}
	row := tuple('N', "b", "1", "n")
	for name, change := range map[string]struct {
		kind   byte
		tuples []any
	}{
		"updated": {'U', []any{row}},
		"deleted": {'D', []any{tuple('O', "b", "1", "n")}},
	} {
		for _, streamed := range []bool{false, true} {
			s, in := new(script), []any(nil)
			if streamed {
				in = []any{1}
				s.start(1, 1)
			} else {
				s.begin(1, 10)
			}
			with := func(parts ...any) []any { return append(append([]any(nil), in...), parts...) }
			s.data('R', bare(in...)...).data('I', with(itemsOID, row)...).data(change.kind, with(append([]any{itemsOID}, change.tuples...)...)...)
			s.data('R', items(in...)...).data('I', with(itemsOID, tuple('N', "b", "2", "n"))...)
			if streamed {
				s.stop().streamCommit(1, 10)
			} else {
				s.commit(10)
			}
			frames, err := play(t, testReader(Options{StreamAbove: 1}), s)
			if err != nil {
				t.Errorf("%s, streamed=%t: %v", name, streamed, err)
				continue
			}
			var refused []wire.Refusal
			inserted := 0
			for _, f := range frames {
				switch f := f.(type) {
				case wire.Refusal:
					refused = append(refused, f)
				case *wire.Change:
					if f.Kind != wire.KindInsert {
						t.Errorf("%s, streamed=%t: %+v was passed on", name, streamed, f)
					}
					inserted++
				}
			}
			if len(refused) != 1 || inserted != 2 || !strings.Contains(refused[0].Why, "no replica identity") || refused[0].Key != "id=1" {
				t.Errorf("%s, streamed=%t: %d rows inserted, refused %+v", name, streamed, inserted, refused)
			}
		}
	}
}
