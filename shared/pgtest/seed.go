package pgtest

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"

	"portal.example/shared/internal/testserver"
)

// seed is a data folder made by initdb. All clusters of a process start as copies of it, because initdb takes many times
// as long as a copy.
var seed struct {
	sync.Mutex
	folder *testserver.Folder
}

// copySeed makes the data folder at dir, owned by cred.
func copySeed(bin, dir string, cred *syscall.Credential) error {
	seed.Lock()
	defer seed.Unlock()
	if seed.folder == nil {
		if err := makeSeed(bin, cred); err != nil {
			return err
		}
	}
	out, err := exec.Command("cp", "-a", filepath.Join(seed.folder.Path, "data"), dir).CombinedOutput() //nolint:gosec // our own folders
	if err != nil {
		return fmt.Errorf("copy a data folder: %w\n%s", err, out)
	}
	return giveIdentity(dir)
}

func makeSeed(bin string, cred *syscall.Credential) error {
	folder, err := testserver.NewFolder(cred, true)
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+filepath.Join(folder.Path, "data"), "--username="+Superuser, //nolint:gosec // fixed program
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	cmd.Dir = folder.Path
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), folder.Remove())
	}
	if err := removeMaps(filepath.Join(folder.Path, "data")); err != nil {
		return errors.Join(err, folder.Remove())
	}
	seed.folder = folder
	return nil
}

// removeMaps removes from a data folder that no server uses the maps of free space and of what everybody sees. A server does without
// them, and makes a map when it needs one; they are a quarter of the files that are copied for each empty database.
func removeMaps(dir string) error {
	var maps []string
	for _, kind := range []string{"*_fsm", "*_vm"} {
		found, err := filepath.Glob(filepath.Join(dir, "base/*", kind))
		if err != nil {
			return fmt.Errorf("maps of relations: %w", err)
		}
		maps = append(maps, found...)
	}
	for _, path := range maps {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("maps of relations: %w", err)
		}
	}
	return nil
}

// forgetSeed removes the folder.
func forgetSeed() error {
	seed.Lock()
	defer seed.Unlock()
	if seed.folder == nil {
		return nil
	}
	err := seed.folder.Remove()
	seed.folder = nil
	return err
}

// giveIdentity gives a data folder that no server has used yet a system identifier of its own, as initdb would: by it a syncer knows
// one server from another. It stands at the beginning of pg_control, which a checksum guards, and in the first page of each segment of
// the log (ControlFileData in pg_control.h, XLogLongPageHeaderData in xlog_internal.h).
func giveIdentity(dir string) error {
	path := filepath.Join(dir, "global/pg_control")
	control, err := os.ReadFile(path) //nolint:gosec // a test's own server
	if err != nil {
		return fmt.Errorf("system identifier: %w", err)
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	id[7] &= 0x7f           // it is shown as a signed number here and there
	former := bytes.Clone(control[:len(id)])
	at := checksumAt(control)
	if at < 0 {
		return errors.New("system identifier: pg_control is not as it is known")
	}
	copy(control, id[:])
	binary.LittleEndian.PutUint32(control[at:], crc32.Checksum(control[:at], castagnoli))
	segments, err := filepath.Glob(filepath.Join(dir, "pg_wal", "????????????????????????"))
	if err != nil {
		return fmt.Errorf("system identifier: %w", err)
	}
	for _, segment := range segments {
		if err := overwrite(segment, 24, former, id[:]); err != nil {
			return err
		}
	}
	return overwrite(path, 0, nil, control)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksumAt finds the checksum of what stands before it; where that is depends on the version.
func checksumAt(control []byte) int {
	for at := 128; at+4 <= 512 && at+4 <= len(control); at += 4 {
		if binary.LittleEndian.Uint32(control[at:]) == crc32.Checksum(control[:at], castagnoli) {
			return at
		}
	}
	return -1
}

// overwrite writes data at an offset of a file, which must hold former there.
func overwrite(path string, offset int64, former, data []byte) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // a test's own server
	if err != nil {
		return fmt.Errorf("system identifier: %w", err)
	}
	there := make([]byte, len(former))
	if _, err = f.ReadAt(there, offset); err == nil && !bytes.Equal(there, former) {
		err = fmt.Errorf("system identifier: %s is not as it is known", path)
	}
	if err == nil {
		_, err = f.WriteAt(data, offset)
	}
	return errors.Join(err, f.Close())
}
