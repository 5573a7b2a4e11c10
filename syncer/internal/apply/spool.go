package apply

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// spools are unnamed temporary files that hold chunks until their transaction ends.
type spools struct {
	all  []*spool
	used int64
}

// spool holds the frames of one transaction as they came. Rolling back a subtransaction cuts off everything from its first frame
// on.
type spool struct {
	of    *spools
	dir   string
	limit int64 // of all together
	file  *os.File
	buf   []byte
	size  int64 // bytes in file and buf
	subs  []subStart
}

// subStart is where the first frame of a subtransaction may be.
type subStart struct {
	sub uint32
	at  int64
}

func (s *spools) openSpool(dir string, limit int64) *spool {
	p := &spool{of: s, dir: dir, limit: limit}
	s.all = append(s.all, p)
	return p
}

// dropSpool closes p and releases its space. p may be nil.
func (s *spools) dropSpool(p *spool) {
	if p == nil {
		return
	}
	for n := range s.all {
		if s.all[n] == p {
			s.all = append(s.all[:n], s.all[n+1:]...)
			break
		}
	}
	s.used -= p.size
	if p.file != nil {
		_ = p.file.Close()
	}
}

func (s *spools) close() {
	for len(s.all) > 0 {
		s.dropSpool(s.all[0])
	}
}

// enterSubtransaction notes that the next frames belong to sub.
func (p *spool) enterSubtransaction(sub uint32) {
	for _, s := range p.subs {
		if s.sub == sub {
			return
		}
	}
	p.subs = append(p.subs, subStart{sub, p.size})
}

// cutSubtransaction removes the frames of sub.
func (p *spool) cutSubtransaction(sub uint32) error {
	for _, s := range p.subs {
		if s.sub == sub {
			return p.cutBehind(s.at)
		}
	}
	return nil
}

// cutBehind removes everything after the first size bytes.
func (p *spool) cutBehind(size int64) error {
	for len(p.subs) > 0 && p.subs[len(p.subs)-1].at >= size {
		p.subs = p.subs[:len(p.subs)-1]
	}
	p.of.used -= p.size - size
	written := p.size - int64(len(p.buf))
	p.size = size
	if size >= written {
		p.buf = p.buf[:size-written]
		return nil
	}
	p.buf = p.buf[:0]
	if err := p.file.Truncate(size); err != nil {
		return p.wrapFault(err)
	}
	_, err := p.file.Seek(size, io.SeekStart)
	return p.wrapFault(err)
}

func (p *spool) writeFrame(frame []byte) error {
	p.size += int64(len(frame))
	p.of.used += int64(len(frame))
	if p.of.used > p.limit {
		return &link.Error{Line: fmt.Sprintf("target: transactions that still run need more than %d MiB of spool; raise the limit or end them on the source", p.limit>>20)}
	}
	p.buf = append(p.buf, frame...)
	if len(p.buf) < slabSize {
		return nil
	}
	return p.flush()
}

func (p *spool) flush() error {
	if p.file == nil {
		file, err := os.CreateTemp(p.dir, "syncer-spool-*")
		if err != nil {
			return p.wrapFault(err)
		}
		p.file = file
		if err := os.Remove(file.Name()); err != nil {
			return p.wrapFault(err)
		}
	}
	_, err := p.file.Write(p.buf)
	p.buf = p.buf[:0]
	if cap(p.buf) > 4*slabSize {
		p.buf = nil
	}
	return p.wrapFault(err)
}

func (p *spool) wrapFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &link.Error{Line: "target: no room for a transaction that still runs in " + p.folder() + "; make room there or name another folder", Cause: err}
	}
	return fmt.Errorf("target: spool in %s: %w", p.folder(), err)
}

func (p *spool) folder() string {
	if p.dir == "" {
		return os.TempDir()
	}
	return p.dir
}

// readParts passes everything to take, in parts of whole frames. The slab of each part is released by whoever take passes it to.
func (p *spool) readParts(from *slabs, take func(part) error) error {
	var in io.Reader = emptyReader{}
	if p.file != nil {
		if _, err := p.file.Seek(0, io.SeekStart); err != nil {
			return p.wrapFault(err)
		}
		in = p.file
	}
	left := p.size
	in = io.MultiReader(io.LimitReader(in, p.size-int64(len(p.buf))), &sliceReader{p.buf})
	var rest []byte
	for left > 0 || len(rest) > 0 {
		need := wire.HeadSize
		if kind, size, ok, err := wire.Head(rest, wire.MaxFrame); err != nil {
			return fmt.Errorf("target: spool: %q: %w", byte(kind), err)
		} else if ok {
			need += size
		}
		s := from.get(need)
		n := copy(s.b, rest)
		more := int(min(int64(len(s.b)-n), left))
		if _, err := io.ReadFull(in, s.b[n:n+more]); err != nil {
			return p.wrapFault(err)
		}
		left -= int64(more)
		n += more
		end, err := lastFrame(s.b[:n])
		if err != nil {
			return err
		}
		rest = append([]byte(nil), s.b[end:n]...)
		if end == 0 {
			from.release(s)
			if left == 0 {
				return fmt.Errorf("target: spool: %w", io.ErrUnexpectedEOF)
			}
			continue
		}
		if err := take(part{slab: s, to: end}); err != nil {
			return err
		}
	}
	return nil
}

// lastFrame returns where the last whole frame of b ends.
func lastFrame(b []byte) (end int, err error) {
	for {
		_, size, ok, err := wire.Head(b[end:], wire.MaxFrame)
		if err != nil {
			return 0, err
		}
		if !ok || end+wire.HeadSize+size > len(b) {
			return end, nil
		}
		end += wire.HeadSize + size
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, io.EOF }

type sliceReader struct{ b []byte }

func (r *sliceReader) Read(b []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.b)
	r.b = r.b[n:]
	return n, nil
}
