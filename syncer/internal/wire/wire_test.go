package wire

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"
)

func all() []byte {
	at := time.Date(2026, 11, 22, 10, 0, 0, 1000, time.UTC)
	b := AppendHello(nil, Hello{SystemID: "7", Timeline: 1, Digest: "d", Start: 5, Settled: 6, Session: "s", Copy: true})
	b = AppendRelation(b, Relation{ID: 3, Schema: "s", Name: "t", Columns: []Column{{"a", "text"}, {"b", "int"}}, Key: []uint16{1}})
	b = AppendBegin(b, Begin{9, at, 77})
	b = AppendChange(b, Change{Kind: KindInsert, Table: 3, New: Row{Values: [][]byte{[]byte("x"), nil}}})
	b = AppendChange(b, Change{
		Kind: KindUpdate, Table: 3, Old: Row{Values: [][]byte{nil, []byte("1")}},
		New: Row{Values: [][]byte{nil, {}}, Unchanged: []bool{true, false}},
	})
	b = AppendChange(b, Change{Kind: KindDelete, Table: 3, Old: Row{Values: [][]byte{nil, []byte("1")}}})
	b = AppendTruncate(b, Truncate{[]uint16{3, 1}})
	b = AppendCommit(b, Commit{10, at, 12})
	b = AppendProgress(b, Progress{11, at, 0})
	b = AppendAck(b, Ack{LSN: 10})
	b = AppendHave(b, Have{
		Purpose: PurposeStream, Digest: "d", SystemID: "7", Timeline: 1, Applied: 5, Settled: 6, LastEnd: 4, LastAt: at, Session: "s", Table: 3,
		Tables: []HaveTable{{ID: 1, State: TableReady, Filter: "(a)", Published: 7, Leaves: "p 1.2.3", Catalog: "{}"}, {ID: 2, State: TableCopying}}, Pieces: []string{"s.t:1", "s.t:2"}, Plain: []uint16{1},
	})
	b = AppendChunk(b, Chunk{77, 78})
	b = AppendChunkEnd(b)
	b = AppendStreamAbort(b, StreamAbort{77, 78})
	b = AppendStreamCommit(b, StreamCommit{77, 9, 10, at, 12})
	b = AppendPiece(b, Piece{Table: 3, ID: "s.t:1", Number: 1, Of: 2, Bytes: 10, Binary: true})
	b = AppendData(b, []byte("raw"))
	b = AppendPieceEnd(b, PieceEnd{5})
	b = AppendMark(b, Mark{Table: 2, Published: 16500, Leaves: "p 1.2.3", Catalog: `{"t":1}`, Harm: "why"})
	b = AppendDone(b)
	b = AppendOffer(b, Offer{Number: 1, Key: "k", SHA256: "ab", Size: -1})
	k, empty := "k", ""
	b = AppendBlock(b, Block{
		Table: 3, Key: []string{"a", "b"}, Order: "int4", After: Key{&k, nil}, UpTo: Key{&empty, &k}, Last: true,
		Buckets: 1, Hash: "UTF8 1", Rows: 5, Total: 50, Lacks: "no index",
	})
	b = AppendSums(b, Sums{First: 2, Sums: []Sum{{1, -2, 3}, {}}})
	b = AppendPrints(b, Prints{{Key{&k}, 1, -1}, {Key{nil, &empty}, 0, 2}})
	b = AppendMoment(b, Moment{Snapshot: "7:9:8", LSN: 10})
	b = AppendTurn(b, Turn{Step: StepRows, Portable: true, Numbers: []uint32{0, 7}})
	b = AppendHave(b, Have{Purpose: PurposeCompare, Digest: "d", Table: 3, After: Key{&k}, UpTo: Key{nil, &empty}})
	return AppendEnd(b, End{EndUnsafe, "RESYNC REQUIRED"})
}

// again encodes what was decoded, for comparing bytes.
func again(frames []any) []byte {
	var b []byte
	for _, f := range frames {
		switch v := f.(type) {
		case Hello:
			b = AppendHello(b, v)
		case *Relation:
			b = AppendRelation(b, *v)
		case Begin:
			b = AppendBegin(b, v)
		case *Change:
			b = AppendChange(b, *v)
		case Truncate:
			b = AppendTruncate(b, v)
		case Commit:
			b = AppendCommit(b, v)
		case Progress:
			b = AppendProgress(b, v)
		case Ack:
			b = AppendAck(b, v)
		case Have:
			b = AppendHave(b, v)
		case Chunk:
			b = AppendChunk(b, v)
		case ChunkEnd:
			b = AppendChunkEnd(b)
		case StreamAbort:
			b = AppendStreamAbort(b, v)
		case StreamCommit:
			b = AppendStreamCommit(b, v)
		case Mark:
			b = AppendMark(b, v)
		case Block:
			b = AppendBlock(b, v)
		case Sums:
			b = AppendSums(b, v)
		case Prints:
			b = AppendPrints(b, v)
		case Moment:
			b = AppendMoment(b, v)
		case Turn:
			b = AppendTurn(b, v)
		case Piece:
			b = AppendPiece(b, v)
		case Data:
			b = AppendData(b, v)
		case PieceEnd:
			b = AppendPieceEnd(b, v)
		case Done:
			b = AppendDone(b)
		case Offer:
			b = AppendOffer(b, v)
		case End:
			b = AppendEnd(b, v)
		}
	}
	return b
}

func decodeAll(b []byte) (frames []any, err error) {
	r := NewReader(bytes.NewReader(b), 1<<20)
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return frames, err
		}
		frames = append(frames, f)
	}
}

func TestRoundTrip(t *testing.T) {
	frames, err := decodeAll(all())
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) != 28 || !bytes.Equal(again(frames), all()) {
		t.Errorf("%d frames came back as something else", len(frames))
	}
	update := frames[4].(*Change)
	if !update.New.Partial() || !reflect.DeepEqual(update.New.Unchanged, []bool{true, false}) || update.New.Values[1] == nil {
		t.Errorf("unchanged, NULL and empty must differ: %+v", update.New)
	}
}

func TestRefusesLongAndCutFrames(t *testing.T) {
	if _, err := decodeAll([]byte{'I', 0xff, 0xff, 0xff, 0xff}); !errors.Is(err, ErrFrame) {
		t.Errorf("long frame: %v", err)
	}
	b := all()
	for n := range len(b) {
		if frames, err := decodeAll(b[:n]); err == nil && !bytes.Equal(again(frames), b[:n]) {
			t.Fatalf("cut at %d was accepted", n)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(all())
	f.Fuzz(func(t *testing.T, b []byte) {
		frames, err := decodeAll(b)
		if err == nil && !bytes.Equal(again(frames), b) {
			t.Error("decoding and encoding again gave other bytes")
		}
	})
}
