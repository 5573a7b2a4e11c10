package pgtest

import (
	"slices"
	"sync"
	"testing"
)

// Source returns a fresh database like Empty for a test that follows it by a replication slot. A slot reads the log of its
// whole server, whichever database it was written for, and a new slot waits for all transactions of that server. So that
// tests which run in parallel do not read each other's log, their databases are spread over a few servers of this process.
func Source(tb testing.TB) *Database {
	tb.Helper()
	s := leastUsed()
	tb.Cleanup(s.leave)
	db := create(tb, s.dsn(tb), "template0")
	db.server = s
	return db
}

// sources are the servers of Source. Each is started when all before it are in use.
var sources = struct {
	sync.Mutex
	all  []*server
	used map[*server]int // databases that tests are using
}{all: []*server{&shared, {}, {}, {}}, used: map[*server]int{}}

// leastUsed enters a user at the server that has fewest; leave takes it off again.
func leastUsed() *server {
	sources.Lock()
	defer sources.Unlock()
	s := slices.MinFunc(sources.all, func(a, b *server) int { return sources.used[a] - sources.used[b] })
	sources.used[s]++
	return s
}

func (s *server) enter() {
	sources.Lock()
	defer sources.Unlock()
	sources.used[s]++
}

func (s *server) leave() {
	sources.Lock()
	defer sources.Unlock()
	sources.used[s]--
}
