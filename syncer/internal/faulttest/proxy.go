// Package faulttest is what can go wrong around a syncer: a TCP proxy that cuts, stalls, slows and resets, an object
// store that lies, and servers that speak the protocols with bad intent. Only tests and scripts/fault may import it;
// it knows nothing of the syncer and may import pgproto3 and the standard library.
package faulttest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Fault is what a proxy does to the bytes it carries; the zero value carries them as they are.
type Fault struct {
	Refuse bool          // new connections are closed at once
	Hold   bool          // nothing passes, nothing is closed; healed, everything held goes on
	Lose   bool          // as Hold, but what came meanwhile is gone: healed, old connections are reset
	Delay  time.Duration // each byte arrives so much later, in each direction
	Rate   int           // bytes a second in each direction; 0 is no limit
	// ResetAfter resets a connection when so many bytes came from the client since the fault was set; 0 is never.
	ResetAfter int64
	// ResetOn resets a connection when these bytes come from the client: before they are passed on, though after what
	// came before them, or, with PassBefore, once the server has them and before its answer is passed on.
	ResetOn    []byte
	PassBefore bool
}

// Proxy carries connections to one server.
type Proxy struct {
	server   string
	listener net.Listener

	mu      sync.Mutex
	fault   Fault
	changed chan struct{} // closed when fault changes
	pipes   map[*pipe]bool
	resets  int
}

// NewProxy makes a proxy before the server at host:port; it ends with the test.
func NewProxy(tb testing.TB, server string) *Proxy {
	tb.Helper()
	p, err := Listen(server)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.Close)
	return p
}

// Listen makes a proxy outside of a test; the caller closes it.
func Listen(server string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{server: server, listener: l, changed: make(chan struct{}), pipes: map[*pipe]bool{}}
	go p.accept()
	return p, nil
}

// Address is host:port of the proxy.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Close ends the proxy and resets what it carries.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Set(Fault{Refuse: true})
	p.Cut()
}

// Set begins a fault, for open connections too, and ends the one before.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	lost := p.fault.Lose // a connection that carried nothing meanwhile is reset, too
	p.fault = f
	close(p.changed)
	p.changed = make(chan struct{})
	for c := range p.pipes {
		c.sent = 0
	}
	p.mu.Unlock()
	if lost {
		p.Cut()
	}
}

// Heal ends the fault.
func (p *Proxy) Heal() { p.Set(Fault{}) }

// Cut resets every open connection.
func (p *Proxy) Cut() {
	p.mu.Lock()
	open := make([]*pipe, 0, len(p.pipes))
	for c := range p.pipes {
		open = append(open, c)
	}
	p.mu.Unlock()
	for _, c := range open {
		c.reset()
	}
}

// Open is how many connections it carries now.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pipes)
}

// Resets is how many connections ResetAfter and ResetOn have ended.
func (p *Proxy) Resets() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resets
}

func (p *Proxy) now() (Fault, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.changed
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.carry(client)
	}
}

// pipe is one connection through the proxy.
type pipe struct {
	proxy          *Proxy
	client, server net.Conn
	closed         chan struct{}
	once           sync.Once
	sent           int64 // from the client since the fault was set; guarded by proxy.mu
}

func (p *Proxy) carry(client net.Conn) {
	f, _ := p.now()
	if f.Refuse {
		abort(client)
		return
	}
	server, err := net.DialTimeout("tcp", p.server, 5*time.Second)
	if err != nil {
		abort(client)
		return
	}
	c := &pipe{proxy: p, client: client, server: server, closed: make(chan struct{})}
	p.mu.Lock()
	p.pipes[c] = true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { c.pump(client, server, true) })
	both.Go(func() { c.pump(server, client, false) })
	both.Wait()
	c.reset()
	p.mu.Lock()
	delete(p.pipes, c)
	p.mu.Unlock()
}

// abort closes with RST instead of FIN.
func abort(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func (c *pipe) reset() {
	c.once.Do(func() {
		close(c.closed)
		abort(c.client)
		abort(c.server)
	})
}

// parcel is bytes on their way.
type parcel struct {
	data []byte
	came time.Time
}

var errEnded = errors.New("the connection ended")

// pump carries one direction: one goroutine reads, this one delivers when it is due, so that a delay is latency
// and not a lower rate.
func (c *pipe) pump(from, to net.Conn, up bool) {
	parcels := make(chan parcel, 256)
	go func() {
		defer close(parcels)
		for {
			buf := make([]byte, 16<<10)
			n, err := from.Read(buf)
			if n > 0 {
				select {
				case parcels <- parcel{buf[:n], time.Now()}:
				case <-c.closed:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	var tail []byte // end of what was delivered, so that ResetOn may stand across two parcels
	for p := range parcels {
		var err error
		if tail, err = c.deliver(to, p, up, tail); err != nil {
			c.reset()
			return
		}
	}
	if t, ok := to.(*net.TCPConn); ok {
		_ = t.CloseWrite()
	}
}

func (c *pipe) deliver(to net.Conn, p parcel, up bool, tail []byte) ([]byte, error) {
	f, err := c.passable(p.came)
	if err != nil {
		return nil, err
	}
	if up {
		stop, hit := c.fatal(f, p.data, tail)
		if hit {
			c.proxy.mu.Lock()
			c.proxy.resets++
			c.proxy.mu.Unlock()
			if stop > 0 {
				_, _ = to.Write(p.data[:stop])
			}
			if f.PassBefore {
				time.Sleep(20 * time.Millisecond) // for the server to act on it; its answer is thrown away
			}
			return nil, errEnded
		}
	}
	tail = append(tail, p.data...)
	tail = tail[max(0, len(tail)-64):]
	return tail, c.write(to, p.data, f.Rate)
}

// passable waits until the fault lets bytes through that came at the given time.
func (c *pipe) passable(came time.Time) (Fault, error) {
	for {
		f, changed := c.proxy.now()
		if !f.Hold && !f.Lose {
			wait := time.Until(came.Add(f.Delay))
			if wait <= 0 {
				return f, nil
			}
			select {
			case <-time.After(wait):
				return f, nil
			case <-changed:
			case <-c.closed:
				return f, errEnded
			}
			continue
		}
		select {
		case <-changed:
			if f.Lose {
				return f, errEnded
			}
		case <-c.closed:
			return f, errEnded
		}
	}
}

// fatal tells whether these bytes from the client end the connection, and how many of them pass before.
func (c *pipe) fatal(f Fault, data, tail []byte) (pass int, hit bool) {
	c.proxy.mu.Lock()
	before := c.sent
	c.sent += int64(len(data))
	c.proxy.mu.Unlock()
	if f.ResetAfter > 0 && before+int64(len(data)) >= f.ResetAfter {
		return int(max(0, f.ResetAfter-before)), true
	}
	if len(f.ResetOn) == 0 {
		return 0, false
	}
	at := bytes.Index(append(bytes.Clone(tail), data...), f.ResetOn)
	switch {
	case at < 0:
		return 0, false
	case f.PassBefore:
		return len(data), true
	}
	return max(0, at-len(tail)), true
}

// write writes at most rate bytes a second, and notices when the rate changes.
func (c *pipe) write(to net.Conn, data []byte, rate int) error {
	for rate > 0 && len(data) > 0 {
		if _, err := to.Write(data[:1]); err != nil {
			return err
		}
		data = data[1:]
		f, changed := c.proxy.now()
		select {
		case <-time.After(time.Second / time.Duration(rate)):
		case <-changed:
		case <-c.closed:
			return errEnded
		}
		if f, _ = c.proxy.now(); f.Rate != rate {
			rate = f.Rate
		}
	}
	_, err := io.Copy(to, bytes.NewReader(data))
	return err
}
