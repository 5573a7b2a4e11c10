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

// spool holds files while they arrive. When it is full, an upload that takes more than its part gives way: first one
// whose draft holds no answer, else one of the network that holds most. So a newcomer gets room as long as its network
// holds less than the one that holds most, however many uploads there are.
type spool struct {
	now     func() time.Time
	room    int64
	reserve int64 // the part of room that only files of drafts in which something was answered may take

	mu       sync.Mutex
	held     int64
	networks map[netip.Prefix]int64
	uploads  map[*spooled]struct{}
}

func newSpool(room, reserve int64, now func() time.Time) *spool {
	return &spool{now: now, room: room, reserve: reserve, networks: map[netip.Prefix]int64{}, uploads: map[*spooled]struct{}{}}
}

// spooled is one file while it arrives.
type spooled struct {
	spool   *spool
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

// open makes a file for what comes from an address.
func (s *spool) open(from netip.Addr, worked bool) (*spooled, error) {
	file, err := os.CreateTemp("", "sealed-*")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "submission.busy")
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, fault.Wrap(fault.Unavailable, err, "submission.busy")
	}
	u := &spooled{spool: s, file: file, network: networkOf(from), worked: worked, began: s.now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads[u] = struct{}{}
	return u, nil
}

// Write adds sealed bytes.
func (u *spooled) Write(b []byte) (int, error) {
	if err := u.spool.take(u, int64(len(b))); err != nil {
		return 0, err
	}
	n, err := u.file.Write(b)
	if err != nil {
		return n, fault.Wrap(fault.Unavailable, err, "submission.busy")
	}
	return n, nil
}

// settle says that the file is whole: it gives way to nobody any more.
func (u *spooled) settle() error {
	u.spool.mu.Lock()
	defer u.spool.mu.Unlock()
	if u.ended {
		return errBusy()
	}
	u.whole = true
	return nil
}

// reader reads the file from its beginning.
func (u *spooled) reader() io.Reader { return io.NewSectionReader(u.file, 0, u.size) }

// free gives the room back.
func (u *spooled) free() {
	u.spool.mu.Lock()
	defer u.spool.mu.Unlock()
	u.spool.end(u)
}

// take gives u room for n more bytes.
func (s *spool) take(u *spooled, n int64) error {
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
func (s *spool) limit(u *spooled) int64 {
	if u.worked {
		return s.room
	}
	return s.room - s.reserve
}

// gives finds the upload that gives way to n more bytes of u, nil when none has to.
func (s *spool) gives(u *spooled, n int64) (victim *spooled) {
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
func (s *spool) before(a, b *spooled) bool {
	if a.worked != b.worked {
		return b.worked
	}
	if x, y := s.networks[a.network], s.networks[b.network]; x != y {
		return x > y
	}
	return s.pace(a) < s.pace(b)
}

// pace is how many bytes a second of u have come. One that has just begun counts as quick.
func (s *spool) pace(u *spooled) float64 {
	if u.size == 0 {
		return math.Inf(1)
	}
	return float64(u.size) / max(s.now().Sub(u.began).Seconds(), 0.001)
}

// end forgets an upload and gives its room back; writing to it fails from now on.
func (s *spool) end(u *spooled) {
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
