package faulttest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Lie is what a store before the real one does with the answers.
type Lie string

// The lies.
const (
	Truth      Lie = ""
	Truncate   Lie = "truncate"      // half of the bytes, and the length says so
	Abort      Lie = "abort"         // half of the bytes, then the connection ends
	Flip       Lie = "flip"          // one bit is another
	Other      Lie = "other bytes"   // 200, right length, other bytes
	Failing    Lie = "500"           // an error of the store
	Garbage    Lie = "garbage"       // an error whose text is no XML and has no end
	Redirect   Lie = "redirect"      // to a place of the store's choice
	Hang       Lie = "hang"          // no answer
	Endless    Lie = "endless"       // a body without end
	Bomb       Lie = "bomb"          // compressed, much larger than it looks
	Swallow    Lie = "swallow"       // says that what was put is stored, and stores nothing
	Missing    Lie = "missing"       // nothing is there
	ManyThings Lie = "endless lists" // lists of objects never end
)

// Store stands before a real object store.
type Store struct {
	server *httptest.Server
	proxy  *httputil.ReverseProxy

	mu     sync.Mutex
	lie    Lie
	told   int // answers that were lies
	lured  int // requests that followed a redirect
	change chan struct{}
}

// NewStore makes one before the store at host:port; it ends with the test.
func NewStore(tb testing.TB, store string) *Store {
	tb.Helper()
	s := &Store{change: make(chan struct{})}
	s.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: store})
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: s.modify,
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	s.server = httptest.NewServer(s)
	tb.Cleanup(func() { s.Tell(Truth); s.server.CloseClientConnections(); s.server.Close() })
	return s
}

// Address is host:port.
func (s *Store) Address() string { return strings.TrimPrefix(s.server.URL, "http://") }

// Tell begins a lie.
func (s *Store) Tell(l Lie) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lie, s.told = l, 0
	close(s.change)
	s.change = make(chan struct{})
}

// Told is how many answers were lies since Tell.
func (s *Store) Told() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told
}

// Lured is how many requests went where a redirect pointed.
func (s *Store) Lured() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lured
}

func (s *Store) now() (Lie, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lie != Truth {
		s.told++
	}
	return s.lie, s.change
}

const lure = "/lured-away"

// ServeHTTP answers without the store where the lie needs none.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, lure) {
		s.mu.Lock()
		s.lured++
		s.mu.Unlock()
		return
	}
	lie, changed := s.now()
	switch lie {
	case Failing:
		w.WriteHeader(http.StatusInternalServerError)
	case Garbage:
		w.WriteHeader(http.StatusInternalServerError)
		if r.Method == http.MethodHead {
			return
		}
		forever(w, r, bytes.Repeat([]byte("<Error><"), 4096))
	case Redirect:
		w.Header().Set("Location", s.server.URL+lure)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Hang:
		select {
		case <-changed:
		case <-r.Context().Done():
		}
	case Endless:
		w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		if r.Method == http.MethodHead {
			w.Header().Set("Content-Length", strconv.Itoa(1<<40))
			return
		}
		forever(w, r, make([]byte, 32<<10))
	case Bomb:
		s.bomb(w, r)
	case Swallow:
		if r.Method == http.MethodPut {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
			return
		}
		s.proxy.ServeHTTP(w, r)
	case Missing:
		w.WriteHeader(http.StatusNotFound)
	case ManyThings:
		s.list(w, r)
	default:
		s.proxy.ServeHTTP(w, r)
	}
}

func forever(w io.Writer, r *http.Request, data []byte) {
	for r.Context().Err() == nil {
		if _, err := w.Write(data); err != nil {
			return
		}
	}
}

// bomb answers with what unpacks to a gigabyte.
func (s *Store) bomb(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
	w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
	z := gzip.NewWriter(w)
	zeros := make([]byte, 1<<20)
	for i := 0; i < 1024 && r.Context().Err() == nil; i++ {
		if _, err := z.Write(zeros); err != nil {
			return
		}
	}
	_ = z.Close()
}

// list says that there is always one more page.
func (s *Store) list(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !r.URL.Query().Has("list-type") {
		s.proxy.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>`)
	for range 1000 {
		_, _ = io.WriteString(w, `<Contents><Key>`+strings.Repeat("k", 500)+`</Key><Size>1</Size></Contents>`)
	}
	_, _ = io.WriteString(w, `</ListBucketResult>`)
}

// modify changes an answer of the real store.
func (s *Store) modify(resp *http.Response) error {
	s.mu.Lock()
	lie := s.lie
	s.mu.Unlock()
	if resp.Request.Method != http.MethodGet || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		return nil
	}
	switch lie {
	case Truncate, Abort, Flip, Other:
	default:
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || len(body) == 0 {
		return err
	}
	length := len(body)
	switch lie {
	case Truncate:
		body = body[:len(body)/2]
		length = len(body)
	case Abort:
		body = body[:len(body)/2]
	case Flip:
		body[len(body)/2] ^= 1
	default:
		body = bytes.Repeat([]byte("x"), len(body))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(length)
	resp.Header.Set("Content-Length", strconv.Itoa(length))
	return nil
}
