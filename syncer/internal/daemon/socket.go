package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
)

const socketMode = 0o660 // its folder says who may come near

// listen creates the Unix socket. It replaces a socket that a killed reader left, but not one that a reader serves.
func listen(path string) (net.Listener, error) {
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		_ = conn.Close()
		return nil, fault.Usagef("wire.socket: another reader serves %s; stop it first", path)
	}
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&fs.ModeSocket == 0 {
			return nil, fault.Usagef("wire.socket: %s exists and is no socket; name another path", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fault.Usagef("wire.socket: %w", err)
		}
	}
	socket, err := net.Listen("unix", path)
	if err != nil {
		return nil, fault.Usagef("wire.socket: %s cannot be opened: %w; does its folder exist and belong to this user?", path, err)
	}
	if err := os.Chmod(path, socketMode); err != nil {
		_ = socket.Close()
		return nil, fault.Usagef("wire.socket: %w", err)
	}
	return socket, nil
}

// acceptNext waits for the next connection. If the process or the machine has no room for another one, it waits and tries again,
// as net/http does: open connections go on, and there is room again when one of them ends.
func acceptNext(ctx context.Context, from net.Listener, log *slog.Logger) (net.Conn, error) {
	again := link.Retry{Log: log, What: "wire.socket: no connection of the writer can be taken; trying again", First: 5 * time.Millisecond, Longest: time.Second}
	for {
		conn, err := from.Accept()
		switch {
		case err == nil:
			return conn, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !isPassing(err):
			return nil, fmt.Errorf("wire.socket: %w", err)
		}
		if err := again.Wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

// isPassing reports whether Accept failed for a reason that may go away while the socket stays open.
func isPassing(err error) bool {
	for _, reason := range []error{
		unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM, // accept(2): no room for one more
		unix.ECONNABORTED, unix.EPROTO, unix.EPERM, unix.EINTR, // this connection is of no use, the next may be
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// permitted says which processes may connect, by user and group.
type permitted struct {
	users  map[uint32]bool
	groups map[uint32]bool
}

// peers looks up the configured names, and adds this process's own user.
func peers(names []string) (permitted, error) {
	p := permitted{users: map[uint32]bool{uint32(os.Geteuid()): true}, groups: map[uint32]bool{}} //nolint:gosec // never negative here
	for _, name := range names {
		into, text := p.users, name
		if group, ok := strings.CutPrefix(name, "group:"); ok {
			into, text = p.groups, group
			if g, err := user.LookupGroup(group); err == nil {
				text = g.Gid
			}
		} else if u, err := user.Lookup(name); err == nil {
			text = u.Uid
		}
		id, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return p, fault.Usagef("wire.peers: there is no user or group %q on this machine", name)
		}
		into[uint32(id)] = true
	}
	return p, nil
}

// check asks the kernel whose process is at the other end (SO_PEERCRED).
func (p permitted) check(conn net.Conn) error {
	peer, err := credentials(conn)
	if err != nil {
		return err
	}
	if !p.users[peer.Uid] && !p.groups[peer.Gid] {
		return fmt.Errorf("process %d of user %d, group %d is not in wire.peers", peer.Pid, peer.Uid, peer.Gid)
	}
	return nil
}

func credentials(conn net.Conn) (*unix.Ucred, error) {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.New("not a Unix socket")
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil, err
	}
	var peer *unix.Ucred
	var option error
	if err := raw.Control(func(fd uintptr) {
		peer, option = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return nil, err
	}
	return peer, option
}
