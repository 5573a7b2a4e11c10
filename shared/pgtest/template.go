package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/internal/testserver"
	"portal.example/shared/pg"
)

// lockTemplates keeps test processes apart that make roles or the same template (a fixed, arbitrary key).
const lockTemplates = 0x7067746573740001

// roleFiles make the cluster's roles, the very files that operators run.
var roleFiles = []string{"deploy/sql/internal-roles.sql", "deploy/sql/external-roles.sql"}

// createRoles runs the role files as the superuser.
func createRoles(ctx context.Context, admin string) error {
	root, err := testserver.RepositoryRoot()
	if err != nil {
		return err
	}
	return locked(ctx, admin, func(conn *pgx.Conn) error {
		for _, name := range roleFiles {
			sql, err := os.ReadFile(filepath.Join(root, name)) //nolint:gosec // constant names below the root
			if err != nil {
				return fmt.Errorf("roles: %w", err)
			}
			if _, err := conn.PgConn().Exec(ctx, string(sql)).ReadAll(); err != nil {
				return fmt.Errorf("roles: %s: %w", name, err)
			}
		}
		return nil
	})
}

// kind is what a template holds.
type kind struct {
	name   string
	folder string // of migrations
	then   string // SQL that a superuser runs after them
}

var (
	internalKind = kind{name: "internal", folder: "internal-site/migrations"}
	externalKind = kind{name: "external", folder: "external-site/migrations"}
	// The sample comes with every PostgreSQL and has no word in Ukrainian.
	plainKind = kind{
		name: "plain", folder: externalKind.folder,
		then: `alter text search dictionary public.portal_uk (dictfile = ispell_sample, afffile = ispell_sample)`,
	}
)

// ensureTemplate returns the name of the template database of the kind, and builds it
// when this cluster does not have it. A template gets its final name only once it is whole.
func ensureTemplate(ctx context.Context, admin string, k kind) (string, error) {
	root, err := testserver.RepositoryRoot()
	if err != nil {
		return "", err
	}
	files := os.DirFS(filepath.Join(root, k.folder))
	sum, err := sumOf(k.folder, files)
	if err != nil {
		return "", fmt.Errorf("%s: %w", k.folder, err)
	}
	name := "tpl_" + k.name + "_" + sum
	if ok, err := exists(ctx, admin, name); ok || err != nil {
		return name, err
	}
	err = locked(ctx, admin, func(conn *pgx.Conn) error {
		if ok, err := databaseExists(ctx, conn, name); ok || err != nil {
			return err
		}
		return build(ctx, conn, admin, name, files, k.then)
	})
	return name, err
}

// build makes the template on conn, a superuser's connection.
func build(ctx context.Context, conn *pgx.Conn, admin, name string, files fs.FS, then string) error {
	raw := name + "_raw"
	for _, sql := range []string{
		"drop database if exists " + raw + " with (force)",
		"create database " + raw + " template template0 owner " + Owner,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("template: %w", err)
		}
	}
	if err := migrate(ctx, admin, raw, files); err != nil {
		return err
	}
	if err := warm(ctx, admin, raw, then); err != nil {
		return err
	}
	for _, sql := range []string{
		"alter database " + raw + " with allow_connections false is_template true",
		"alter database " + raw + " rename to " + name,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("template: %w", err)
		}
	}
	return nil
}

// migrate applies files as the owner, the way `migrate` of a site does.
func migrate(ctx context.Context, admin, database string, files fs.FS) error {
	dsn, err := withUser(admin, Owner, database)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect to template: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = pg.Migrate(ctx, conn, files, "public.schema_version", nil)
	return err
}

// warm signs in once, and runs SQL if there is any. The server then writes down what a session has to know of the catalogs, and the first session of
// each copy of the database reads that instead of finding it out again.
func warm(ctx context.Context, admin, database, sql string) error {
	dsn, err := withUser(admin, "", database)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect to template: %w", err)
	}
	if _, err := conn.Exec(ctx, sql); err != nil {
		return errors.Join(fmt.Errorf("template: %w", err), conn.Close(ctx))
	}
	return conn.Close(ctx)
}

// sums are the hashes of migrations by their folder. Every test asks for one, and reading a hundred files takes as long as a session.
var sums sync.Map

func sumOf(folder string, files fs.FS) (string, error) {
	if sum, ok := sums.Load(folder); ok {
		return sum.(string), nil
	}
	sum, err := hashMigrations(files)
	if err == nil {
		sums.Store(folder, sum)
	}
	return sum, err
}

func hashMigrations(files fs.FS) (string, error) {
	all, err := pg.Migrations(files)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, m := range all {
		fmt.Fprintf(sum, "%s %d\n%s", m.Path, len(m.SQL), m.SQL)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// locked runs fn on a superuser's connection while no other test process does.
func locked(ctx context.Context, admin string, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("connect to test cluster: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // ends the session and with it the lock
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(lockTemplates)); err != nil {
		return fmt.Errorf("lock test cluster: %w", err)
	}
	return fn(conn)
}

func exists(ctx context.Context, admin, name string) (ok bool, err error) {
	err = asAdmin(ctx, admin, func(conn *pgx.Conn) (err error) {
		ok, err = databaseExists(ctx, conn, name)
		return err
	})
	return ok, err
}

func databaseExists(ctx context.Context, conn *pgx.Conn, name string) (bool, error) {
	var ok bool
	err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&ok)
	if err != nil {
		return false, fmt.Errorf("look up template: %w", err)
	}
	return ok, nil
}
