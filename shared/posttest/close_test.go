package posttest_test

import (
	"net"
	"testing"

	"portal.example/shared/posttest"
)

// A server that is closed before it has begun to serve ends all the same, and takes its listener along.
func TestCloseComesFirst(t *testing.T) {
	for name, s := range map[string]interface {
		Serve(l net.Listener) error
		Close() error
	}{"mail": posttest.NewMail(), "short messages": posttest.NewSMSC()} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Serve(l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := l.Accept(); err == nil {
			t.Errorf("%s: somebody listens still", name)
		}
	}
}
