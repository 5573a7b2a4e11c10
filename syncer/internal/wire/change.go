package wire

// The frames of changes, and of the tables that they change.

const (
	lenNull      = -1
	lenUnchanged = -2
)

// AppendRelation appends a Relation frame.
func AppendRelation(b []byte, r Relation) []byte {
	b, at := openFrame(b, KindRelation)
	b = appendShort(b, int(r.ID))
	b = appendText(appendText(b, r.Schema), r.Name)
	b = appendShort(b, len(r.Columns))
	for _, c := range r.Columns {
		b = appendText(appendText(b, c.Name), c.Type)
	}
	b = appendShort(b, len(r.Key))
	for _, k := range r.Key {
		b = appendShort(b, int(k))
	}
	return sealFrame(b, at)
}

func readRelation(d *decoder) *Relation {
	r := &Relation{ID: d.short(), Schema: d.text(), Name: d.text()}
	n := int(d.short())
	if n > MaxColumns {
		d.bad = true
		return r
	}
	for range n {
		r.Columns = append(r.Columns, Column{Name: d.text(), Type: d.text()})
	}
	r.Key = d.shorts()
	for _, k := range r.Key {
		d.bad = d.bad || int(k) >= len(r.Columns)
	}
	return r
}

// AppendChange appends an Insert, Update or Delete frame.
func AppendChange(b []byte, c Change) []byte {
	b, at := openFrame(b, c.Kind)
	b = appendShort(b, int(c.Table))
	return sealFrame(appendRow(appendRow(b, c.Old), c.New), at)
}

func readChange(d *decoder, kind Kind) *Change {
	c := &Change{Kind: kind, Size: len(d.rest)}
	c.Table = d.short()
	c.Old = readRow(d)
	c.New = readRow(d)
	if (kind == KindDelete) != (len(c.New.Values) == 0) || kind == KindDelete && len(c.Old.Values) == 0 {
		d.bad = true
	}
	return c
}

func appendRow(b []byte, r Row) []byte {
	b = appendShort(b, len(r.Values))
	for i, v := range r.Values {
		n := len(v)
		switch {
		case r.Unchanged != nil && r.Unchanged[i]:
			n = lenUnchanged
		case v == nil:
			n = lenNull
		}
		b = appendLong(b, uint32(int32(n))) //nolint:gosec // negative lengths are markers
		if n > 0 {
			b = append(b, v...)
		}
	}
	return b
}

func readRow(d *decoder) Row {
	n := int(d.short())
	if n == 0 || n > MaxColumns || n*4 > len(d.rest) {
		d.bad = d.bad || n != 0
		return Row{}
	}
	r := Row{Values: make([][]byte, n)}
	for i := range r.Values {
		switch size := int32(d.long()); size { //nolint:gosec // negative lengths are markers
		case lenNull:
		case lenUnchanged:
			if r.Unchanged == nil {
				r.Unchanged = make([]bool, n)
			}
			r.Unchanged[i] = true
		default:
			r.Values[i] = d.take(int(size))
		}
	}
	return r
}

// AppendTruncate appends a Truncate frame.
func AppendTruncate(b []byte, t Truncate) []byte {
	b, at := openFrame(b, KindTruncate)
	b = appendShort(b, len(t.Tables))
	for _, id := range t.Tables {
		b = appendShort(b, int(id))
	}
	return sealFrame(b, at)
}

// AppendRefusal appends a Refusal frame; longer texts are cut.
func AppendRefusal(b []byte, r Refusal) []byte {
	b, at := openFrame(b, KindRefusal)
	b = appendText(appendShort(b, int(r.Table)), r.Key[:min(len(r.Key), MaxRefusal)])
	return sealFrame(appendText(b, r.Why[:min(len(r.Why), MaxRefusal)]), at)
}

func readRefusal(d *decoder) Refusal {
	r := Refusal{Table: d.short(), Key: d.text(), Why: d.text()}
	d.bad = d.bad || len(r.Key) > MaxRefusal || len(r.Why) > MaxRefusal
	return r
}

// readContent reads the frames of this file.
func readContent(d *decoder, kind Kind) any {
	switch kind {
	case KindInsert, KindUpdate, KindDelete:
		return readChange(d, kind)
	case KindRelation:
		return readRelation(d)
	case KindTruncate:
		return Truncate{Tables: d.shorts()}
	case KindRefusal:
		return readRefusal(d)
	}
	return nil
}
