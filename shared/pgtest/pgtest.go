// Package pgtest gives tests real PostgreSQL: a fresh database per test, cloned from a template that
// holds a node's migrations, and whole clusters for tests that stop, kill or freeze a server.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	db := pgtest.Internal(t) // db.Pool is the owner's; db.As("internal_site") is that role's DSN
//
// The cluster is the one PORTAL_TEST_PG names (a superuser's DSN; scripts/test sets it) or one that the
// test process starts for itself and takes down with it. Templates are keyed by a hash of the
// migrations, so they are built once per cluster. Only tests and benchmarks may import this package; it
// imports shared/pg and pgx, and finds both sites' migrations by path, never by import.
package pgtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

// EnvCluster names the variable with a superuser's DSN of the cluster to use.
const EnvCluster = "PORTAL_TEST_PG"

// Main runs the package's tests, stops what they started and exits. More functions to stop other
// servers may be given: pgtest.Main(m, blobtest.Stop).
func Main(m *testing.M, stops ...func()) {
	os.Exit(Run(m, stops...))
}

// Parallel lets so many tests of this process run at a time, unless somebody says otherwise on the command line. It is for packages
// whose tests wait more than they work, and is called before Main.
func Parallel(tests int) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = f.Value.Set(strconv.Itoa(tests)) // a number is never refused
	}
}

// Run is Main without the exit, for packages whose TestMain does more.
func Run(m *testing.M, stops ...func()) int {
	code := m.Run()
	Stop()
	for _, stop := range stops {
		stop()
	}
	return code
}

// server is a cluster that tests of this process share.
type server struct {
	sync.Mutex
	env   string // names a cluster to use instead
	admin string // superuser's DSN, "" until first use
	own   *Cluster
	err   error
}

var (
	shared = server{env: EnvCluster}
	apart  server // see EmptyApart
)

// stopServers stops those that this process started.
func stopServers() error {
	err := apart.stop()
	for _, s := range sources.all {
		err = errors.Join(err, s.stop())
	}
	return err
}

// Stop takes down what this process started for all of its tests, if it did.
func Stop() {
	frozen := dropFrozen()
	closeAdmins()
	if err := errors.Join(frozen, stopServers(), forgetSeed()); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
}

func (s *server) stop() error {
	s.Lock()
	defer s.Unlock()
	if s.own == nil {
		return nil
	}
	own := s.own
	s.own, s.admin = nil, ""
	return own.Close()
}

// AdminDSN is the superuser's DSN of the cluster the tests of this process share; roles are made.
func AdminDSN(tb testing.TB) string {
	tb.Helper()
	return shared.dsn(tb)
}

func (s *server) dsn(tb testing.TB) string {
	tb.Helper()
	s.Lock()
	defer s.Unlock()
	if s.admin == "" && s.err == nil {
		s.err = s.open(tb.Context())
	}
	if s.err != nil {
		tb.Fatalf("pgtest: %v", s.err)
	}
	return s.admin
}

// open finds or starts the cluster; the caller holds its lock.
func (s *server) open(ctx context.Context) error {
	dsn := ""
	if s.env != "" {
		dsn = os.Getenv(s.env)
	}
	if dsn == "" {
		c, err := Launch(Options{})
		if err != nil {
			return err
		}
		s.own, dsn = c, c.DSN("postgres")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := createRoles(ctx, dsn); err != nil {
		return err
	}
	s.admin = dsn
	return nil
}

// withUser returns dsn for another user and, when database is not "", another database.
func withUser(dsn, user, database string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		return "", fmt.Errorf("%s must be of the form postgres://user@host:port/database", EnvCluster)
	}
	if user != "" {
		u.User = url.User(user)
	}
	if database != "" {
		u.Path = "/" + database
	}
	return u.String(), nil
}
