package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/signature/trust"
	"portal.example/shared/signature/x509ua"
)

// The supervisor is tested with real PostgreSQL and real stores; this test program itself stands in for
// the portal's binaries, which have tests of their own.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "internal-site", "external-site", "syncer", "demo":
		os.Exit(standIn(os.Args[1:]))
	}
	os.Exit(m.Run())
}

var listenLine = regexp.MustCompile(`(?m)(?:\blisten: "?|^socket: ")([0-9.:]+|/[^"]+)`)

// standIn answers /healthz wherever its configuration says; every other verb notes that it was called.
func standIn(args []string) int {
	verb := args[0]
	calls, err := os.OpenFile("calls", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 1
	}
	fmt.Fprintln(calls, filepath.Base(os.Args[0]), strings.Join(args[:min(2, len(args))], " "))
	_ = calls.Close()
	switch verb {
	case "keys":
		name := args[3]
		if args[1] == "generate" {
			name = filepath.Join(name, "seal.public")
		}
		return standInFailed(os.WriteFile(name, nil, 0o600))
	case "key":
		return standInFailed(os.WriteFile(args[2], nil, 0o600))
	case "import":
		return standInFailed(os.WriteFile(args[5], []byte(`[{"role":"r","login":"l","password":"p"}]`), 0o600))
	case "post-office":
		return standInFailed(answerOn(args[3:4]))
	case "serve", "intake", "notices", "run", "convert":
	default:
		return 0
	}
	conf, err := os.ReadFile(args[2])
	if err != nil {
		return standInFailed(err)
	}
	var addresses []string
	for _, found := range listenLine.FindAllStringSubmatch(string(conf), -1) {
		addresses = append(addresses, found[1])
	}
	return standInFailed(answerOn(addresses))
}

// answerOn answers everything on the addresses until it is told to stop.
func answerOn(addresses []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var serving sync.WaitGroup
	for _, address := range addresses {
		network := "tcp"
		if strings.HasPrefix(address, "/") {
			network = "unix"
		}
		listener, err := net.Listen(network, address)
		if err != nil {
			return err
		}
		context.AfterFunc(ctx, func() { _ = listener.Close() })
		serving.Go(func() {
			_ = http.Serve(listener, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})) //nolint:gosec // a test
		})
	}
	serving.Wait()
	return nil
}

func standInFailed(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// newLayout makes a repository with what a copy needs, on free ports.
func newLayout(t *testing.T) Layout {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	repository := filepath.Join(here, "../../..")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.MkdirTemp("", "portal-stack-test-") // t.TempDir is closed to the clusters' user
	if err != nil {
		t.Fatal(err)
	}
	l := Layout{Root: root, Base: freeBase(t)}
	t.Cleanup(func() { _ = os.RemoveAll(root); _ = os.RemoveAll(l.elsewhere()) })
	links := map[string]string{filepath.Join(repository, "deploy"): "deploy", filepath.Join(repository, ".run/tools"): ".run/tools"}
	err = errors.Join(os.Chmod(root, 0o755), os.MkdirAll(filepath.Join(root, ".run/bin"), 0o755))
	for target, name := range links {
		err = errors.Join(err, os.Symlink(target, filepath.Join(root, name)))
	}
	for _, name := range []string{"internal-site", "external-site", "syncer", "demo"} {
		err = errors.Join(err, os.Symlink(self, l.binary(name)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// freeBase finds a run of free ports.
func freeBase(t *testing.T) int {
	t.Helper()
	for base := 21000; base < 60000; base += 100 {
		if (Layout{Base: base}).checkPorts() == nil {
			return base
		}
	}
	t.Fatal("no free ports")
	return 0
}

// output is what a supervisor says, safe to read while it speaks.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// launch runs a supervisor until the returned function is called.
func launch(t *testing.T, l Layout) (*output, func()) {
	t.Helper()
	out := &output{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- NewSupervisor(l, out).Run(ctx) }()
	await(t, func() bool {
		select {
		case err := <-ended:
			t.Fatalf("supervisor ended: %v\n%s", err, out)
		default:
		}
		st, err := l.Status()
		return err == nil && st.State == StateRunning
	})
	return out, func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("supervisor: %v", err)
		}
	}
}

func await(t *testing.T, done func() bool) {
	t.Helper()
	awaittest.Until(t, "the supervisor has done it", done)
}

func (l Layout) pidOf(t *testing.T, name string) int {
	t.Helper()
	st, err := l.Status()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range st.Processes {
		if p.Name == name {
			return p.PID
		}
	}
	t.Fatalf("no process %s in %+v", name, st.Processes)
	return 0
}

func TestCopyKeepsDataRestartsWhatDiesAndStopsInOrder(t *testing.T) {
	l := newLayout(t)
	out, stop := launch(t, l)
	st, err := l.Status()
	if err != nil || len(st.SignIns) != 1 || st.SignIns[0].Login != "l" {
		t.Fatalf("%+v, %v", st, err)
	}
	keep(t, st)
	checkSigners(t, l, st)

	first := l.pidOf(t, "syncer")
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { pid := l.pidOf(t, "syncer"); return pid != 0 && pid != first })
	if !strings.Contains(out.String(), "syncer ended by itself (signal: killed)") {
		t.Errorf("nothing said of the killed process:\n%s", out)
	}
	if err := NewSupervisor(l, out).Run(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("a second supervisor was not refused: %v", err)
	}
	stop()
	said := out.String()
	last := -1
	for _, name := range []string{"external-site", "syncer", "notices", "intake", "internal-site", "post-office", "objects-external", "objects-internal", "postgresql-external", "postgresql-internal"} {
		at := strings.LastIndex(said, "\n  "+name+" (")
		if at <= last {
			t.Errorf("%s was not stopped in its turn:\n%s", name, said)
		}
		last = at
	}

	out, stop = launch(t, l)
	defer stop()
	checkKept(t, st)
	if again, err := l.Status(); err != nil || !reflect.DeepEqual(again.Signers, st.Signers) {
		t.Errorf("a restart has changed who signs: %v", err)
	}
	calls, _ := os.ReadFile(filepath.Join(l.State(), "calls"))
	if n := strings.Count(string(calls), "internal-site import demo"); n != 1 {
		t.Errorf("the demo region was loaded %d times:\n%s\n%s", n, calls, out)
	}
}

// checkSigners: what the demo's people sign is signed by somebody whom this copy trusts.
func checkSigners(t *testing.T, l Layout, st Status) {
	t.Helper()
	store, _, err := trust.Watch(l.Trust(), nil).At(time.Now())
	if err != nil || len(st.Signers) != 2 {
		t.Fatalf("%d signers: %v", len(st.Signers), err)
	}
	for _, s := range st.Signers {
		c, err := x509ua.ParseCertificate(s.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		if path := store.Judge(c, nil, trust.Signing, time.Now()); len(path.Findings) > 0 {
			t.Errorf("%s is not trusted: %v", s.Name, path.Findings)
		}
	}
}

// keep writes a row and an object.
func keep(t *testing.T, st Status) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), st.InternalDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var level string
	if err := conn.QueryRow(t.Context(), "select current_setting('wal_level')").Scan(&level); err != nil || level != "logical" {
		t.Fatalf("wal_level %s, %v", level, err)
	}
	if _, err := conn.Exec(t.Context(), "create table public.kept (n int)"); err != nil {
		t.Fatal(err)
	}
	if _, err := bucket(t, st).PutBytes(t.Context(), "kept", []byte("1"), "text/plain"); err != nil {
		t.Fatal(err)
	}
}

func checkKept(t *testing.T, st Status) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), st.InternalDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "insert into public.kept values (1)"); err != nil {
		t.Error(err)
	}
	if _, err := bucket(t, st).Stat(t.Context(), "kept"); err != nil {
		t.Error(err)
	}
}

func bucket(t *testing.T, st Status) *blob.Bucket {
	t.Helper()
	b, err := blob.Open(blob.Config{Endpoint: st.InternalS3.Endpoint, AccessKey: st.InternalS3.AccessKey, SecretKey: st.InternalS3.SecretKey, Bucket: "documents"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOccupiedPortIsNamedAndNothingIsStarted(t *testing.T) {
	l := newLayout(t)
	listener, err := net.Listen("tcp", l.address(portExternalS3))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	out := &output{}
	err = NewSupervisor(l, out).Run(t.Context())
	want := fmt.Sprintf("port %d for external object store is in use by process %d", l.Base+portExternalS3, os.Getpid())
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("got %v, want %s", err, want)
	}
	if _, err := os.Stat(filepath.Join(l.data(), "postgresql-internal/data")); !os.IsNotExist(err) {
		t.Errorf("something was made all the same: %v", err)
	}
}

func TestBaseFromEnvironment(t *testing.T) {
	for text, want := range map[string]int{"": DefaultBase, "9000": 9000, "80": 0, "x": 0, "65534": 0} {
		t.Setenv("PORTAL_PORT_BASE", text)
		l, err := Here("/r")
		if (err == nil) != (want != 0) || (err == nil && l.Base != want) {
			t.Errorf("%q: %d, %v", text, l.Base, err)
		}
	}
}
