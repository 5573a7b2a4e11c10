package link

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lookEvery is well below deadAfter, so that the limit never ends a connection that was not looked at.
	lookEvery = 5 * time.Second
	// busyDead is how old the last sign of life may be of a peer that takes no more: Linux asks it at intervals that double
	// up to two minutes.
	busyDead = 150 * time.Second
)

// spareBusy lets a peer take its time that is there and takes no more for now, until the connection is closed. Linux counts
// TCP_USER_TIMEOUT from when the peer's window closed too, however often the peer says that it is still there: a server that
// waits for a lock or works on one statement for longer than the limit, with as much sent ahead as it has room for, would lose
// its connection, be asked the same anew, and again.
func spareBusy(closed <-chan struct{}, raw syscall.RawConn, every, dead, busy time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	limited := true
	for {
		select {
		case <-closed:
			return
		case <-ticker.C:
		}
		var option error
		err := raw.Control(func(fd uintptr) {
			limit := !takesNoMore(int(fd), busy) //nolint:gosec // a descriptor
			if limit == limited {
				return
			}
			if option = setUserTimeout(int(fd), limit, dead); option == nil { //nolint:gosec // a descriptor
				limited = limit
			}
		})
		if err != nil || option != nil { // closed
			return
		}
	}
}

func setUserTimeout(fd int, limit bool, dead time.Duration) error {
	if !limit {
		dead = 0
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(dead.Milliseconds()))
}

// takesNoMore reports whether something waits to be sent although nothing is on its way: the peer has no room for it, and
// has said so not long ago.
func takesNoMore(fd int, busy time.Duration) bool {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return err == nil && info.Unacked == 0 && info.Notsent_bytes > 0 &&
		time.Duration(info.Last_ack_recv)*time.Millisecond < busy
}
