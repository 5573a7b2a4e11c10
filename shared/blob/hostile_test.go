package blob

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
)

// hostile is a store that answers everything by handle.
func hostile(t *testing.T, handle http.HandlerFunc) *Bucket {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	b, err := Open(Config{Endpoint: server.Listener.Addr().String(), AccessKey: "a", SecretKey: "b", Bucket: "documents"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// endless writes text until the client has had enough.
func endless(w http.ResponseWriter, text string) {
	for {
		if _, err := io.WriteString(w, text); err != nil {
			return
		}
	}
}

// grown is how much memory f leaves in use or took at once, roughly: the heap before and after, collected as usual whatever GOGC says.
func grown(f func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.HeapSys) - int64(before.HeapSys) //nolint:gosec // far below the limit
}

// Whatever a store sends, it ends with an error, soon, and takes little memory.
func TestHostileStore(t *testing.T) {
	const header = `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>`
	list := func(b *Bucket) error { return b.Keys(t.Context(), "", func(Info) error { return nil }) }
	get := func(b *Bucket) error { _, err := b.ReadAll(t.Context(), "k", "", 1000); return err }
	cases := map[string]struct {
		handle http.HandlerFunc
		do     func(*Bucket) error
	}{
		"endless page": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, header)
			endless(w, `<Contents><Key>`+strings.Repeat("k", 500)+`</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`)
		}, list},
		"endless key": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, header+"<Contents><Key>")
			endless(w, strings.Repeat("k", 4096))
		}, list},
		"endless problem": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			endless(w, "<Error><Code>"+strings.Repeat("x", 4096))
		}, list},
		"object without an end": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
			if r.Method == http.MethodHead {
				w.Header().Set("Content-Length", "5")
				return
			}
			endless(w, "x")
		}, get},
		"long headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amz-Meta-Sha256", strings.Repeat("x", 1<<20))
		}, get},
		"larger than wanted": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
			w.Header().Set("Content-Length", "100000000000")
		}, get},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := hostile(t, c.handle)
			done := make(chan error, 1)
			took := grown(func() {
				go func() { done <- c.do(b) }()
				if err := awaittest.Receive(t, "the call comes back", done); err == nil {
					t.Error("nobody noticed")
				} else if len(err.Error()) > 10_000 {
					t.Errorf("an error of %d bytes", len(err.Error()))
				}
			})
			if took > 150<<20 {
				t.Errorf("it took %d MiB", took>>20)
			}
		})
	}
}

// A body that says it is compressed is taken as it is: nothing grows on this side.
func TestNothingIsDecompressed(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 10<<20))
	_ = z.Close()
	b := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("compression was asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(bomb.Len()))
		_, _ = w.Write(bomb.Bytes())
	})
	data, err := b.ReadAll(t.Context(), "k", "", 1<<20)
	if err != nil || !bytes.Equal(data, bomb.Bytes()) {
		t.Errorf("%d bytes came, %d were sent: %v", len(data), bomb.Len(), err)
	}
}

// One byte a second is no life; a slow line is, and a peer that waits for us is not slow.
func TestPace(t *testing.T) {
	cases := []struct {
		bytes int
		each  time.Duration
		slow  bool
	}{
		{1, time.Second, true},
		{4 << 10, time.Second, true},
		{16 << 10, time.Second, false},
		{1, 0, false},
		{1 << 20, 20 * time.Second, false},
	}
	for _, c := range cases {
		var p pace
		slow := false
		for range 100 {
			slow = slow || p.slow(c.bytes, c.each)
		}
		if slow != c.slow {
			t.Errorf("%d bytes every %s: slow %t", c.bytes, c.each, slow)
		}
	}
}

type crumbs struct{ io.ReadCloser }

func (crumbs) Read([]byte) (int, error) { return 1, nil }

func TestBodyThatComesInCrumbsEnds(t *testing.T) {
	b := &bounded{ReadCloser: crumbs{}, left: 1 << 30, pace: pace{waited: measuredWithin}}
	if _, err := b.Read(make([]byte, 10)); !errors.Is(err, ErrSlow) {
		t.Errorf("got %v", err)
	}
}

func TestStoreThatWantsACertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
		w.Header().Set("Content-Length", "5")
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	defer server.Close()
	dir := t.TempDir()
	path := func(name, kind string, der []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	c := Config{Endpoint: server.Listener.Addr().String(), AccessKey: "a", SecretKey: "b", Bucket: "documents", Secure: true}
	stat := func(c Config) error {
		b, err := Open(c)
		if err == nil {
			_, err = b.Stat(t.Context(), "k")
		}
		return err
	}
	if err := stat(c); err == nil {
		t.Error("an authority that nobody named was believed")
	}
	c.CAFile = path("ca.crt", "CERTIFICATE", server.Certificate().Raw)
	if err := stat(c); err == nil {
		t.Error("it worked without the certificate")
	}
	c.CertFile, c.KeyFile = c.CAFile, path("key", "PRIVATE KEY", pkcs8(t, server.TLS.Certificates[0].PrivateKey))
	if err := stat(c); err != nil {
		t.Error(err)
	}
	c.KeyFile = ""
	if err := stat(c); err == nil || !strings.Contains(err.Error(), "belong together") {
		t.Errorf("half of a pair: %v", err)
	}
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
