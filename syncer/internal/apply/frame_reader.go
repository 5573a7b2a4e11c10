package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/wire"
)

// frameReader reads frames into slabs, checks that their order follows the protocol, and puts them into the queue. It does not
// look into rows.
type frameReader struct {
	conn   io.Reader
	queue  *queue
	slabs  *slabs
	heard  *atomic.Int64 // when something last arrived, in Unix nanoseconds
	limit  int           // of a frame's payload
	slab   *slab
	filled int // bytes of the slab that have arrived
	taken  int // bytes of it in whole frames that were checked

	in   place
	xid  uint32 // of the open transaction or chunk
	open unit   // the transaction that is still arriving
	hold wire.LSN

	told func(wire.LSN, time.Time) // Options.OnTold
	last wire.Clock                // what told is to hear next; a zero Time means nothing new
}

// place is the state of the protocol between two frames.
type place byte

const (
	between place = iota
	inTransaction
	inChunk
)

// readHello reads the first frame.
func (i *frameReader) readHello(digest string) (wire.Hello, error) {
	frame, err := wire.ReadFrame(i.conn, i.limit)
	if err != nil {
		return wire.Hello{}, errors.Join(wire.ErrPeer, err)
	}
	switch f := frame.(type) {
	case wire.Hello:
		if f.Digest != digest {
			return f, fault.Unsafef("target: the reader obeys another whitelist than the writer; give both the same file")
		}
		return f, nil
	case wire.End:
		return wire.Hello{}, errors.Join(wire.ErrPeer, errors.New(f.Text))
	}
	return wire.Hello{}, fmt.Errorf("%w: %T instead of a Hello", wire.ErrFrame, frame)
}

// readFrames reads until ctx or the connection ends.
func (i *frameReader) readFrames(ctx context.Context) error {
	i.slab = i.slabs.get(0)
	for {
		n, err := i.conn.Read(i.slab.b[i.filled:])
		i.filled += n
		if n > 0 {
			i.heard.Store(time.Now().UnixNano())
			if err := i.queueArrived(ctx); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
	}
}

// queueArrived puts the whole frames that are there in the queue and makes room for the next ones.
func (i *frameReader) queueArrived(ctx context.Context) error {
	need, err := i.cutFrames()
	if err != nil {
		return err
	}
	if err := i.queue.waitForRoom(ctx, need); err != nil {
		return err
	}
	rest := i.filled - i.taken
	if rest == 0 && len(i.slab.b)-i.filled >= slabSize/4 || rest > 0 && need <= len(i.slab.b)-i.taken {
		return nil
	}
	next := i.slabs.get(need)
	copy(next.b, i.slab.b[i.taken:i.filled])
	i.slabs.release(i.slab)
	i.slab, i.filled, i.taken = next, rest, 0
	return nil
}

// cutFrames checks every whole frame that has arrived, and returns how many bytes the next one needs, as far as that is known.
func (i *frameReader) cutFrames() (need int, err error) {
	var run part
	for {
		b := i.slab.b[i.taken:i.filled]
		kind, size, ok, err := wire.Head(b, i.limit)
		if err != nil {
			return 0, i.tooLong(kind, err)
		}
		need = wire.HeadSize
		if ok {
			need += size
		}
		if !ok || len(b) < need {
			break
		}
		if kind == wire.KindClock { // there is nothing to apply, so it belongs to no part
			if err := i.takeClock(b[wire.HeadSize:need]); err != nil {
				return 0, err
			}
			i.queue.putPart(run)
			run = part{}
			i.taken += need
			continue
		}
		before := len(i.slab.units)
		class, err := i.takeFrame(kind, b[wire.HeadSize:need], i.taken+need)
		if err != nil {
			return 0, err
		}
		if run.slab == nil || run.class != class || class >= streamEnd || run.xid != i.xidOf(class) {
			i.queue.putPart(run)
			run = part{slab: i.slab, from: i.taken, class: class, xid: i.xidOf(class), first: before}
		}
		i.taken += need
		run.to, run.units, run.last = i.taken, i.slab.units, len(i.slab.units)
	}
	i.queue.putPart(run)
	i.queue.noteOpen(i.open) // only now, so that whoever sees it sees everything before it
	i.queue.tellArrived()
	if i.told != nil && !i.last.Time.IsZero() {
		i.told(i.last.LSN, i.last.Time)
		i.last.Time = time.Time{}
	}
	return need, nil
}

// tooLong says what it means that the reader sends a row which is longer than this side takes.
func (i *frameReader) tooLong(kind wire.Kind, err error) error {
	switch kind {
	case wire.KindInsert, wire.KindUpdate, wire.KindDelete:
		return fault.Usagef("target: the reader sends a row that is longer than the %d MiB of max_row_mib here; give reader and writer the same max_row_mib: %w", i.limit>>20, err)
	}
	return err
}

func (i *frameReader) takeClock(payload []byte) error {
	c, err := wire.ParseClock(payload)
	if i.in != between {
		err = errOrder
	}
	i.noteClock(c.LSN, c.Time)
	return err
}

// noteClock notes the source's position and clock from a frame.
func (i *frameReader) noteClock(lsn wire.LSN, clock time.Time) {
	i.last.LSN = max(i.last.LSN, lsn)
	if clock.After(i.last.Time) {
		i.last.Time = clock
	}
}

func (i *frameReader) xidOf(class class) uint32 {
	if class == plain {
		return 0
	}
	return i.xid
}

var errOrder = fmt.Errorf("%w: it does not belong here", wire.ErrFrame)

// takeFrame checks that a frame is allowed here and notes a unit that ends with it. end is the frame's end in the slab.
func (i *frameReader) takeFrame(kind wire.Kind, payload []byte, end int) (class, error) {
	switch kind {
	case wire.KindInsert, wire.KindUpdate, wire.KindDelete, wire.KindTruncate, wire.KindRefusal:
		if i.in == between {
			return 0, errOrder
		}
	case wire.KindRelation:
	case wire.KindBegin:
		b, err := wire.ParseBegin(payload)
		return plain, errors.Join(err, i.enterTransaction(inTransaction, b.XID, b.Final))
	case wire.KindCommit:
		c, err := wire.ParseCommit(payload)
		i.endUnit(unit{end: end, lsn: c.End, xid: i.xid}, c.Hold)
		i.noteClock(c.End, c.Time)
		return plain, errors.Join(err, i.leaveTransaction(inTransaction))
	case wire.KindProgress:
		p, err := wire.ParseProgress(payload)
		if i.in != between {
			err = errOrder
		}
		i.endUnit(unit{end: end, lsn: p.LSN}, p.Hold)
		i.noteClock(p.LSN, p.Time)
		return plain, err
	case wire.KindEnd:
		return 0, i.takeEnd(payload)
	default:
		return i.takeStreamFrame(kind, payload, end)
	}
	if i.in == inChunk {
		return chunk, nil
	}
	return plain, nil
}

// takeStreamFrame does the same for frames of transactions that arrive in chunks.
func (i *frameReader) takeStreamFrame(kind wire.Kind, payload []byte, end int) (class, error) {
	switch kind {
	case wire.KindChunk:
		c, err := wire.ParseChunk(payload)
		if i.in == inChunk && c.XID == i.xid { // goes on under another subtransaction
			return chunk, err
		}
		return chunk, errors.Join(err, i.enterTransaction(inChunk, c.XID, 0))
	case wire.KindChunkEnd:
		return chunk, i.leaveTransaction(inChunk)
	case wire.KindStreamCommit:
		c, err := wire.ParseStreamCommit(payload)
		if i.in != between {
			err = errOrder
		}
		i.xid = c.XID
		i.endUnit(unit{end: end, lsn: c.End, xid: c.XID}, c.Hold)
		i.noteClock(c.End, c.Time)
		return streamEnd, err
	case wire.KindStreamAbort:
		a, err := wire.ParseStreamAbort(payload)
		if i.in != between {
			err = errOrder
		}
		i.xid = a.XID
		return streamAbort, err
	}
	return 0, fmt.Errorf("%w: kind %q does not belong here", wire.ErrFrame, byte(kind))
}

func (i *frameReader) enterTransaction(where place, xid uint32, final wire.LSN) error {
	if i.in != between {
		return errOrder
	}
	i.in, i.xid = where, xid
	i.open = unit{xid: xid, lsn: final}
	return nil
}

func (i *frameReader) leaveTransaction(where place) error {
	if i.in != where {
		return errOrder
	}
	i.in = between
	i.open = unit{}
	return nil
}

// endUnit notes a unit. It may not become visible while rows that were reread (Hold) are ahead of the stream.
func (i *frameReader) endUnit(u unit, hold wire.LSN) {
	i.hold = max(i.hold, hold)
	u.visible = u.lsn >= i.hold
	i.slab.units = append(i.slab.units, u)
}

// takeEnd returns the reader's last message as an error.
func (i *frameReader) takeEnd(payload []byte) error {
	frame, err := wire.Decode(wire.KindEnd, payload)
	if err != nil {
		return err
	}
	return errors.Join(wire.ErrPeer, errors.New(frame.(wire.End).Text))
}
