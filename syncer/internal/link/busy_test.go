package link

import (
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portal.example/shared/awaittest"
)

// TestBusyPeerKeepsItsConnection: a peer that is there and takes nothing for several times the limit, while more is sent than it
// has room for, gets all of it in the end.
func TestBusyPeerKeepsItsConnection(t *testing.T) {
	t.Parallel()
	const dead, size = time.Second, 32 << 20
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	near, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = near.Close() }()
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = far.Close() }()
	raw, err := near.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = setUserTimeout(int(fd), true, dead) }); err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	defer close(closed)
	go spareBusy(closed, raw, dead/20, dead, time.Hour)
	written := make(chan error, 1)
	go func() {
		_, err := near.Write(make([]byte, size))
		written <- err
	}()
	// Linux aborts by its probes, which double: the third after the limit would be long too late.
	awaittest.Until(t, "probes that are answered, long after the limit", func() bool {
		var info *unix.TCPInfo
		_ = raw.Control(func(fd uintptr) { info, _ = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
		return len(written) > 0 || info != nil && time.Duration(info.Last_data_sent)*time.Millisecond > 8*dead
	})
	if n, err := io.CopyN(io.Discard, far, size); err != nil {
		t.Errorf("the peer got %d of %d bytes: %v", n, size, err)
	}
	if err := awaittest.Receive(t, "the end of the write", written); err != nil {
		t.Errorf("the write failed: %v", err)
	}
}
