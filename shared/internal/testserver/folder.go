package testserver

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const (
	folderPrefix = "portal-test-"
	lockName     = "in-use.lock"
)

// Folder is a temporary folder that belongs to this process for as long as it lives.
type Folder struct {
	Path string
	lock *os.File
	kept bool
}

// KeepFolder takes the folder at path, which stays when the process ends, or makes it; owned by cred when that is not nil. It is refused
// while another process has it.
func KeepFolder(path string, cred *syscall.Credential) (*Folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil { //nolint:gosec // the servers' user must pass
		return nil, fmt.Errorf("make folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a folder that the caller names
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("%s is in use by another process: %w", path, err)
	}
	if cred != nil {
		if err := os.Chown(path, int(cred.Uid), int(cred.Gid)); err != nil {
			return nil, fmt.Errorf("hand over folder: %w", err)
		}
	}
	return &Folder{Path: path, lock: lock, kept: true}, nil
}

// NewFolder makes a temporary folder, owned by cred when that is not nil, and removes those that test
// processes which were killed have left behind. It is kept in memory when that is wanted and there is room.
func NewFolder(cred *syscall.Credential, inMemory bool) (*Folder, error) {
	sweep()
	path, err := os.MkdirTemp(parent(inMemory), folderPrefix)
	if err != nil {
		return nil, fmt.Errorf("make test folder: %w", err)
	}
	lock, err := lockFolder(path)
	if err != nil {
		return nil, err
	}
	if cred != nil {
		if err := os.Chown(path, int(cred.Uid), int(cred.Gid)); err != nil {
			return nil, fmt.Errorf("hand over test folder: %w", err)
		}
	}
	return &Folder{Path: path, lock: lock}, nil
}

// lockFolder gives the lock file its name only once it is locked, so that no sweep comes between.
func lockFolder(path string) (*os.File, error) {
	unnamed := filepath.Join(path, "new.lock")
	lock, err := os.OpenFile(unnamed, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a path made just now
	if err != nil {
		return nil, fmt.Errorf("lock test folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("lock test folder: %w", err)
	}
	if err := os.Rename(unnamed, filepath.Join(path, lockName)); err != nil {
		return nil, fmt.Errorf("lock test folder: %w", err)
	}
	return lock, nil
}

// Remove deletes the folder, or lets go of one that is kept.
func (f *Folder) Remove() error {
	if f.kept {
		_ = f.lock.Close()
		return nil
	}
	err := os.RemoveAll(f.Path)
	_ = f.lock.Close()
	if err != nil {
		return fmt.Errorf("remove test folder: %w", err)
	}
	return nil
}

// sweep removes folders nobody holds the lock of. A folder without a lock file is being made just now.
func sweep() {
	var old []string
	for _, dir := range parents() {
		if dir != "" {
			found, _ := filepath.Glob(filepath.Join(dir, folderPrefix+"*", lockName))
			old = append(old, found...)
		}
	}
	for _, name := range old {
		lock, err := os.OpenFile(name, os.O_RDWR, 0) //nolint:gosec // names come from the pattern above
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(name))
		}
		_ = lock.Close()
	}
}
