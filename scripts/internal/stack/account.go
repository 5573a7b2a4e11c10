package stack

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user that PostgreSQL runs as when the supervisor runs as root.
const account = "portal"

// clusterCredential is nil for an ordinary user; root gets the system user account, made when missing.
func clusterCredential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(account)
	if err != nil {
		out, addErr := exec.Command("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", account).CombinedOutput() //nolint:gosec // constant arguments
		if u, err = user.Lookup(account); err != nil {
			return nil, fmt.Errorf("add system user %s: %w %s", account, addErr, out)
		}
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return nil, fmt.Errorf("system user %s: %w", account, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// handOver makes the folder and gives it to cred.
func handOver(dir string, cred *syscall.Credential) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if cred == nil {
		return nil
	}
	if err := os.Chown(dir, int(cred.Uid), int(cred.Gid)); err != nil {
		return fmt.Errorf("hand over folder: %w", err)
	}
	return nil
}

// clusterHome is the folder of one cluster. A checkout that the system user cannot enter (say, below
// /root) gets its clusters in /var/lib/portal-demo, with a link from the usual place.
func clusterHome(l Layout, node string, cred *syscall.Credential) (string, error) {
	home := filepath.Join(l.data(), "postgresql-"+node)
	if cred == nil || canEnter(l.data(), cred) {
		return home, handOver(home, cred)
	}
	elsewhere := filepath.Join(l.elsewhere(), node)
	if err := os.MkdirAll(filepath.Dir(elsewhere), 0o755); err != nil { //nolint:gosec // the system user must pass
		return "", fmt.Errorf("make folder: %w", err)
	}
	if err := handOver(elsewhere, cred); err != nil {
		return "", err
	}
	if err := os.Symlink(elsewhere, home); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("link %s: %w", home, err)
	}
	return elsewhere, nil
}

// elsewhere is where clusters live that cannot live in the checkout.
func (l Layout) elsewhere() string {
	sum := sha256.Sum256([]byte(l.Run()))
	return filepath.Join("/var/lib/portal-demo", hex.EncodeToString(sum[:6]))
}

func canEnter(dir string, cred *syscall.Credential) bool {
	cmd := exec.Command("/usr/bin/test", "-x", dir) //nolint:gosec // fixed program
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	return cmd.Run() == nil
}
