package wire

import (
	"bytes"
	"reflect"
	"testing"
)

// FuzzParseChange: reading a change in place agrees with decoding it.
func FuzzParseChange(f *testing.F) {
	for _, c := range []Change{
		{Kind: KindInsert, Table: 3, New: Row{Values: [][]byte{[]byte("x"), nil}}},
		{Kind: KindUpdate, Old: Row{Values: [][]byte{nil, {}}}, New: Row{Values: [][]byte{nil, {}}, Unchanged: []bool{true, false}}},
		{Kind: KindDelete, Old: Row{Values: [][]byte{nil, []byte("1")}}},
	} {
		f.Add(byte(c.Kind), AppendChange(nil, c)[HeadSize:])
	}
	f.Fuzz(func(t *testing.T, kind byte, payload []byte) {
		if k := Kind(kind); k != KindInsert && k != KindUpdate && k != KindDelete {
			return
		}
		frame, err := Decode(Kind(kind), payload)
		var raw RawChange
		if rawErr := ParseChange(Kind(kind), payload, &raw); rawErr != nil {
			if c, ok := frame.(*Change); err == nil && (!ok || len(c.Old.Values) == len(c.New.Values) || len(c.Old.Values) == 0 || len(c.New.Values) == 0) {
				t.Fatalf("decoded, but not parsed in place: %v", rawErr)
			}
			return
		}
		if err != nil {
			t.Fatalf("parsed in place, but not decoded: %v", err)
		}
		c := frame.(*Change)
		if raw.Table != c.Table || raw.Partial != c.New.Partial() || raw.Columns != max(len(c.Old.Values), len(c.New.Values)) {
			t.Fatalf("%+v is not %+v", raw, c)
		}
		same(t, raw.Old, c.Old)
		same(t, raw.New, c.New)
	})
}

func same(t *testing.T, raw RawRow, row Row) {
	t.Helper()
	if got := raw.Values(len(row.Values)); len(row.Values) > 0 && !reflect.DeepEqual(got, row) {
		t.Fatalf("%+v is not %+v", got, row)
	}
}

// Every frame that can be cut off is read as Reader.Next reads it.
func TestHead(t *testing.T) {
	b, again := all(), []byte(nil)
	for len(b) > 0 {
		kind, size, ok, err := Head(b, MaxFrame)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		again = append(again, byte(kind))
		b = b[HeadSize+size:]
	}
	frames, _ := decodeAll(all())
	if len(again) != len(frames) || !bytes.HasPrefix(again, []byte{'H', 'R', 'B', 'I', 'U', 'D'}) {
		t.Errorf("kinds %q of %d frames", again, len(frames))
	}
	if _, _, _, err := Head([]byte{'I', 0, 0, 0, 9}, 8); err == nil {
		t.Error("a frame beyond the limit was let through")
	}
}
