package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/pg"
)

// Owner is the role that owns every database made here and every object of the migrations.
const Owner = "portal_owner"

// Database is a test's own database. It is dropped when the test ends.
type Database struct {
	Name string
	DSN  string        // the owner's
	Pool *pgxpool.Pool // the owner's

	tb     testing.TB
	admin  string
	server *server // of Source, or nil
	frozen bool    // see Freeze
	pools  pools   // see PoolAs
}

// pools are those of one database, by the role that they sign in as.
type pools struct {
	sync.Mutex
	byRole map[string]*pgxpool.Pool
}

// Internal returns a fresh database with all of internal-site's migrations.
func Internal(tb testing.TB) *Database {
	tb.Helper()
	return fromTemplate(tb, internalKind)
}

// External returns a fresh database with all of external-site's migrations.
func External(tb testing.TB) *Database {
	tb.Helper()
	return fromTemplate(tb, externalKind)
}

// ExternalPlain returns a fresh database like External, whose search knows words only as they are written. Each session that writes or
// looks for a text has to load the dictionary otherwise, which costs as much as fifty databases.
func ExternalPlain(tb testing.TB) *Database {
	tb.Helper()
	return fromTemplate(tb, plainKind)
}

// Empty returns a fresh database with nothing in it, on a cluster with wal_level=logical.
func Empty(tb testing.TB) *Database {
	tb.Helper()
	return create(tb, AdminDSN(tb), "template0")
}

// EmptyApart returns a fresh database like Empty on a second server of this process. Open transactions there do not hold up
// replication slots of the first server, and no slot reads its log.
func EmptyApart(tb testing.TB) *Database {
	tb.Helper()
	return create(tb, apart.dsn(tb), "template0")
}

// Encoded returns a fresh database like Empty, of another encoding than UTF8.
func Encoded(tb testing.TB, encoding string) *Database {
	tb.Helper()
	return create(tb, AdminDSN(tb), fmt.Sprintf("template0 encoding '%s' lc_collate 'C' lc_ctype 'C'", encoding))
}

func fromTemplate(tb testing.TB, k kind) *Database {
	tb.Helper()
	admin := AdminDSN(tb)
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	template, err := ensureTemplate(ctx, admin, k)
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	return create(tb, admin, template)
}

// create makes a database out of template on the cluster behind admin and drops it when the test ends.
func create(tb testing.TB, admin, template string) *Database {
	tb.Helper()
	name := "t_" + randomName()
	// FILE_COPY keeps the copy out of the WAL; otherwise every slot of the cluster reads 4 MB for each database.
	sql := fmt.Sprintf("create database %s owner %s template %s strategy file_copy", name, Owner, template)
	if err := adminExec(tb.Context(), admin, sql); err != nil {
		tb.Fatalf("pgtest: create database: %v", err)
	}
	dsn, err := withUser(admin, Owner, name)
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	db := &Database{Name: name, DSN: dsn, tb: tb, admin: admin}
	tb.Cleanup(db.drop)
	db.Pool = db.Open(dsn)
	return db
}

// As returns the DSN of a role for this database.
func (db *Database) As(role string) string {
	db.tb.Helper()
	dsn, err := withUser(db.DSN, role, "")
	if err != nil {
		db.tb.Fatalf("pgtest: %v", err)
	}
	return dsn
}

// AdminDSN is the superuser's DSN for this database.
func (db *Database) AdminDSN() string {
	db.tb.Helper()
	dsn, err := withUser(db.admin, "", db.Name)
	if err != nil {
		db.tb.Fatalf("pgtest: %v", err)
	}
	return dsn
}

// PoolAs returns the pool that signs in as role. It is opened once, and closed when the test ends: the first thing that a
// session does costs the server more than what most tests ask of it.
func (db *Database) PoolAs(role string) *pgxpool.Pool {
	db.tb.Helper()
	db.pools.Lock()
	defer db.pools.Unlock()
	if pool, ok := db.pools.byRole[role]; ok {
		return pool
	}
	if db.pools.byRole == nil {
		db.pools.byRole = map[string]*pgxpool.Pool{}
	}
	pool := db.Open(db.As(role))
	db.pools.byRole[role] = pool
	return pool
}

// Open opens a pool on dsn that is closed when the test ends. It has no more sessions than are used at a time.
func (db *Database) Open(dsn string) *pgxpool.Pool {
	db.tb.Helper()
	pool, err := pg.Open(db.tb.Context(), dsn, pg.Options{
		MaxConns: 16, MinConns: -1, StatementTimeout: patience, ApplicationName: db.tb.Name(),
	})
	if err != nil {
		db.tb.Fatalf("pgtest: %v", err)
	}
	db.tb.Cleanup(pool.Close)
	return pool
}

// LogWritten returns how many bytes of log the server has written so far, for all of its databases.
func (db *Database) LogWritten() int64 {
	db.tb.Helper()
	var n int64
	if err := db.Pool.QueryRow(db.tb.Context(), `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint`).Scan(&n); err != nil {
		db.tb.Fatalf("pgtest: position in the log: %v", err)
	}
	return n
}

// Exec runs SQL as the owner; several statements may stand in one string when there are no arguments.
func (db *Database) Exec(sql string, args ...any) {
	db.tb.Helper()
	if _, err := db.Pool.Exec(db.tb.Context(), sql, args...); err != nil {
		db.tb.Fatalf("pgtest: %v\n%s", err, sql)
	}
}

// drop removes the database with whatever still hangs on it: sessions, senders, replication slots.
func (db *Database) drop() {
	if db.frozen {
		return
	}
	if err := db.dropNow(); err != nil {
		db.tb.Errorf("pgtest: %v", err)
	}
}

func (db *Database) dropNow() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var dropped error
	// When it cannot connect, the test took its cluster down.
	_ = asAdmin(ctx, db.admin, func(conn *pgx.Conn) error {
		dropped = db.dropOn(ctx, conn)
		return dropped
	})
	if dropped != nil {
		return fmt.Errorf("drop %s: %w", db.Name, dropped)
	}
	return nil
}

func (db *Database) dropOn(ctx context.Context, conn *pgx.Conn) error {
	for {
		_, err := conn.Exec(ctx, `select pg_terminate_backend(active_pid) from pg_replication_slots where database = '`+db.Name+`' and active`)
		if err == nil {
			_, err = conn.Exec(ctx, "drop database if exists "+db.Name+" with (force)")
		}
		const objectInUse = "55006" // a sender is still going away
		if pg.Code(err) != objectInUse || ctx.Err() != nil {
			return err
		}
	}
}

func randomName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// adminExec runs statements in one simple-protocol query.
func adminExec(ctx context.Context, dsn string, statements ...string) error {
	return asAdmin(ctx, dsn, func(conn *pgx.Conn) error {
		for _, sql := range statements {
			if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
				return fmt.Errorf("run SQL: %w", err)
			}
		}
		return nil
	})
}
