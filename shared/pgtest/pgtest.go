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

// shared is the cluster that all tests of one process use.
var shared struct {
	sync.Mutex
	admin string // superuser's DSN, "" until first use
	own   *Cluster
	err   error
}

// Stop takes down what this process started for all of its tests, if it did.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	var err error
	if shared.own != nil {
		err = shared.own.Close()
		shared.own, shared.admin = nil, ""
	}
	if err = errors.Join(err, forgetSeed()); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
}

// AdminDSN is the superuser's DSN of the cluster the tests of this process share; roles are made.
func AdminDSN(tb testing.TB) string {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.admin == "" && shared.err == nil {
		shared.err = open(tb.Context())
	}
	if shared.err != nil {
		tb.Fatalf("pgtest: %v", shared.err)
	}
	return shared.admin
}

// open finds or starts the shared cluster; the caller holds its lock.
func open(ctx context.Context) error {
	dsn := os.Getenv(EnvCluster)
	if dsn == "" {
		c, err := Launch(Options{})
		if err != nil {
			return err
		}
		shared.own, dsn = c, c.DSN("postgres")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := createRoles(ctx, dsn); err != nil {
		return err
	}
	shared.admin = dsn
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
