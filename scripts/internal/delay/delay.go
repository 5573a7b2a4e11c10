// Package delay is a TCP proxy that adds distance: every byte arrives a fixed time after it was sent, in
// each direction, however many are under way. Throughput is not limited and order is kept. It knows
// nothing of what passes. Standard library only, and scripts/internal/clock.
package delay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"portal.example/scripts/internal/clock"
)

const (
	chunkSize = 64 << 10
	// queueLength bounds what is under way in one direction of one connection: 64 MiB.
	queueLength = 1024
	dialLimit   = 5 * time.Second
)

// Proxy forwards connections to one address.
type Proxy struct {
	to       string
	oneWay   time.Duration
	listener net.Listener
	group    sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]struct{}
	shut bool
}

// Listen opens a proxy on a free port of 127.0.0.1 that adds roundTrip to what passes to and fro.
func Listen(to string, roundTrip time.Duration) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the delaying proxy: %w", err)
	}
	p := &Proxy{to: to, oneWay: roundTrip / 2, listener: listener, open: map[net.Conn]struct{}{}}
	p.group.Go(p.accept)
	return p, nil
}

// Addr is host:port of the proxy.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Close ends the proxy and every connection through it.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	p.shut = true
	for conn := range p.open {
		_ = conn.Close()
	}
	p.mu.Unlock()
	p.group.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.group.Go(func() { p.serve(near) })
	}
}

// serve joins one connection with its other end until either is closed.
func (p *Proxy) serve(near net.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), dialLimit)
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.to)
	cancel()
	if err != nil {
		_ = near.Close()
		return
	}
	if !p.keep(near, far) {
		return
	}
	defer p.forget(near, far)
	var both sync.WaitGroup
	both.Go(func() { carry(far, near, p.oneWay) })
	both.Go(func() { carry(near, far, p.oneWay) })
	both.Wait()
}

// keep remembers connections so that Close ends them; false: it is too late.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		if p.shut {
			_ = conn.Close()
			continue
		}
		p.open[conn] = struct{}{}
	}
	return !p.shut
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		delete(p.open, conn)
		_ = conn.Close()
	}
}

// chunk is what one read brought, and when it is due at the other end.
type chunk struct {
	bytes []byte
	due   time.Time
}

// carry copies from one end to the other, late by d, until from ends; then the other end hears of it, late too.
func carry(to io.Writer, from io.Reader, d time.Duration) {
	queue := make(chan chunk, queueLength)
	var reader sync.WaitGroup
	reader.Go(func() { read(queue, from, d) })
	deliver(to, queue)
	reader.Wait()
}

func read(queue chan<- chunk, from io.Reader, d time.Duration) {
	defer close(queue)
	buffer := make([]byte, chunkSize)
	for {
		n, err := from.Read(buffer)
		queue <- chunk{bytes: bytes.Clone(buffer[:n]), due: time.Now().Add(d)}
		if err != nil {
			return
		}
	}
}

func deliver(to io.Writer, queue <-chan chunk) {
	var failed error
	for c := range queue {
		if failed != nil {
			continue // the reader must be able to finish
		}
		clock.Until(c.due)
		if len(c.bytes) > 0 {
			_, failed = to.Write(c.bytes)
		}
		if failed != nil {
			closeBoth(to)
		}
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok && failed == nil {
		if err := half.CloseWrite(); err != nil && !errors.Is(err, net.ErrClosed) {
			closeBoth(to)
		}
	}
}

// closeBoth ends a connection that cannot be written to; its other direction ends with it.
func closeBoth(to io.Writer) {
	if c, ok := to.(io.Closer); ok {
		_ = c.Close()
	}
}
