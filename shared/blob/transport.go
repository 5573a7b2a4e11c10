package blob

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"portal.example/shared/fault"
)

// A store may be in the DMZ: it must be able neither to send us elsewhere, nor to fill memory, nor to hold a
// worker for ever.
const (
	dialWithin     = 5 * time.Second
	answerWithin   = 30 * time.Second // from the request's end to the answer's headers
	stallWithin    = 45 * time.Second // without a byte in either direction
	shortWithin    = 90 * time.Second // operations that move no object
	listWithin     = 30 * time.Minute
	maxHeader      = 64 << 10
	maxAnswer      = 16 << 20 // of what is not an object: a page of a listing has at most a thousand keys
	maxProblem     = 1 << 20
	maxListed      = 5_000_000
	slowest        = 8 << 10 // bytes a second, measured while we wait
	measuredWithin = 30 * time.Second
)

// ErrSlow says that a store sends or takes so little that it only holds us up, ErrTooMuch that it sends more
// than anybody asked for.
var (
	ErrSlow    = errors.New("object store is too slow")
	ErrTooMuch = errors.New("object store sends more than it was asked for")
)

// newTransport is an HTTP transport with deadlines and limits, without redirects, proxies and decompression.
func newTransport(c Config) (http.RoundTripper, error) {
	t := &http.Transport{
		DialContext:            dial,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        stallWithin,
		TLSHandshakeTimeout:    dialWithin,
		ResponseHeaderTimeout:  answerWithin,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fault.Usagef("object store ca_file: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fault.Usagef("object store ca_file %s holds no certificate", c.CAFile)
		}
		t.TLSClientConfig.RootCAs = roots
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		return nil, fault.Usagef("object store: cert_file and key_file belong together")
	}
	if c.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fault.Usagef("object store cert_file, key_file: %w", err)
		}
		t.TLSClientConfig.Certificates = []tls.Certificate{pair}
	}
	return guarded{t}, nil
}

// guarded refuses redirects and bounds what is read of an answer.
type guarded struct{ next http.RoundTripper }

func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.StatusCode != http.StatusNotModified:
		_ = resp.Body.Close()
		return nil, fmt.Errorf("object store answered with a redirect (%d), which is refused", resp.StatusCode)
	case resp.StatusCode >= 400:
		resp.Body = &bounded{ReadCloser: resp.Body, left: maxProblem}
	case r.Method == http.MethodHead: // no body
	case !isObject(r):
		resp.Body = &bounded{ReadCloser: resp.Body, left: maxAnswer}
	case resp.ContentLength < 0:
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%w: an object without a length", ErrTooMuch)
	default:
		resp.Body = &bounded{ReadCloser: resp.Body, left: resp.ContentLength}
	}
	return resp, nil
}

// isObject reports whether the answer is an object's bytes.
func isObject(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.RawQuery == "" }

// bounded is an answer's body: at most so many bytes, and not too slowly.
type bounded struct {
	io.ReadCloser

	left int64
	pace pace
}

func (b *bounded) Read(p []byte) (int, error) {
	began := time.Now()
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooMuch
	}
	if err == nil && b.pace.slow(n, time.Since(began)) {
		return n, ErrSlow
	}
	return n, err
}

// Close closes without reading what is left: that could be endless.
func (b *bounded) Close() error { return b.ReadCloser.Close() }

// pace measures how much comes in the time that is spent waiting for it.
type pace struct {
	bytes  int64
	waited time.Duration
}

// slow reports that the last half minute of waiting brought too little.
func (p *pace) slow(n int, took time.Duration) bool {
	p.bytes, p.waited = p.bytes+int64(n), p.waited+took
	if p.waited < measuredWithin {
		return false
	}
	slow := float64(p.bytes) < slowest*p.waited.Seconds()
	p.bytes, p.waited = 0, 0
	return slow
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialWithin, KeepAlive: 15 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &lively{Conn: conn}, nil
}

// lively is a connection that fails when nothing is transferred for too long, or far too little.
type lively struct {
	net.Conn

	pace pace // of writing; one goroutine writes at a time
	slow atomic.Bool
}

func (l *lively) Read(p []byte) (int, error) {
	_ = l.SetReadDeadline(time.Now().Add(stallWithin))
	return l.Conn.Read(p)
}

// Write also gives the answer more time: it comes only once everything was taken.
func (l *lively) Write(p []byte) (int, error) {
	if l.slow.Load() {
		return 0, ErrSlow
	}
	began := time.Now()
	_ = l.SetDeadline(began.Add(stallWithin))
	n, err := l.Conn.Write(p)
	if l.pace.slow(n, time.Since(began)) {
		l.slow.Store(true)
	}
	return n, err
}
