package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

func TestOrdinaryTransactions(t *testing.T) {
	r := testReader(Options{Start: publisher.Position{Applied: 100}})
	s := new(script).
		begin(1, 50).data('R', items()...).insert(itemsOID, tuple('N', "b", "1", "n")).commit(50). // on the target already
		begin(2, 100).insert(itemsOID, tuple('N', "b", "2", "NULL")).
		data('U', itemsOID, tuple('K', "NULL", "2", "NULL"), tuple('N', "~", "3", "n")).
		data('D', itemsOID, tuple('K', "NULL", "3", "NULL")).data('T', 1, byte(0), itemsOID).commit(120)
	frames, err := play(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tell(frames), "begin relation I2 U3 D3 truncate commit"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	update := frames[3].(*wire.Change)
	if string(update.Old.Values[0]) != "2" || !update.New.Unchanged[2] || string(update.New.Values[1]) != "n" {
		t.Errorf("update: %+v", update)
	}
	if c := frames[6].(wire.Commit); c.End != 128 || r.positions.sent != 128 {
		t.Errorf("commit: %+v, sent %s", c, r.positions.sent)
	}
}

// Two transactions in chunks, an ordinary one between them, one taken back in part and one altogether.
func TestStreamedTransactions(t *testing.T) {
	s := new(script).
		start(1, 1).data('R', items(1)...).insert(1, itemsOID, tuple('N', "b", "1", "n")).
		insert(2, itemsOID, tuple('N', "b", "2", "n")).stop().
		start(5, 1).insert(5, itemsOID, tuple('N', "b", "5", "n")).stop()
	if _, err := play(t, testReader(Options{}), s); !errors.Is(err, errMessage) {
		t.Errorf("a description of one transaction was used by another: %v", err)
	}
	s = new(script).
		start(1, 1).data('R', items(1)...).insert(1, itemsOID, tuple('N', "b", "1", "n")).
		insert(2, itemsOID, tuple('N', "b", "2", "n")).insert(3, itemsOID, tuple('N', "b", "3", "n")).stop().
		start(5, 1).data('R', items(5)...).insert(5, itemsOID, tuple('N', "b", "5", "n")).stop().
		abort(1, 3).abort(1, 2).
		begin(4, 200).data('R', items()...).insert(itemsOID, tuple('N', "b", "4", "n")).commit(200).
		start(1, 0).insert(6, itemsOID, tuple('N', "b", "6", "n")).data('T', 1, 1, byte(0), itemsOID).stop().
		abort(5, 5).start(7, 1).stop().abort(1, 9).
		streamCommit(1, 300).streamCommit(7, 400)
	r := testReader(Options{StreamAbove: 1})
	frames, err := play(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	want := "(11 relation I1 (12 I2 (13 I3 ) (55 I5 ) abort13 abort12 begin I4 commit (16 I6 (11 truncate ) abort55 commit1"
	if got := tell(frames); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r.positions.idle == nil || r.positions.idle.LSN != 408 {
		t.Errorf("a transaction of which nothing was published moves the position: %+v", r.positions.idle)
	}
	if len(r.assembler.streams) != 0 || r.relations.byOID[itemsOID] == nil {
		t.Errorf("left behind: %d transactions", len(r.assembler.streams))
	}
}

func TestStreamedTransactionThatTheTargetHas(t *testing.T) {
	s := new(script).start(1, 1).data('R', items(1)...).insert(1, itemsOID, tuple('N', "b", "1", "n")).stop().streamCommit(1, 50)
	frames, err := play(t, testReader(Options{StreamAbove: 1, Start: publisher.Position{Applied: 100}}), s)
	if got := tell(frames); err != nil || got != "(11 relation I1 ) abort11" {
		t.Errorf("got %s, %v", got, err)
	}
}

// What a transaction did to a table counts for itself alone, until it is committed, and not after it was taken back.
func TestDescriptionsOfATransaction(t *testing.T) {
	r := testReader(Options{StreamAbove: 1})
	r.relations.types[typeID{25, 7}] = "varchar(3)"
	r.tables[0].Info.Columns[1].Type = "varchar(3)" // no question to the catalog
	changed := func(xid ...any) []any {
		all := items(xid...)
		return append(all[:len(all)-1], appendParts(nil, []byte{0, 3}, byte(0), "name", 25, 7, byte(1), "id", 20, -1, byte(0), "big", 25, -1))
	}
	r.relations.types[typeID{25, -1}] = "text"
	r.tables[0].Info = &relation.Table{Columns: []relation.Column{{Name: "id", Type: "bigint"}}, PrimaryKey: []string{"id"}}
	name := func(frames []any, i int) string {
		return string(frames[i].(*wire.Change).New.Values[1])
	}
	s := new(script).
		begin(1, 10).data('R', items()...).insert(itemsOID, tuple('N', "b", "1", "n")).commit(10).
		start(2, 1).data('R', items(2)...).insert(2, itemsOID, tuple('N', "b", "2", "n")).
		data('R', changed(3)...).insert(3, itemsOID, tuple('N', "n", "3", "b")).stop().
		begin(4, 20).insert(itemsOID, tuple('N', "b", "4", "n")).commit(20).
		abort(2, 3).start(2, 0).insert(2, itemsOID, tuple('N', "b", "5", "n")).
		data('R', changed(2)...).insert(2, itemsOID, tuple('N', "n", "6", "b")).stop().
		streamCommit(2, 30).
		begin(5, 40).insert(itemsOID, tuple('N', "n", "7", "b")).commit(40)
	frames, err := play(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	want := "begin relation I1 commit (22 I2 (23 relation I3 ) begin relation I4 commit abort23 (22 I5 relation I6 ) commit2 begin I7 commit"
	if got := tell(frames); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	for i, f := range frames {
		if _, ok := f.(*wire.Change); ok && name(frames, i) != "n" {
			t.Errorf("frame %d has its columns mixed up: %+v", i, f)
		}
	}
}

// Rows whose large value the target cannot know stay out, with all that happens to them, until the commit; what is
// taken back is as it was.
func TestLeftOutRows(t *testing.T) {
	r := testReader(Options{StreamAbove: 1})
	row := func(id, big string) []byte { return tuple('N', big, id, "n") }
	moved := func(from, to, big string) []byte {
		return slices.Concat(tuple('K', "NULL", from, "NULL"), tuple('N', big, to, "n"))
	}
	s := new(script).start(1, 1).data('R', items(1)...).
		insert(1, itemsOID, row("1", "~")).                  // enters the filter
		data('U', 1, itemsOID, row("1", "b")).               // left out already
		data('U', 1, itemsOID, row("2", "~")).               // the target has it
		data('U', 1, itemsOID, moved("1", "3", "~")).        // takes 3 along
		data('U', 1, itemsOID, moved("2", "3", "b")).        // onto a key that is left out: 2 must go
		data('D', 1, itemsOID, tuple('K', "N", "3", "NULL")) // no trace
	s.insert(2, itemsOID, row("4", "~")).stop().abort(1, 2).
		start(1, 0).insert(1, itemsOID, row("4", "b")).stop() // it was taken back: an insert like any other
	frames, err := play(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tell(frames), "(11 relation U2 D2 ) (11 I4 )"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var left []string
	err = r.assembler.streams[1].leftOut.forEachKey(func(key []byte) error {
		left = append(left, string(keyValue(key, 0)))
		return nil
	})
	if err != nil || strings.Join(left, " ") != "1 3" {
		t.Errorf("to be read again: %v, %v", left, err)
	}
}

// The keys of very many rows go to a file; none is lost, none comes twice, and going back in it works.
func TestLeftOutRowsInAFile(t *testing.T) {
	of := &tableDescription{id: 7, key: []int{0}}
	var l leftOutRows
	defer l.close()
	key := func(n int) []byte {
		k, _ := of.rowKey(nil, wire.Row{Values: [][]byte{binary.BigEndian.AppendUint64([]byte("a key of some length "), uint64(n))}})
		return k
	}
	add := func(from, to int) {
		for n := from; n < to; n++ {
			if err := l.addKey(key(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	const many = 150_000
	add(0, many)
	mark := l.position()
	add(many, 2*many)
	if !l.isBlind(key(0)) || !l.contains(key(3*many)) || len(l.known) > 0 {
		t.Error("nobody can know any more which rows are left out")
	}
	if err := l.returnTo(mark); err != nil {
		t.Fatal(err)
	}
	add(many/2, many+10)
	seen := map[string]bool{}
	err := l.forEachKey(func(k []byte) error {
		if seen[string(k)] {
			t.Fatal("a key came twice")
		}
		seen[string(k)] = true
		return nil
	})
	if err != nil || len(seen) != many+10 {
		t.Errorf("%d keys, want %d: %v", len(seen), many+10, err)
	}
}

// What is whole does not wait for the rest of the transaction that follows it; the beginning of that one does.
func TestWholeTransactionsDoNotWait(t *testing.T) {
	for _, c := range []struct {
		next, rest *script
		want       string
	}{
		{new(script).begin(2, 20).insert(itemsOID, tuple('N', "b", "2", "n")), new(script).commit(20), "begin I2 commit"},
		{new(script).start(2, 1).insert(2, itemsOID, tuple('N', "b", "2", "n")), new(script).stop().streamCommit(2, 20), "(22 I2 ) commit2"},
	} {
		r := testReader(Options{StreamAbove: 1})
		hand := func(s *script) string {
			r.source.in.from = bytes.NewReader(s.b)
			if err := r.source.in.readMore(); err != nil {
				t.Fatal(err)
			}
			if err := r.handleArrived(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.relations.unverified = false // there is no catalog to look at
			if err := r.frames.handOverWhole(t.Context(), r.assembler.tx == nil); err != nil {
				t.Fatal(err)
			}
			return r.handed(t)
		}
		first := new(script).begin(1, 10).data('R', items()...).insert(itemsOID, tuple('N', "b", "1", "n")).commit(10)
		if got := hand(&script{b: slices.Concat(first.b, c.next.b)}); got != "begin relation I1 commit" {
			t.Errorf("handed over %q at first", got)
		}
		if got := hand(new(script).data('O', wire.LSN(0), "origin")); got != "" {
			t.Errorf("handed over %q before its end", got)
		}
		if got := hand(c.rest); got != c.want {
			t.Errorf("handed over %q at last", got)
		}
	}
}

// handed returns what was handed over since the last time.
func (r *Reader) handed(t testing.TB) string {
	t.Helper()
	var all []byte
	for _, piece := range r.frames.out.takeWaiting() {
		all = append(all, piece.piece...)
		r.frames.out.releasePiece(piece.piece)
	}
	in := wire.NewReader(bytes.NewReader(all), wire.MaxFrame)
	var frames []any
	for {
		f, err := in.Next()
		if errors.Is(err, io.EOF) {
			return tell(frames)
		}
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
}

func TestRefusesWhatNoSourceSends(t *testing.T) {
	ok := func() *script { return new(script).begin(1, 10).data('R', items()...) }
	cases := map[string]*script{
		"row outside of a transaction": new(script).data('R', items()...).insert(itemsOID, tuple('N', "b", "1", "n")),
		"row of an unknown table":      ok().insert(otherOID, tuple('N', "b", "1", "n")),
		"too few columns":              ok().insert(itemsOID, tuple('N', "b", "1")),
		"begin within a transaction":   ok().begin(2, 20),
		"stream within a transaction":  ok().start(2, 1),
		"commit of nothing":            new(script).commit(10),
		"stream goes on unbegun":       new(script).start(2, 0).stop(),
		"stream begins twice":          new(script).start(2, 1).stop().start(2, 1),
		"stop of nothing":              new(script).stop(),
		"commit of an unknown stream":  new(script).streamCommit(2, 10),
		"commit within a chunk":        new(script).start(2, 1).streamCommit(2, 10),
		"truncate of endless tables":   ok().data('T', 1<<30, byte(0), itemsOID),
		"row without its key":          ok().insert(itemsOID, tuple('N', "b", "~", "n")),
		"column twice":                 new(script).begin(1, 10).data('R', itemsOID, "shop", "items", byte('d'), appendParts(nil, []byte{0, 3}, byte(1), "id", 20, -1, byte(1), "id", 20, -1, byte(0), "big", 25, -1)),
		"unknown kind":                 new(script).data('?', 1),
		"empty":                        {b: []byte{'d', 0, 0, 0, 4}},
		"impossible length":            {b: []byte{'d', 0, 0, 0, 3}},
		"unknown protocol message":     {b: []byte{'G', 0, 0, 0, 4}},
	}
	for name, s := range cases {
		if _, err := play(t, testReader(Options{StreamAbove: 1}), s); !errors.Is(err, errMessage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An alarm says in which transaction it rang and what leads on.
func TestAlarmSaysWhereAndWhatLeadsOn(t *testing.T) {
	wider := func(xid ...any) []any {
		return append(xid, itemsOID, "shop", "items", byte('d'), appendParts(nil, []byte{0, 2}, byte(1), "id", 20, -1, byte(0), "secret", 25, -1))
	}
	narrow := func(r *Reader) { // no row passes
		of := r.relations.byOID[itemsOID]
		if r.assembler.tx.streamed {
			of = r.assembler.tx.tables[itemsOID]
		}
		list, err := whitelist.Parse("w", []byte("version: 1\ntables:\n  - {table: shop.items, columns: [id, name, big], where: name = 'shown'}"))
		if err != nil {
			t.Fatal(err)
		}
		of.filter = list.Tables[0].Filter.Bind(of.table.Columns, map[string]whitelist.Equality{"name": {Text: map[string]string{"shown": "shown"}}})
	}
	hidden := tuple('N', "b", "1", "hidden")
	for name, c := range map[string]struct {
		s, then *script
		says    []string
	}{
		"a column":                {new(script).begin(7, 0x10).data('R', wider()...), nil, []string{`column "secret" of shop.items`, "in transaction 0/10"}},
		"a column, while it runs": {new(script).start(7, 1).data('R', wider(7)...), nil, []string{`column "secret" of shop.items`, "still runs (xid 7)"}},
		"a row":                   {new(script).begin(7, 0x10).data('R', items()...), new(script).insert(itemsOID, hidden), []string{"a row of shop.items", "in transaction 0/10"}},
		"a row, while it runs":    {new(script).start(7, 1).data('R', items(7)...), new(script).data('I', 7, itemsOID, hidden), []string{"a row of shop.items", "still runs (xid 7)"}},
	} {
		r := testReader(Options{StreamAbove: 1})
		_, err := play(t, r, c.s)
		if c.then != nil && err == nil {
			narrow(r)
			_, err = play(t, r, c.then)
		}
		for _, want := range append(c.says, "ALARM", "nothing of it was passed on", "`syncer init`", "`syncer table resync shop.items`") {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v does not say %q", name, err, want)
			}
		}
		if fault.ExitCode(err) != fault.ExitUnsafe {
			t.Errorf("%s: exit code %d", name, fault.ExitCode(err))
		}
	}
}

// A row that is longer than what is taken passes by without memory for it; what stands in its place names the table, and the
// stream goes on behind it.
func TestLongRowPassesBy(t *testing.T) {
	for name, streamed := range map[string]bool{"plain": false, "streamed": true} {
		large := strings.Repeat("x", 2*maxSurroundings)
		s := new(script)
		if streamed {
			s.start(1, 1).data('R', items(1)...).data('I', 1, itemsOID, tuple('N', large, "1", "n")).data('I', 1, itemsOID, tuple('N', "b", "2", "n")).stop().streamCommit(1, 10)
		} else {
			s.begin(1, 10).data('R', items()...).insert(itemsOID, tuple('N', large, "1", "n")).insert(itemsOID, tuple('N', "b", "2", "n")).commit(10)
		}
		r := testReader(Options{StreamAbove: 1, MaxRow: 1 << 10})
		r.source.in.most = maxSurroundings
		frames, err := play(t, r, s)
		if err != nil {
			t.Fatal(err)
		}
		refused, rows := 0, 0
		for _, f := range frames {
			switch f := f.(type) {
			case wire.Refusal:
				refused++
				if !strings.Contains(f.Why, "max_row_mib") {
					t.Errorf("%s: %+v", name, f)
				}
			case *wire.Change:
				rows++
			}
		}
		if refused != 1 || rows != 1 || len(r.source.in.buf) > 2*maxSurroundings {
			t.Errorf("%s: %d refusals, %d rows, %d bytes of memory", name, refused, rows, len(r.source.in.buf))
		}
	}
}

// A message that claims to be long takes no more memory than has arrived, twice at most.
func TestMemoryGrowsWithWhatArrives(t *testing.T) {
	in := &messageBuffer{from: bytes.NewReader(append([]byte{'d', 3, 0, 0, 0}, make([]byte, 100<<10)...))}
	for in.readMore() == nil {
		if _, _, ok, err := in.nextMessage(); ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if len(in.buf) > 4*readSize {
		t.Errorf("%d bytes for 100 KiB", len(in.buf))
	}
}

// pgx must get one message at a time while it sets the connection up, or it would keep some of the stream.
func TestInletHandsPgxOneMessageAtATime(t *testing.T) {
	s := new(script).commit(1).commit(2)
	in := &messageBuffer{from: bytes.NewReader(s.b)}
	buf := make([]byte, 8192)
	n, err := in.Read(buf)
	if err != nil || n != len(s.b)/2 {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if kind, body, ok, err := in.nextMessage(); kind != 'd' || len(body) != n-headSize || !ok || err != nil {
		t.Errorf("the second message is not the loop's: %v %v", ok, err)
	}
}

// FuzzMessages: whatever the source sends, there is no panic, every frame that comes of it is one that the writer
// can read, and changes come only inside of a transaction.
func FuzzMessages(f *testing.F) {
	f.Add(new(script).begin(2, 100).data('R', items()...).insert(itemsOID, tuple('N', "b", "2", "NULL")).commit(120).b)
	f.Add(new(script).start(1, 1).data('R', items(1)...).insert(1, itemsOID, tuple('N', "b", "1", "n")).
		data('U', 2, itemsOID, tuple('N', "~", "2", "n")).data('T', 1, 1, byte(0), itemsOID).stop().abort(1, 2).streamCommit(1, 300).b)
	f.Add(append([]byte{'d', 0, 0, 0, 22, 'k'}, make([]byte, 17)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := testReader(Options{StreamAbove: 1})
		defer func() {
			for _, open := range r.assembler.streams {
				open.leftOut.close()
			}
		}()
		frames, err := play(t, r, &script{b: b})
		if err != nil {
			return
		}
		within := false
		for _, frame := range frames {
			switch frame.(type) {
			case wire.Begin, wire.Chunk:
				within = true
			case wire.Commit, wire.ChunkEnd:
				within = false
			case *wire.Change, wire.Truncate:
				if !within {
					t.Fatal("a change outside of a transaction")
				}
			}
		}
	})
}

func BenchmarkMessages(b *testing.B) {
	const transactions = 1000
	s := new(script).begin(1, 10).data('R', items()...).commit(10)
	head := len(s.b)
	for n := range transactions {
		s.begin(n, wire.LSN(100*n)).data('U', itemsOID, tuple('N', "some value that is not so short", "123456", "a name")).commit(wire.LSN(100 * n))
	}
	r := testReader(Options{})
	if _, err := play(b, r, &script{b: s.b[:head]}); err != nil {
		b.Fatal(err)
	}
	r.source.now = time.Now()
	b.ReportAllocs()
	b.SetBytes(int64(len(s.b) - head))
	from := bytes.NewReader(nil)
	r.source.in.from = from
	for b.Loop() {
		from.Reset(s.b[head:])
		for {
			r.relations.unverified = false
			if err := r.handleArrived(b.Context()); err != nil {
				b.Fatal(err)
			}
			if r.source.in.readMore() != nil {
				break
			}
			for _, piece := range r.frames.out.takeWaiting() {
				r.frames.out.releasePiece(piece.piece)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(3*transactions), "ns/message")
}
