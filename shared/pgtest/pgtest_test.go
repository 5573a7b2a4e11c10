package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEmptyIsOwnedAndDropped(t *testing.T) {
	var name string
	t.Run("use", func(t *testing.T) {
		db := pgtest.Empty(t)
		name = db.Name
		db.Exec("create table a (n int); insert into a values (1)")
		var user, level string
		if err := db.Pool.QueryRow(t.Context(), "select current_user, current_setting('wal_level')").Scan(&user, &level); err != nil {
			t.Fatal(err)
		}
		if user != pgtest.Owner || level != "logical" {
			t.Fatalf("user %s, wal_level %s", user, level)
		}
		// An inactive and an active slot must not keep the database.
		if _, err := db.Open(db.AdminDSN()).Exec(t.Context(), "select pg_create_logical_replication_slot($1, 'pgoutput')", db.Name); err != nil {
			t.Fatal(err)
		}
	})
	var left int
	db := pgtest.Empty(t)
	if err := db.Pool.QueryRow(t.Context(), "select count(*) from pg_database where datname = $1", name).Scan(&left); err != nil || left != 0 {
		t.Fatalf("left %d, %v", left, err)
	}
}

func TestRolesCanSignInAndOnlyReaderReplicates(t *testing.T) {
	db := pgtest.Empty(t)
	for _, role := range []string{"internal_site", "intake", "fetcher", "syncer_reader", "external_site", "syncer_writer", "syncer_fetcher"} {
		var name string
		var super, replication bool
		err := db.PoolAs(role).QueryRow(t.Context(), "select rolname, rolsuper, rolreplication from pg_roles where rolname = current_user").Scan(&name, &super, &replication)
		if err != nil || name != role || super || replication != (role == "syncer_reader") {
			t.Errorf("%s: signed in as %q, superuser %v, replication %v, %v", role, name, super, replication, err)
		}
	}
}

func TestClusterLife(t *testing.T) {
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_replication_slots": "3"}})
	db := c.Database(t)
	db.Exec("create table kept (n int)")
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"restart", c.Restart},
		{"kill", func() error {
			if err := c.Kill(); err != nil {
				return err
			}
			return c.Start()
		}},
		{"pause", func() error {
			if err := c.Pause(); err != nil {
				return err
			}
			return c.Resume()
		}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		fresh := db.Open(db.DSN)
		if _, err := fresh.Exec(t.Context(), "insert into kept values (1)"); err != nil {
			t.Fatalf("after %s: %v", step.name, err)
		}
	}
	var n int
	var slots string
	if err := db.Open(db.DSN).QueryRow(t.Context(), "select count(*), current_setting('max_replication_slots') from kept").Scan(&n, &slots); err != nil {
		t.Fatal(err)
	}
	if n != 3 || slots != "3" {
		t.Fatalf("rows %d of 3, slots %s", n, slots)
	}
}

// Clusters are copies of one folder, and no two may be taken for the same server.
func TestClustersAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		db := pgtest.New(t, pgtest.Options{}).Database(t)
		var id string
		if err := db.Open(db.AdminDSN()).QueryRow(t.Context(), "select system_identifier::text from pg_control_system()").Scan(&id); err != nil || seen[id] {
			t.Errorf("identifier %s again, %v", id, err)
		}
		seen[id] = true
	}
}

// The first session of a copy reads what the catalogs hold from a file that the template brought, and a role has one pool.
func TestSessionsAreFew(t *testing.T) {
	db := pgtest.Internal(t)
	admin, err := pgx.Connect(t.Context(), pgtest.AdminDSN(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	ask := func(sql string) (n int) {
		t.Helper()
		if err := admin.QueryRow(t.Context(), sql, db.Name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if ask(`select count(pg_stat_file('base/' || oid || '/pg_internal.init', true)) from pg_database where datname = $1`) != 1 {
		t.Error("the first session has to read the catalogs")
	}
	if pool := db.PoolAs("internal_site"); pool != db.PoolAs("internal_site") || pool == db.PoolAs("intake") || pool == db.Pool {
		t.Error("a role has several pools, or shares that of another")
	} else if _, err := pool.Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	if n := ask(`select count(*) from pg_stat_activity where datname = $1 and backend_type = 'client backend'`); n != 1 {
		t.Errorf("%d sessions, where one asked", n)
	}
}
