package apply

import (
	"encoding/binary"
	"io"
	"net"
)

// outbox collects messages of PostgreSQL's frontend protocol. Large values are not copied into it: they are
// sent from where they are.
type outbox struct {
	b    []byte   // messages
	mark int      // how much of b is in bufs
	bufs [][]byte // what comes before the rest of b
	size int      // bytes collected since the last flush, copied or not
}

// largeValue is the size from which a value is not copied.
const largeValue = 32 << 10

func (o *outbox) long(n int) { o.b = binary.BigEndian.AppendUint32(o.b, uint32(n)) } //nolint:gosec // sizes are below 2 GiB

func (o *outbox) short(n int) { o.b = binary.BigEndian.AppendUint16(o.b, uint16(n)) } //nolint:gosec // numbers of parameters

func (o *outbox) zero(s string) { o.b = append(append(o.b, s...), 0) }

// bytes adds v, by reference when it is large: v must then stay as it is until flush.
func (o *outbox) bytes(v []byte) {
	if len(v) < largeValue {
		o.b = append(o.b, v...)
		return
	}
	o.bufs = append(o.bufs, o.b[o.mark:len(o.b):len(o.b)], v)
	o.mark = len(o.b)
	o.size += len(v)
}

// pending is how many bytes wait for flush.
func (o *outbox) pending() int { return o.size + len(o.b) }

// flush writes everything.
func (o *outbox) flush(w io.Writer) error {
	if o.pending() == 0 {
		return nil
	}
	var err error
	if len(o.bufs) == 0 {
		_, err = w.Write(o.b)
	} else {
		all := net.Buffers(append(o.bufs, o.b[o.mark:]))
		_, err = all.WriteTo(w)
		o.bufs = nil
	}
	o.b, o.mark, o.size = o.b[:0], 0, 0
	if cap(o.b) > 4*flushBytes {
		o.b = nil
	}
	return err
}

// flushBytes is how much is collected before it is written.
const flushBytes = 256 << 10

func (o *outbox) parse(name, sql string) {
	o.b = append(o.b, 'P')
	o.long(4 + len(name) + 1 + len(sql) + 1 + 2)
	o.zero(name)
	o.zero(sql)
	o.short(0)
}

// bindHead begins a Bind whose parameters take size bytes, lengths included; formats are 0 for text, 1 for binary.
func (o *outbox) bindHead(name string, formats []int16, params, size int) {
	o.b = append(o.b, 'B')
	o.long(4 + 1 + len(name) + 1 + 2 + 2*len(formats) + 2 + size + 2)
	o.zero("")
	o.zero(name)
	o.short(len(formats))
	for _, f := range formats {
		o.short(int(f))
	}
	o.short(params)
}

// bindEnd ends a Bind: results in text.
func (o *outbox) bindEnd() { o.short(0) }

func (o *outbox) execute() {
	o.b = append(o.b, 'E', 0, 0, 0, 9, 0, 0, 0, 0, 0)
}

// simple binds text parameters and executes.
func (o *outbox) simple(name string, params ...[]byte) {
	size := 0
	for _, p := range params {
		size += 4 + len(p)
	}
	o.bindHead(name, nil, len(params), size)
	for _, p := range params {
		if p == nil {
			o.long(-1)
			continue
		}
		o.long(len(p))
		o.bytes(p)
	}
	o.bindEnd()
	o.execute()
}

func (o *outbox) sync() { o.b = append(o.b, 'S', 0, 0, 0, 4) }

func (o *outbox) copyDone() { o.b = append(o.b, 'c', 0, 0, 0, 4) }
