package wire

// The frames of a connection of purpose compare. The writer says in its Have how far it has compared; the reader cuts the
// next block, and then does one step for each Turn. What leaves the source are keys and hashes of whitelisted rows within
// the filter, and, for a row that is to be mended, the row: nothing that the stream would not bring.

// Key is the text of each column that names a row; nil is NULL. A Key without columns is no key: the table's end.
type Key []*string

// Limits of the frames of a comparison.
const (
	MaxKeyColumns = 32 // PostgreSQL's own limit of an index
	MaxSums       = 4096
	MaxPrints     = 4096
	MaxNumbers    = 8192
	MaxTurn       = 5 + 7 + 4*MaxNumbers
	MaxSnapshot   = 1 << 20
)

// Block is the part of a table that is compared on a connection.
type Block struct {
	Table   uint16
	Key     []string // the columns that name a row
	Order   string   // how the source sorts the key; "" when a block cannot be a range of keys
	After   Key      // rows after this key …
	UpTo    Key      // … up to and with this one
	Last    bool     // nothing of the table lies behind it
	Buckets uint32   // of the key's hash; 1 for a range of keys
	Hash    string   // what the source's own hash makes of known texts; a target that differs asks for a portable one
	Rows    int64    // of the block, estimated
	Total   int64    // of all tables, estimated
	Lacks   string   // why the table cannot be compared; "" when it can
}

// Sums are counts and hashes of a block's buckets from number First on; Done follows the last of them.
type Sums struct {
	First uint32
	Sums  []Sum
}

// Sum is the number of rows of a bucket and both hashes of all of them.
type Sum struct{ Rows, H1, H2 int64 }

// Prints are keys and hashes of rows; Done follows the last of them.
type Prints []Print

// Print is which row it is and what it holds.
type Print struct {
	Key    Key
	H1, H2 int64
}

// Moment is a snapshot of the source and a position that no transaction in it is behind.
type Moment struct {
	Snapshot string // as pg_current_snapshot() writes it
	LSN      LSN
}

// Step is what the reader is to do next with the block that it has chosen.
type Step byte

// The steps of a comparison.
const (
	StepSums   Step = 's' // sums of all buckets
	StepMoment Step = 'm' // begin a snapshot, in which the following steps read
	StepPrints Step = 'p' // keys and hashes of the buckets with these numbers
	StepRows   Step = 'r' // the rows with these numbers of the last prints
)

// Turn asks for the next step. It can name nothing but numbers of what the reader has sent.
type Turn struct {
	Step     Step
	Portable bool // hash so that a server of another kind gets the same
	Buckets  bool // blocks cannot be ranges of keys: the target sorts otherwise
	Numbers  []uint32
}

func appendKey(b []byte, k Key) []byte {
	b = appendShort(b, len(k))
	for _, v := range k {
		if v == nil {
			b = appendLong(b, uint32(0xffffffff))
			continue
		}
		b = appendText(b, *v)
	}
	return b
}

func readKey(d *decoder) Key {
	n := int(d.short())
	if n > MaxKeyColumns || n*4 > len(d.rest) {
		d.bad = true
		return nil
	}
	var k Key
	for range n {
		size := d.long()
		if size == 0xffffffff {
			k = append(k, nil)
			continue
		}
		v := string(d.take(int(size)))
		k = append(k, &v)
	}
	return k
}

// AppendBlock appends a Block frame.
func AppendBlock(b []byte, v Block) []byte {
	b, at := openFrame(b, KindBlock)
	b = appendShort(appendShort(b, int(v.Table)), len(v.Key))
	for _, name := range v.Key {
		b = appendText(b, name)
	}
	b = appendFlag(appendKey(appendKey(appendText(b, v.Order), v.After), v.UpTo), v.Last)
	b = appendText(appendLong(b, v.Buckets), v.Hash)
	return sealFrame(appendText(appendNumber(appendNumber(b, v.Rows), v.Total), v.Lacks), at)
}

// AppendSums appends a Sums frame.
func AppendSums(b []byte, v Sums) []byte {
	b, at := openFrame(b, KindSums)
	b = appendShort(appendLong(b, v.First), len(v.Sums))
	for _, s := range v.Sums {
		b = appendNumber(appendNumber(appendNumber(b, s.Rows), s.H1), s.H2)
	}
	return sealFrame(b, at)
}

// AppendPrints appends a Prints frame.
func AppendPrints(b []byte, v Prints) []byte {
	b, at := openFrame(b, KindPrints)
	b = appendShort(b, len(v))
	for _, p := range v {
		b = appendNumber(appendNumber(appendKey(b, p.Key), p.H1), p.H2)
	}
	return sealFrame(b, at)
}

// AppendMoment appends a Moment frame.
func AppendMoment(b []byte, v Moment) []byte {
	b, at := openFrame(b, KindMoment)
	return sealFrame(appendLSN(appendText(b, v.Snapshot), v.LSN), at)
}

// AppendTurn appends a Turn frame.
func AppendTurn(b []byte, v Turn) []byte {
	b, at := openFrame(b, KindTurn)
	b = appendShort(appendFlag(appendFlag(append(b, byte(v.Step)), v.Portable), v.Buckets), len(v.Numbers))
	for _, n := range v.Numbers {
		b = appendLong(b, n)
	}
	return sealFrame(b, at)
}

// readComparison reads the frames of this file.
func readComparison(d *decoder, kind Kind) any {
	switch kind {
	case KindBlock:
		return readBlock(d)
	case KindSums:
		s := Sums{First: d.long()}
		for range d.items(MaxSums, 24) {
			s.Sums = append(s.Sums, Sum{d.number(), d.number(), d.number()})
		}
		return s
	case KindPrints:
		var p Prints
		for range d.items(MaxPrints, 18) {
			p = append(p, Print{readKey(d), d.number(), d.number()})
		}
		return p
	case KindMoment:
		m := Moment{Snapshot: d.text(), LSN: d.lsn()}
		d.bad = d.bad || len(m.Snapshot) > MaxSnapshot
		return m
	case KindTurn:
		return readTurn(d)
	}
	return nil
}

func readBlock(d *decoder) Block {
	v := Block{Table: d.short()}
	for range d.items(MaxKeyColumns, 4) {
		v.Key = append(v.Key, d.text())
	}
	v.Order, v.After, v.UpTo, v.Last = d.text(), readKey(d), readKey(d), d.flag()
	v.Buckets, v.Hash = d.long(), d.text()
	v.Rows, v.Total, v.Lacks = d.number(), d.number(), d.text()
	return v
}

func readTurn(d *decoder) Turn {
	var t Turn
	if step := d.take(1); step != nil {
		t.Step = Step(step[0])
	}
	t.Portable, t.Buckets = d.flag(), d.flag()
	for range d.items(MaxNumbers, 4) {
		t.Numbers = append(t.Numbers, d.long())
	}
	return t
}
