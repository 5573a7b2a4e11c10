package daemon_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/syncer/internal/prepare"
)

// Users and the group that only these tests have. They need no entry in /etc/passwd.
const (
	readerUser  = 61001
	writerUser  = 61002
	fetcherUser = 61003
	wireGroup   = 61000
)

// units are the real syncer's three parts as processes of three users, with the stores and databases of p.
type units struct {
	*portal
	folder string // that all users may enter
	all    map[string]*process
	test   *testing.T
}

// process is one of them.
type process struct {
	cmd    *exec.Cmd
	said   buffer
	ended  chan struct{}
	health string
}

// buffer is what a process said so far.
type buffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *buffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

func newUnits(t *testing.T) *units {
	t.Helper()
	p := newPortal(t)
	folder, err := os.MkdirTemp("", "units")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	u := &units{portal: p, folder: folder, all: map[string]*process{}, test: t}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	// A program that this process writes itself cannot be started while a child of another test still has the file open for writing, as
	// every child has between fork and exec (ETXTBSY).
	if err := os.Link(path, filepath.Join(folder, "syncer")); err != nil {
		t.Fatal(err)
	}
	u.copyWhitelist()
	run := filepath.Join(folder, "run")
	if err := os.Mkdir(run, 0o750); err != nil { //nolint:gosec // as in deploy/systemd
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // every unit's user enters it
		t.Fatal(err)
	}
	if root() {
		if err := os.Chown(run, readerUser, wireGroup); err != nil {
			t.Fatal(err)
		}
	}
	u.configure()
	t.Cleanup(func() {
		for name, one := range u.all {
			_ = one.cmd.Process.Kill()
			<-one.ended
			if t.Failed() {
				t.Logf("%s said:\n%s", name, one.said.String())
			}
		}
	})
	return u
}

func root() bool { return os.Geteuid() == 0 }

func (u *units) file(name string, data []byte, mode os.FileMode) {
	u.t.Helper()
	if err := os.WriteFile(filepath.Join(u.folder, name), data, mode); err != nil {
		u.t.Fatal(err)
	}
}

// copyWhitelist copies it to where every unit's user may read it.
func (u *units) copyWhitelist() {
	u.t.Helper()
	list := filepath.Join(u.folder, "whitelist.d")
	if err := os.CopyFS(list, os.DirFS(u.cfg.Whitelist)); err != nil {
		u.t.Fatal(err)
	}
	err := filepath.WalkDir(list, func(path string, d fs.DirEntry, err error) error {
		mode := os.FileMode(0o644)
		if err == nil && d.IsDir() {
			mode = 0o755
		}
		return errors.Join(err, os.Chmod(path, mode))
	})
	if err != nil {
		u.t.Fatal(err)
	}
}

// configure writes each unit's file, with its own side only.
func (u *units) configure() {
	u.t.Helper()
	store := func(c blob.Config) string {
		return fmt.Sprintf("{endpoint: %q, access_key: %q, secret_key: %q, bucket: %q}", c.Endpoint, c.AccessKey, c.SecretKey, c.Bucket)
	}
	c := u.cfg
	for name, text := range map[string]string{
		"reader": fmt.Sprintf("source: {dsn: %q, slot: %s, heartbeat: 1s}\nwhitelist: whitelist.d\ndocuments: {source: %s}\nwire: {socket: run/wire.sock, peers: ['%d']}\n",
			c.Source.DSN, c.Source.Slot, store(c.Documents.Source), writerUser),
		"writer": fmt.Sprintf("target: {dsn: %q}\nsource: {slot: %s}\nwhitelist: whitelist.d\ndocuments: {target: %s}\nwire: {socket: run/wire.sock}\n",
			c.Target.DSN, c.Source.Slot, store(c.Documents.Target)),
		"fetcher": fmt.Sprintf("inbound:\n  poll: 1s\n  outside: {dsn: %q, store: %s}\n  inside: {dsn: %q, store: %s}\n",
			c.Inbound.Outside.DSN, store(c.Inbound.Outside.Store), c.Inbound.Inside.DSN, store(c.Inbound.Inside.Store)),
	} {
		u.file(name+".yaml", []byte(text+"log_level: debug\nlisten: "+freeAddress(u.test)+"\n"), 0o644)
	}
}

// start starts a unit as its user.
func (u *units) start(name string, user uint32) *process {
	u.t.Helper()
	one := &process{ended: make(chan struct{})}
	one.cmd = exec.Command(filepath.Join(u.folder, "syncer"), name, "--config", filepath.Join(u.folder, name+".yaml")) //nolint:gosec // built by this test
	one.cmd.Stdout, one.cmd.Stderr, one.cmd.Dir, one.cmd.Env = &one.said, &one.said, u.folder, []string{"GOCOVERDIR="}
	if root() {
		one.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: wireGroup}}
	}
	if err := one.cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	go func() { _ = one.cmd.Wait(); close(one.ended) }()
	text, _ := os.ReadFile(filepath.Join(u.folder, name+".yaml"))
	one.health = "http://" + strings.TrimSpace(string(text[bytes.LastIndex(text, []byte("listen: "))+8:])) + "/healthz"
	u.all[name] = one
	return one
}

func (u *units) startAll() {
	u.t.Helper()
	u.start("writer", writerUser) // in the wrong order: it waits
	u.start("reader", readerUser)
	u.start("fetcher", fetcherUser)
}

// healthy reports whether the unit's health is green.
func (one *process) healthy() bool {
	client := http.Client{Timeout: awaittest.Guard}
	resp, err := client.Get(one.health) //nolint:noctx // the client has a deadline
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

// goesOn makes work for all three units and waits until it is done.
func (u *units) goesOn(round string) {
	u.t.Helper()
	key := u.portal.file([]byte("document "+round), true)
	id, _ := u.submit([]byte("sealed " + round))
	u.loaded()
	u.waitFor()
	u.eventually(round+": the object is ready", func() bool { return u.object(key) == "ready" })
	u.eventually(round+": the message is inside", func() bool { return u.received(id) })
	for name, one := range u.all {
		u.eventually(round+": "+name+" is healthy", one.healthy)
	}
	u.equal()
}

func (u *units) received(id uuid.UUID) bool {
	return u.count(u.source, `SELECT count(*) FROM intake.messages WHERE id = $1`, id) == 1
}

// Three processes of three users do what one does: first load, stream, objects, messages; each is killed in turn
// and takes up its work again, and all end at once when they are asked to.
func TestThreeProcesses(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	for n := range 50 {
		u.portal.file(fmt.Appendf(nil, "before %d", n), n%2 == 0)
	}
	if _, err := prepare.Init(t.Context(), u.cfg, u.list, false); err != nil {
		t.Fatal(err)
	}
	u.startAll()
	u.goesOn("at first")
	if n := u.count(u.target, `SELECT count(*) FROM sync.objects WHERE state = 'ready'`); n != 26 {
		t.Errorf("%d objects are ready, 26 are published", n)
	}
	for _, victim := range []struct {
		name string
		user uint32
	}{{"reader", readerUser}, {"writer", writerUser}, {"fetcher", fetcherUser}} {
		one := u.all[victim.name]
		if err := one.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-one.ended
		u.source.Exec(`UPDATE documents.files SET notes = 'canary', title = title || '.'`)
		u.start(victim.name, victim.user)
		u.goesOn("after the " + victim.name + " was killed")
	}
	for name, one := range u.all {
		for _, secret := range []string{"canary", u.cfg.Documents.Source.SecretKey} {
			if strings.Contains(one.said.String(), secret) {
				t.Errorf("%s says %q", name, secret)
			}
		}
		u.terminate(name, one)
	}
}

// terminate asks a unit to end and expects that it does, soon and without complaint.
func (u *units) terminate(name string, one *process) {
	u.t.Helper()
	if err := one.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		u.t.Fatal(err)
	}
	awaittest.Receive(u.t, name+" ends when it is asked to", one.ended, one.said.String)
	if code := one.cmd.ProcessState.ExitCode(); code != 0 {
		u.t.Errorf("%s ended with exit code %d:\n%s", name, code, one.said.String())
	}
}

// Whoever is not the writer's user gets nothing from the reader, even if the folder lets him in.
func TestOnlyTheWriterIsAnswered(t *testing.T) {
	t.Parallel()
	if !root() {
		t.Skip("needs root, to be several users")
	}
	u := newUnits(t)
	if _, err := prepare.Init(t.Context(), u.cfg, u.list, false); err != nil {
		t.Fatal(err)
	}
	reader := u.start("reader", readerUser)
	u.eventually("the reader listens", reader.healthy)
	stranger := u.start("writer", fetcherUser)
	u.eventually("the stranger is turned away", func() bool { return strings.Contains(reader.said.String(), "not in wire.peers") })
	if n := u.count(u.target, `SELECT count(*) FROM sync.progress WHERE applied_lsn IS NOT NULL`); n != 0 {
		t.Error("the stranger got something")
	}
	u.terminate("stranger", stranger)
	u.start("writer", writerUser)
	u.loaded()
	u.waitFor()
	u.equal()
}

// A configuration that holds another unit's secrets is refused before anything is opened.
func TestUnitsRefuseWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	for _, name := range []string{"reader", "writer", "fetcher"} {
		text, err := os.ReadFile(u.path())
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, "wire: {socket: run/wire.sock}\n"...)
		u.file(name+".yaml", append(text, "listen: 127.0.0.1:9\n"...), 0o644)
		one := u.start(name, readerUser)
		awaittest.Receive(t, name+" ends, as it has everybody's secrets", one.ended, one.said.String)
		if said := one.said.String(); one.cmd.ProcessState.ExitCode() != 2 || !strings.Contains(said, "does not belong") || strings.Contains(said, u.cfg.Documents.Source.SecretKey) {
			t.Errorf("%s: exit code %d: %s", name, one.cmd.ProcessState.ExitCode(), said)
		}
	}
}

// A source that is away at the start is waited for, in red; one that refuses the reader for good ends it.
func TestReaderWaitsForItsSource(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	text := func(dsn string) []byte {
		return fmt.Appendf(nil, "source: {dsn: %q, slot: %s}\nwhitelist: whitelist.d\nwire: {socket: run/wire.sock}\nlisten: %s\n", dsn, u.cfg.Source.Slot, freeAddress(t))
	}
	u.file("reader.yaml", text(strings.Replace(u.cfg.Source.DSN, ":"+portOf(u.cfg.Source.DSN)+"/", ":1/", 1)), 0o644)
	one := u.start("reader", readerUser)
	u.eventually("it says so once", func() bool { return strings.Contains(one.said.String(), "cannot be read yet") })
	if one.healthy() {
		t.Error("green without a source")
	}
	u.terminate("reader", one)
	u.file("reader.yaml", text(strings.Replace(u.cfg.Source.DSN, "/"+u.source.Name, "/nowhere_at_all", 1)), 0o644)
	one = u.start("reader", readerUser)
	awaittest.Receive(t, "it ends without a database", one.ended, one.said.String)
	if one.cmd.ProcessState.ExitCode() == 0 || !strings.Contains(one.said.String(), "nowhere_at_all") {
		t.Errorf("exit code %d: %s", one.cmd.ProcessState.ExitCode(), one.said.String())
	}
}

func portOf(dsn string) string {
	_, rest, _ := strings.Cut(dsn, "@127.0.0.1:")
	port, _, _ := strings.Cut(rest, "/")
	return port
}
