package stack

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// checkPorts names every port of the copy that somebody else holds.
func (l Layout) checkPorts() error {
	var errs []error
	for offset, name := range portNames {
		listener, err := net.Listen("tcp", l.address(offset))
		if err != nil {
			errs = append(errs, fmt.Errorf("port %d for %s is in use%s", l.Base+offset, name, holder(l.Base+offset)))
			continue
		}
		_ = listener.Close()
	}
	if len(errs) == 0 {
		return nil
	}
	errs = append(errs, fmt.Errorf("stop what uses it, or take other ports: PORTAL_PORT_BASE=%d scripts/demo", DefaultBase+(l.Base-DefaultBase+1000)%40000))
	return errors.Join(errs...)
}

// holder says which process listens on the port, as far as this user may see.
func holder(port int) string {
	inode := listeningInode(port)
	if inode == "" {
		return ""
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || target != "socket:["+inode+"]" {
			continue
		}
		process := filepath.Dir(filepath.Dir(link))
		name, _ := os.ReadFile(filepath.Join(process, "comm")) //nolint:gosec // a path below /proc
		return fmt.Sprintf(" by process %s (%s)", filepath.Base(process), strings.TrimSpace(string(name)))
	}
	return ""
}

// listeningInode finds the socket in the kernel's table: "sl local_address rem_address st … inode".
func listeningInode(port int) string {
	const stateListen = "0A"
	suffix := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table) //nolint:gosec // constant names
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			fields := strings.Fields(lines.Text())
			if len(fields) > 9 && strings.HasSuffix(fields[1], suffix) && fields[3] == stateListen {
				if _, err := strconv.Atoi(fields[9]); err == nil {
					_ = f.Close()
					return fields[9]
				}
			}
		}
		_ = f.Close()
	}
	return ""
}
