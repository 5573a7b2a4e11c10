package stack

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
)

// DefaultBase is the first port of the demo when PORTAL_PORT_BASE does not say otherwise.
const DefaultBase = 8080

// Offsets from the base port.
const (
	portExternalSite = iota
	portInternalSite
	portInternalPG
	portExternalPG
	portInternalS3
	portExternalS3
	portSyncer
	portScanner
	portIntake
	portExternalOps
	portInternalOps
	portNotices
	portMail
	portSMSC
	portPost
	portCount
)

var portNames = [portCount]string{
	"external-site", "internal-site", "internal PostgreSQL", "external PostgreSQL",
	"internal object store", "external object store", "syncer", "malware scanner", "intake worker",
	"external-site's operations", "internal-site's operations", "notices worker", "mail server", "SMS centre", "post office",
}

// Layout says where everything of one copy lives. Copies with different bases share nothing but the
// built programs.
type Layout struct {
	Root string // of the repository
	Base int    // first port
}

// Here makes the layout of the repository at root with the base port from the environment.
func Here(root string) (Layout, error) {
	l := Layout{Root: root, Base: DefaultBase}
	text := os.Getenv("PORTAL_PORT_BASE")
	if text == "" {
		return l, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1024 || n > 65535-portCount {
		return l, fmt.Errorf("PORTAL_PORT_BASE=%s: a port number from 1024 to %d is needed", text, 65535-portCount)
	}
	l.Base = n
	return l, nil
}

// Run is the folder of this copy: .run for the usual base, .run/at-BASE for others.
func (l Layout) Run() string {
	run := filepath.Join(l.Root, ".run")
	if l.Base == DefaultBase {
		return run
	}
	return filepath.Join(run, "at-"+strconv.Itoa(l.Base))
}

// folders of a copy; all that reset deletes.
func (l Layout) folders() []string {
	return []string{l.State(), l.Config(), l.Keys(), l.Logs(), l.data()}
}

// State holds what the supervisor remembers: secrets, sign-ins, the list of processes.
func (l Layout) State() string { return filepath.Join(l.Run(), "demo") }

// Config holds the generated configuration files.
func (l Layout) Config() string { return filepath.Join(l.Run(), "config") }

// Keys holds the key pair that submissions are sealed with.
func (l Layout) Keys() string { return filepath.Join(l.Run(), "keys") }

// Trust is what both sites verify electronic signatures with: those of an authority that was made for this copy, and whatever somebody
// puts there.
func (l Layout) Trust() string { return filepath.Join(l.Run(), "trust") }

// Logs holds one log per process.
func (l Layout) Logs() string { return filepath.Join(l.Run(), "logs") }

func (l Layout) data() string { return filepath.Join(l.Run(), "data") }

func (l Layout) tool(name string) string   { return filepath.Join(l.Root, ".run/tools", name) }
func (l Layout) binary(name string) string { return filepath.Join(l.Root, ".run/bin", name) }
func (l Layout) config(name string) string { return filepath.Join(l.Config(), name) }
func (l Layout) log(name string) string    { return filepath.Join(l.Logs(), name+".log") }
func (l Layout) signIns() string           { return filepath.Join(l.State(), "sign-ins.json") }

func (l Layout) address(offset int) string { return fmt.Sprintf("127.0.0.1:%d", l.Base+offset) }
func (l Layout) url(offset int) string     { return "http://" + l.address(offset) }

// database is the name of the one database in each cluster.
const database = "portal"

func (l Layout) dsn(offset int, role, password string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, password), Host: l.address(offset),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}
