package submission

import (
	"io"
	"math"
	"net/netip"
	"os"
	"sync"
	"time"

	"portal.example/shared/fault"
)

// The room that files take while they arrive. They lie in the folder for temporary files, sealed for the intake and
// without a name, so that nothing of them can be read there and nothing stays after the process.
const spoolRoom = 2 << 30

// Spool holds files while they arrive. When it is full, an upload that takes more than its part gives way: first one
// whose draft holds no answer, else one of the network that holds most. So a newcomer gets room as long as its network
// holds less than the one that holds most, however many uploads there are.
type Spool struct {
	now     func() time.Time
	room    int64
	reserve int64 // the part of room that only files of drafts in which something was answered may take

	mu       sync.Mutex
	held     int64
	networks map[netip.Prefix]int64
	uploads  map[*Spooled]struct{}
}

// NewSpool makes a spool with room for so many bytes; 2 GiB when zero.
func NewSpool(room int64, now func() time.Time) *Spool {
	if room == 0 {
		room = spoolRoom
	}
	return newSpool(room, room/4, now)
}

func newSpool(room, reserve int64, now func() time.Time) *Spool {
	return &Spool{now: now, room: room, reserve: reserve, networks: map[netip.Prefix]int64{}, uploads: map[*Spooled]struct{}{}}
}

// Spooled is one file while it arrives. Bytes that are written to it have to be sealed already.
type Spooled struct {
	spool   *Spool
	file    *os.File
	network netip.Prefix
	worked  bool // something of its draft was answered before
	began   time.Time
	size    int64
	whole   bool // it is on its way to the store and gives way to nobody
	ended   bool // it gave way
}

// errBusy is the answer to an upload for which there is no room.
func errBusy() error { return fault.New(fault.Unavailable, "submission.busy") }

// Open makes a file for what comes from an address. worked: it belongs to somebody who has done something here already, and goes before others.
func (s *Spool) Open(from netip.Addr, worked bool) (*Spooled, error) {
	file, err := os.CreateTemp("", "sealed-*")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "submission.busy")
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, fault.Wrap(fault.Unavailable, err, "submission.busy")
	}
	u := &Spooled{spool: s, file: file, network: networkOf(from), worked: worked, began: s.now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads[u] = struct{}{}
	return u, nil
}

// Write adds sealed bytes.
func (u *Spooled) Write(b []byte) (int, error) {
	if err := u.spool.take(u, int64(len(b))); err != nil {
		return 0, err
	}
	n, err := u.file.Write(b)
	if err != nil {
		return n, fault.Wrap(fault.Unavailable, err, "submission.busy")
	}
	return n, nil
}

// Settle says that the file is whole: it gives way to nobody any more.
func (u *Spooled) Settle() error {
	u.spool.mu.Lock()
	defer u.spool.mu.Unlock()
	if u.ended {
		return errBusy()
	}
	u.whole = true
	return nil
}

// Size is how many bytes have come.
func (u *Spooled) Size() int64 { return u.size }

// Reader reads the file from its beginning.
func (u *Spooled) Reader() io.Reader { return io.NewSectionReader(u.file, 0, u.size) }

// Free gives the room back.
func (u *Spooled) Free() {
	u.spool.mu.Lock()
	defer u.spool.mu.Unlock()
	u.spool.end(u)
}

// take gives u room for n more bytes.
func (s *Spool) take(u *Spooled, n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !u.ended && s.held+n > s.limit(u) {
		victim := s.gives(u, n)
		if victim == nil {
			return errBusy()
		}
		s.end(victim)
	}
	if u.ended {
		return errBusy()
	}
	u.size += n
	s.held += n
	s.networks[u.network] += n
	return nil
}

// limit is how full the spool may become for u.
func (s *Spool) limit(u *Spooled) int64 {
	if u.worked {
		return s.room
	}
	return s.room - s.reserve
}

// gives finds the upload that gives way to n more bytes of u, nil when none has to.
func (s *Spool) gives(u *Spooled, n int64) (victim *Spooled) {
	for v := range s.uploads {
		if v == u || v.whole || v.size == 0 || v.worked && !u.worked {
			continue
		}
		more := s.networks[v.network] > s.networks[u.network]+n
		same := v.network == u.network && s.pace(v) < s.pace(u) // in one network the slowest gives way
		if (v.worked != u.worked || more || same) && (victim == nil || s.before(v, victim)) {
			victim = v
		}
	}
	return victim
}

// before says whether a gives way before b: without answers first, then by what its network holds, then the slowest.
func (s *Spool) before(a, b *Spooled) bool {
	if a.worked != b.worked {
		return b.worked
	}
	if x, y := s.networks[a.network], s.networks[b.network]; x != y {
		return x > y
	}
	return s.pace(a) < s.pace(b)
}

// pace is how many bytes a second of u have come. One that has just begun counts as quick.
func (s *Spool) pace(u *Spooled) float64 {
	if u.size == 0 {
		return math.Inf(1)
	}
	return float64(u.size) / max(s.now().Sub(u.began).Seconds(), 0.001)
}

// end forgets an upload and gives its room back; writing to it fails from now on.
func (s *Spool) end(u *Spooled) {
	if u.ended {
		return
	}
	u.ended = true
	_ = u.file.Close() // the last link to its bytes: nothing has to be kept
	delete(s.uploads, u)
	s.held -= u.size
	if s.networks[u.network] -= u.size; s.networks[u.network] == 0 {
		delete(s.networks, u.network)
	}
}
