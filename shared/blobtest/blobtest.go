// Package blobtest gives tests buckets on a real object store (versitygw over a temporary folder).
//
//	func TestMain(m *testing.M) { blobtest.Main(m) } // with a database: pgtest.Main(m, blobtest.Stop)
//
//	documents := blobtest.Bucket(t, "documents")
//
// The store is the one PORTAL_TEST_S3 names (http://access:secret@host:port; scripts/test sets it) or one
// that the test process starts for itself and takes down with it. Only tests and benchmarks may import
// this package; it imports shared/blob.
package blobtest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/internal/testserver"
)

// EnvStore names the variable with the address and keys of the store to use.
const EnvStore = "PORTAL_TEST_S3"

// Main runs the package's tests, stops the store and exits.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// shared is the store that all tests of one process use.
var shared struct {
	sync.Mutex
	store *Store
	err   error
}

// Stop takes down the store this process started, if it did.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.store != nil {
		if err := shared.store.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "blobtest:", err)
		}
		shared.store = nil
	}
}

// Bucket returns an empty bucket for this test alone; its real name begins with name.
func Bucket(tb testing.TB, name string) *blob.Bucket {
	tb.Helper()
	b, err := blob.Open(Config(tb, name))
	if err != nil {
		tb.Fatalf("blobtest: %v", err)
	}
	if err := b.Ensure(tb.Context()); err != nil {
		tb.Fatalf("blobtest: %v", err)
	}
	return b
}

// Config says how to reach a bucket of this test alone that does not exist yet.
func Config(tb testing.TB, name string) blob.Config {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.store == nil && shared.err == nil {
		shared.store, shared.err = open()
	}
	if shared.err != nil {
		tb.Fatalf("blobtest: %v", shared.err)
	}
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return shared.store.Config(name + "-" + hex.EncodeToString(b[:]))
}

func open() (*Store, error) {
	address := os.Getenv(EnvStore)
	if address == "" {
		return Launch()
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User == nil {
		return nil, fmt.Errorf("%s must be of the form http://access:secret@host:port", EnvStore)
	}
	secret, _ := u.User.Password()
	return &Store{endpoint: u.Host, access: u.User.Username(), secret: secret}, nil
}

// Store is an object store of a test's own.
type Store struct {
	endpoint, access, secret string
	folder                   *testserver.Folder // nil when somebody else runs the store
	process                  *testserver.Process
}

// New starts a store of the test's own, to be stopped and started by it; it is removed at the end.
func New(tb testing.TB) *Store {
	tb.Helper()
	s, err := Launch()
	if err != nil {
		tb.Fatalf("blobtest: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("blobtest: %v", err)
		}
	})
	return s
}

// Launch makes and starts a store outside of a test; the caller closes it.
func Launch() (*Store, error) {
	folder, err := testserver.NewFolder(nil, true)
	if err != nil {
		return nil, err
	}
	s := &Store{access: "test", secret: rand.Text(), folder: folder}
	for _, name := range []string{"objects", "meta"} {
		err = errors.Join(err, os.Mkdir(filepath.Join(folder.Path, name), 0o700))
	}
	for range 5 { // somebody else may take the port first
		var port int
		if port, err = testserver.FreePort(); err != nil {
			break
		}
		s.endpoint = fmt.Sprintf("127.0.0.1:%d", port)
		if err = s.Start(); err == nil {
			return s, nil
		}
	}
	return nil, errors.Join(err, s.Close())
}

// Start starts the store and waits until it answers.
func (s *Store) Start() error {
	program, err := binary()
	if err != nil {
		return err
	}
	logPath := filepath.Join(s.folder.Path, "store.log")
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // a path made here
	if err != nil {
		return fmt.Errorf("store log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(program, "--port", s.endpoint, "--quiet", "--health", "/health", //nolint:gosec // fixed program
		"posix", "--sidecar", filepath.Join(s.folder.Path, "meta"), filepath.Join(s.folder.Path, "objects"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.access, "ROOT_SECRET_KEY="+s.secret)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, s.folder.Path
	if s.process, err = testserver.Start(cmd, nil, syscall.SIGKILL); err != nil {
		return err
	}
	if err := s.process.Until(s.answers, 30*time.Second); err != nil {
		return errors.Join(fmt.Errorf("object store: %w\n%s", err, testserver.Tail(logPath, 8)), s.Stop())
	}
	return nil
}

func (s *Store) answers() bool {
	client := http.Client{Timeout: time.Second}
	resp, err := client.Get("http://" + s.endpoint + "/health") //nolint:noctx // the client has a deadline
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Stop stops the store; its objects stay for the next Start.
func (s *Store) Stop() error {
	if s.process == nil {
		return nil
	}
	return s.process.StopWith(syscall.SIGTERM, 10*time.Second)
}

// Close stops the store and removes its objects.
func (s *Store) Close() error {
	if s.folder == nil {
		return nil
	}
	return errors.Join(s.Stop(), s.folder.Remove())
}

// Config says how to reach a bucket of this store.
func (s *Store) Config(bucket string) blob.Config {
	return blob.Config{Endpoint: s.endpoint, AccessKey: s.access, SecretKey: s.secret, Bucket: bucket}
}

// URL is the store's address with its keys, as PORTAL_TEST_S3 takes it.
func (s *Store) URL() string {
	u := url.URL{Scheme: "http", User: url.UserPassword(s.access, s.secret), Host: s.endpoint}
	return u.String()
}

// binary finds versitygw: $PORTAL_TOOLS, .run/tools of the repository, PATH.
func binary() (string, error) {
	var folders []string
	if dir := os.Getenv("PORTAL_TOOLS"); dir != "" {
		folders = append(folders, dir)
	}
	if root, err := testserver.RepositoryRoot(); err == nil {
		folders = append(folders, filepath.Join(root, ".run/tools"))
	}
	for _, dir := range folders {
		path := filepath.Join(dir, "versitygw")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path, nil
	}
	return "", errors.New("versitygw is not built; build it: scripts/tools/build versitygw (looked in " + strings.Join(folders, ", ") + " and PATH)")
}
