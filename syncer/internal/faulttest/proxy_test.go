package faulttest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
)

// echo is a server that sends back what it gets and remembers it.
func echo(t *testing.T) (address string, got func() []byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	all := make(chan []byte, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var seen bytes.Buffer
				_, _ = io.Copy(c, io.TeeReader(c, &seen))
				all <- seen.Bytes()
			}()
		}
	}()
	return l.Addr().String(), func() []byte { return <-all }
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// hear reads n bytes within the time; it returns what came.
func hear(c net.Conn, n int, within time.Duration) (string, error) {
	_ = c.SetReadDeadline(time.Now().Add(within))
	buf := make([]byte, n)
	m, err := io.ReadFull(c, buf)
	return string(buf[:m]), err
}

func TestCarriesAndCuts(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address)
	c := dial(t, p)
	say(t, c, "hello")
	if s, err := hear(c, 5, awaittest.Guard); s != "hello" {
		t.Fatalf("%q %v", s, err)
	}
	p.Cut()
	if _, err := hear(c, 1, awaittest.Guard); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("not cut: %v", err)
	}
	p.Set(Fault{Refuse: true})
	if c, err := net.Dial("tcp", p.Address()); err == nil { // the reset may come later than the connection
		if _, err := hear(c, 1, awaittest.Guard); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("not refused: %v", err)
		}
		_ = c.Close()
	}
	p.Heal()
	c = dial(t, p)
	say(t, c, "again")
	if s, err := hear(c, 5, awaittest.Guard); s != "again" {
		t.Errorf("%q %v", s, err)
	}
}

func TestHoldsAndGoesOn(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address)
	c := dial(t, p)
	p.Set(Fault{Hold: true})
	say(t, c, "late")
	if s, err := hear(c, 1, 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("not held: %q %v", s, err)
	}
	p.Heal()
	if s, err := hear(c, 4, awaittest.Guard); s != "late" {
		t.Errorf("%q %v", s, err)
	}
	p.Set(Fault{Lose: true})
	say(t, c, "lost")
	p.Heal()
	if s, err := hear(c, 1, awaittest.Guard); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("not reset: %q %v", s, err)
	}
}

func TestDelaysAndSlows(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address)
	c := dial(t, p)
	p.Set(Fault{Delay: 30 * time.Millisecond})
	began := time.Now()
	say(t, c, "there and back")
	if s, err := hear(c, 14, awaittest.Guard); err != nil || time.Since(began) < 60*time.Millisecond {
		t.Errorf("%q %v after %s", s, err, time.Since(began))
	}
	p.Set(Fault{Rate: 100})
	began = time.Now()
	say(t, c, "ten bytes!")
	if s, err := hear(c, 10, awaittest.Guard); err != nil || time.Since(began) < 90*time.Millisecond {
		t.Errorf("%q %v after %s", s, err, time.Since(began))
	}
}

func TestResets(t *testing.T) {
	for name, c := range map[string]struct {
		fault Fault
		want  string // that the server gets
		back  string // and no more of it the client
	}{
		"after bytes": {Fault{ResetAfter: 9}, "12345678C", "12345678C"},
		"on a word":   {Fault{ResetOn: []byte("COMMIT")}, "12345678COM", "12345678COM"}, // it stood across two writes
		"before it":   {Fault{ResetOn: []byte("8COM")}, "1234567", "1234567"},
		"after it":    {Fault{ResetOn: []byte("COMMIT"), PassBefore: true}, "12345678COMMIT!", "12345678COM"},
		"of this one": {Fault{ResetOn: []byte("MIT"), Of: []byte("123")}, "12345678COM", "12345678COM"},
	} {
		t.Run(name, func(t *testing.T) {
			address, got := echo(t)
			p := NewProxy(t, address)
			conn := dial(t, p)
			p.Set(c.fault)
			say(t, conn, "12345678COM")
			back, _ := hear(conn, 11, 100*time.Millisecond)
			_, _ = conn.Write([]byte("MIT!"))
			more, err := hear(conn, 20, awaittest.Guard)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("not reset")
			}
			if back += more; !strings.HasPrefix(c.back, back) {
				t.Errorf("the client got %q, want no more than %q", back, c.back)
			}
			if s := string(got()); s != c.want || p.Resets() != 1 {
				t.Errorf("the server got %q, want %q; %d resets", s, c.want, p.Resets())
			}
		})
	}
}

// A fault of some connections leaves the others alone, and what went by before it was set counts for none.
func TestResetsOnlyWhatItIsSetFor(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address)
	conn := dial(t, p)
	say(t, conn, "first COMMIT")
	_, _ = hear(conn, 12, awaittest.Guard)
	for _, f := range []Fault{{ResetOn: []byte("COMMIT")}, {ResetOn: []byte("word"), Of: []byte("second")}} {
		p.Set(f)
		say(t, conn, "a word")
		if s, err := hear(conn, 6, awaittest.Guard); s != "a word" || p.Resets() != 0 {
			t.Errorf("%+v: %q, %v, %d resets", f, s, err, p.Resets())
		}
	}
	p.Set(Fault{ResetOn: []byte("word"), Of: []byte("first")})
	say(t, conn, "a word that matters")
	if s, err := hear(conn, 1, awaittest.Guard); err == nil || string(p.Caught()) != "word that matters" {
		t.Errorf("%q, %v, caught %q", s, err, p.Caught())
	}
}
