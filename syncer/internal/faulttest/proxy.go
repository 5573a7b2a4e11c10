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
	"sync/atomic"
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
	// ResetOn ends a connection when these bytes come from the client. The server gets what came before them and then
	// the end, and acts on it; the client is reset. With PassBefore the server also gets them and what follows within
	// a moment, and the client hears no answer to any of it.
	ResetOn    []byte
	PassBefore bool
	// Of restricts ResetAfter and ResetOn to connections that begin with a message which holds these bytes.
	Of []byte
}

// follows is how long PassBefore lets through what the client sends after the bytes.
const follows = 50 * time.Millisecond

// Proxy carries connections to one server.
type Proxy struct {
	server   string
	listener net.Listener

	mu      sync.Mutex
	fault   Fault
	changed chan struct{} // closed when fault changes
	pipes   map[*pipe]bool
	resets  int
	caught  []byte
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

// Caught is what the client was sending when ResetOn last ended a connection: from those bytes on, as far as it was
// here, but no more than 512.
func (p *Proxy) Caught() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.caught
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
	sent           int64       // from the client since the fault was set; guarded by proxy.mu
	first          []byte      // that the client sent; of the pump that goes up
	mute           atomic.Bool // the client hears nothing more
	up             sync.Mutex  // held while the server is given something
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
	_ = server.Close()
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

// part resets the client and lets the server read what it was given, and then the end.
func (c *pipe) part() {
	c.mute.Store(true)
	c.once.Do(func() {
		close(c.closed)
		abort(c.client)
		if t, ok := c.server.(*net.TCPConn); ok {
			_ = t.CloseWrite()
		}
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
			if n > 0 && (up || !c.mute.Load()) {
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
	switch {
	case !up && c.mute.Load():
		return tail, nil
	case up && !c.mute.Load():
		if stop, hit := c.fatal(f, p.data, tail); hit {
			return tail, c.strike(f, to, p.data, stop)
		}
	}
	tail = append(tail, p.data...)
	tail = tail[max(0, len(tail)-64):]
	if up {
		c.up.Lock()
		defer c.up.Unlock()
	}
	return tail, c.write(to, p.data, f.Rate)
}

// strike ends the connection as the fault says; stop bytes of data are before what it struck on.
func (c *pipe) strike(f Fault, to net.Conn, data []byte, stop int) error {
	c.proxy.mu.Lock()
	c.proxy.resets++
	c.proxy.mu.Unlock()
	if f.PassBefore {
		c.mute.Store(true)
		err := c.write(to, data, 0) // may take as long as the server has work
		time.AfterFunc(follows, func() {
			c.up.Lock()
			defer c.up.Unlock()
			c.part()
		})
		return err
	}
	if stop > 0 {
		_, _ = to.Write(data[:stop])
	}
	if len(f.ResetOn) > 0 {
		c.part()
	}
	return errEnded
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

// fatal tells whether these bytes from the client end the connection, and how many of them come before that.
func (c *pipe) fatal(f Fault, data, tail []byte) (stop int, hit bool) {
	if c.first == nil {
		c.first = bytes.Clone(data[:min(len(data), 1024)])
	}
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	before := c.sent
	c.sent += int64(len(data))
	if !bytes.Contains(c.first, f.Of) {
		return 0, false
	}
	if f.ResetAfter > 0 && before+int64(len(data)) >= f.ResetAfter {
		return int(max(0, f.ResetAfter-before)), true
	}
	if len(f.ResetOn) == 0 {
		return 0, false
	}
	tail = tail[max(0, len(tail)-len(f.ResetOn)+1):] // what was passed on whole is past
	all := append(bytes.Clone(tail), data...)
	at := bytes.Index(all, f.ResetOn)
	if at < 0 {
		return 0, false
	}
	c.proxy.caught = bytes.Clone(all[at:min(len(all), at+512)])
	return max(0, at-len(tail)), true
}

// steps is in how many parts what a second may carry is written.
const steps = 100

// write writes at most rate bytes a second, and notices when the rate changes.
func (c *pipe) write(to net.Conn, data []byte, rate int) error {
	for rate > 0 && len(data) > 0 {
		n := min(max(1, rate/steps), len(data)) // a machine that is busy cannot wait for the time of one byte
		if _, err := to.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
		f, changed := c.proxy.now()
		select {
		case <-time.After(time.Duration(n) * time.Second / time.Duration(rate)):
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
