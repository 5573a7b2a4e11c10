package wire

// The frames that open and end a connection, and what the writer answers.

// AppendHave appends a Have frame.
func AppendHave(b []byte, h Have) []byte {
	b, at := openFrame(b, KindHave)
	b = append(b, Version, byte(h.Purpose))
	b = appendText(appendText(b, h.Digest), h.SystemID)
	b = appendLong(b, uint32(h.Timeline)) //nolint:gosec // reinterpreted
	b = appendMoment(appendLSN(appendLSN(appendLSN(b, h.Applied), h.Settled), h.LastEnd), h.LastAt)
	b = appendText(b, h.Session)
	b = appendShort(appendShort(b, int(h.Table)), len(h.Tables))
	for _, t := range h.Tables {
		b = appendText(append(appendShort(b, int(t.ID)), byte(t.State)), t.Filter)
		b = appendText(appendText(appendLong(b, t.Published), t.Leaves), t.Catalog)
	}
	b = appendLong(b, uint32(len(h.Pieces))) //nolint:gosec // bounded by MaxHave
	for _, id := range h.Pieces {
		b = appendText(b, id)
	}
	b = appendKey(appendKey(b, h.After), h.UpTo)
	b = appendShort(b, len(h.Plain))
	for _, id := range h.Plain {
		b = appendShort(b, int(id))
	}
	return sealFrame(b, at)
}

func readHave(d *decoder) Have {
	d.take(1) // the version, see checkVersion
	var h Have
	if p := d.take(1); p != nil {
		h.Purpose = Purpose(p[0])
	}
	h.Digest, h.SystemID = d.text(), d.text()
	h.Timeline = int32(d.long()) //nolint:gosec // reinterpreted
	h.Applied, h.Settled, h.LastEnd, h.LastAt = d.lsn(), d.lsn(), d.lsn(), d.moment()
	h.Session = d.text()
	h.Table = d.short()
	for range d.count(int(d.short()), 19) {
		t := HaveTable{ID: d.short()}
		if state := d.take(1); state != nil {
			t.State = TableState(state[0])
		}
		t.Filter, t.Published, t.Leaves, t.Catalog = d.text(), d.long(), d.text(), d.text()
		h.Tables = append(h.Tables, t)
	}
	for range d.count(int(d.long()), 4) {
		h.Pieces = append(h.Pieces, d.text())
	}
	h.After, h.UpTo = readKey(d), readKey(d)
	for range d.count(int(d.short()), 2) {
		h.Plain = append(h.Plain, d.short())
	}
	return h
}

// AppendHello appends a Hello frame.
func AppendHello(b []byte, h Hello) []byte {
	b, at := openFrame(b, KindHello)
	b = appendText(append(b, Version), h.SystemID)
	b = appendLong(b, uint32(h.Timeline)) //nolint:gosec // reinterpreted
	b = appendText(b, h.Digest)
	b = appendText(appendLSN(appendLSN(b, h.Start), h.Settled), h.Session)
	return sealFrame(appendFlag(b, h.Copy), at)
}

func readHello(d *decoder) Hello {
	d.take(1) // the version, see checkVersion
	return Hello{
		SystemID: d.text(), Timeline: int32(d.long()), Digest: d.text(), //nolint:gosec // reinterpreted
		Start: d.lsn(), Settled: d.lsn(), Session: d.text(), Copy: d.flag(),
	}
}

// AppendAck appends an Ack frame.
func AppendAck(b []byte, a Ack) []byte {
	b, at := openFrame(b, KindAck)
	return sealFrame(appendFlag(appendFlag(appendFlag(appendLSN(b, a.LSN), a.Want), a.Paused), a.Over), at)
}

func readAck(d *decoder) Ack {
	return Ack{LSN: d.lsn(), Want: d.flag(), Paused: d.flag(), Over: d.flag()}
}

// AppendEnd appends an End frame; a longer text is cut.
func AppendEnd(b []byte, e End) []byte {
	b, at := openFrame(b, KindEnd)
	return sealFrame(appendText(append(b, byte(e.Class)), e.Text[:min(len(e.Text), MaxEnd)]), at)
}

func readEnd(d *decoder) End {
	var e End
	if class := d.take(1); class != nil {
		e.Class = Class(class[0])
	}
	e.Text = d.text()
	d.bad = d.bad || len(e.Text) > MaxEnd
	return e
}
