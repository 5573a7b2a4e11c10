package wire

// The frames around changes: where transactions begin and end, and what the stream has reached. Each is parsed by a function of
// its own, without an interface value to allocate, as there may be two of them per change.

// AppendBegin appends a Begin frame.
func AppendBegin(b []byte, v Begin) []byte {
	b, at := openFrame(b, KindBegin)
	b = appendMoment(appendLSN(b, v.Final), v.Commit)
	return sealFrame(appendLong(b, v.XID), at)
}

// ParseBegin reads the payload of a Begin.
func ParseBegin(payload []byte) (Begin, error) {
	d := &decoder{rest: payload}
	return readBegin(d), d.finish(KindBegin)
}

func readBegin(d *decoder) Begin { return Begin{Final: d.lsn(), Commit: d.moment(), XID: d.long()} }

// AppendCommit appends a Commit frame.
func AppendCommit(b []byte, c Commit) []byte {
	b, at := openFrame(b, KindCommit)
	return sealFrame(appendLSN(appendMoment(appendLSN(b, c.End), c.Time), c.Hold), at)
}

// ParseCommit reads the payload of a Commit.
func ParseCommit(payload []byte) (Commit, error) {
	d := &decoder{rest: payload}
	return readCommit(d), d.finish(KindCommit)
}

func readCommit(d *decoder) Commit { return Commit{End: d.lsn(), Time: d.moment(), Hold: d.lsn()} }

// AppendChunk appends a Chunk frame.
func AppendChunk(b []byte, c Chunk) []byte {
	b, at := openFrame(b, KindChunk)
	return sealFrame(appendLong(appendLong(b, c.XID), c.Sub), at)
}

// ParseChunk reads the payload of a Chunk.
func ParseChunk(payload []byte) (Chunk, error) {
	d := &decoder{rest: payload}
	return readChunk(d), d.finish(KindChunk)
}

func readChunk(d *decoder) Chunk { return Chunk{XID: d.long(), Sub: d.long()} }

// AppendChunkEnd appends a ChunkEnd frame.
func AppendChunkEnd(b []byte) []byte {
	b, at := openFrame(b, KindChunkEnd)
	return sealFrame(b, at)
}

// AppendStreamCommit appends a StreamCommit frame.
func AppendStreamCommit(b []byte, c StreamCommit) []byte {
	b, at := openFrame(b, KindStreamCommit)
	b = appendLSN(appendLSN(appendLong(b, c.XID), c.Final), c.End)
	return sealFrame(appendLSN(appendMoment(b, c.Time), c.Hold), at)
}

// ParseStreamCommit reads the payload of a StreamCommit.
func ParseStreamCommit(payload []byte) (StreamCommit, error) {
	d := &decoder{rest: payload}
	return readStreamCommit(d), d.finish(KindStreamCommit)
}

func readStreamCommit(d *decoder) StreamCommit {
	return StreamCommit{XID: d.long(), Final: d.lsn(), End: d.lsn(), Time: d.moment(), Hold: d.lsn()}
}

// AppendStreamAbort appends a StreamAbort frame.
func AppendStreamAbort(b []byte, a StreamAbort) []byte {
	b, at := openFrame(b, KindStreamAbort)
	return sealFrame(appendLong(appendLong(b, a.XID), a.Sub), at)
}

// ParseStreamAbort reads the payload of a StreamAbort.
func ParseStreamAbort(payload []byte) (StreamAbort, error) {
	d := &decoder{rest: payload}
	return readStreamAbort(d), d.finish(KindStreamAbort)
}

func readStreamAbort(d *decoder) StreamAbort { return StreamAbort{XID: d.long(), Sub: d.long()} }

// AppendProgress appends a Progress frame.
func AppendProgress(b []byte, p Progress) []byte {
	b, at := openFrame(b, KindProgress)
	return sealFrame(appendLSN(appendMoment(appendLSN(b, p.LSN), p.Time), p.Hold), at)
}

// ParseProgress reads the payload of a Progress.
func ParseProgress(payload []byte) (Progress, error) {
	d := &decoder{rest: payload}
	return readProgress(d), d.finish(KindProgress)
}

func readProgress(d *decoder) Progress {
	return Progress{LSN: d.lsn(), Time: d.moment(), Hold: d.lsn()}
}

// AppendClock appends a Clock frame.
func AppendClock(b []byte, c Clock) []byte {
	b, at := openFrame(b, KindClock)
	return sealFrame(appendMoment(appendLSN(b, c.LSN), c.Time), at)
}

// ParseClock reads the payload of a Clock.
func ParseClock(payload []byte) (Clock, error) {
	d := &decoder{rest: payload}
	return readClock(d), d.finish(KindClock)
}

func readClock(d *decoder) Clock { return Clock{LSN: d.lsn(), Time: d.moment()} }

// readBoundary reads the frames of this file.
func readBoundary(d *decoder, kind Kind) any {
	switch kind {
	case KindBegin:
		return readBegin(d)
	case KindCommit:
		return readCommit(d)
	case KindChunk:
		return readChunk(d)
	case KindChunkEnd:
		return ChunkEnd{}
	case KindStreamCommit:
		return readStreamCommit(d)
	case KindStreamAbort:
		return readStreamAbort(d)
	case KindProgress:
		return readProgress(d)
	case KindClock:
		return readClock(d)
	}
	return nil
}
