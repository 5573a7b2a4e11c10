package apply

import (
	"sync"
	"time"
)

// sessions are those that are open, so that the end of the writer can reach them while the applier waits in one.
type sessions struct {
	mu   sync.Mutex
	list []*session
	over bool
}

func (o *sessions) add(s *session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, s)
	if o.over {
		_ = s.conn.PgConn().Conn().SetDeadline(time.Now())
	}
}

func (o *sessions) all() []*session {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.list
}

// interrupt ends whatever waits for the target.
func (o *sessions) interrupt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	for _, s := range o.list {
		_ = s.conn.PgConn().Conn().SetDeadline(time.Now())
	}
}

func (o *sessions) close() {
	o.interrupt()
	for _, s := range o.all() {
		s.close()
	}
}
