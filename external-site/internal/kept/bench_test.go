package kept_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// BenchmarkKeptPage sends a kept page over a connection, through the whole site.
func BenchmarkKeptPage(b *testing.B) { send(b, "/services/00034", "") }

// BenchmarkMadePage has a page made for each reader.
func BenchmarkMadePage(b *testing.B) {
	for _, path := range []string{"/", "/services/00034", "/services", "/centres"} {
		b.Run(path, func(b *testing.B) { send(b, path, "Cookie: own=1\r\n") })
	}
}

func send(b *testing.B, path, header string) {
	b.Helper()
	s := webtest.New(b)
	s.Listen()
	server := httptest.NewServer(s.Handler)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	answer := bufio.NewReaderSize(conn, 64<<10)
	for b.Loop() {
		if _, err := conn.Write([]byte("GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n" + header + "\r\n")); err != nil {
			b.Fatal(err)
		}
		if !answered(b, answer) {
			b.Fatal("no page")
		}
	}
}

func answered(b *testing.B, from *bufio.Reader) (ok bool) {
	b.Helper()
	length := 0
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch {
		case strings.HasPrefix(line, "HTTP/1.1 "+strconv.Itoa(http.StatusOK)):
			ok = true
		case name == "Content-Length":
			if length, err = strconv.Atoi(value); err != nil {
				b.Fatal(err)
			}
		case name == "":
			if _, err := from.Discard(length); err != nil {
				b.Fatal(err)
			}
			return ok
		}
	}
}
