package desk

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/pgtest"
)

//go:embed sql
var files embed.FS

// making are the settings while a region is made: nothing of it is worth a wait for the disk, since it can be made again.
var making = map[string]string{
	"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_replication_slots": "0",
	"max_wal_size": "4GB", "shared_buffers": "1GB", "maintenance_work_mem": "512MB", "work_mem": "64MB", "autovacuum": "off",
}

// working are the settings while it is measured: durable, and those of a server of its own where memory is concerned.
var working = map[string]string{
	"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "wal_level": "logical", "max_wal_size": "4GB", "shared_buffers": "2GB",
	"effective_cache_size": "6GB", "work_mem": "16MB", "random_page_cost": "1.1", "autovacuum": "on",
}

const (
	origin = "region" // the database with the demo
	chunk  = 50_000   // cases at a time
)

// database is the name of the region with so many cases.
func database(cases int) string { return fmt.Sprintf("desk_%d", cases) }

// provide makes the regions that are not there.
func (l *lab) provide(ctx context.Context, sizes []int) (err error) {
	cluster, err := pgtest.Launch(pgtest.Options{Folder: l.Folder, Settings: making})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	l.cluster = cluster
	defer func() { l.cluster = nil }()
	for _, cases := range sizes {
		if err := l.provideOne(ctx, cases); err != nil {
			return fmt.Errorf("region of %d cases: %w", cases, err)
		}
	}
	return nil
}

func (l *lab) provideOne(ctx context.Context, cases int) error {
	there, err := l.whole(ctx, cases)
	if err != nil || there {
		return err
	}
	if err := l.provideOrigin(ctx); err != nil {
		return err
	}
	l.note("making a region of %d cases in %s; it is kept there", cases, l.Folder)
	name := database(cases)
	if err := l.execute(ctx, "postgres", "drop database if exists "+name, "create database "+name+" owner portal_owner template "+origin); err != nil {
		return err
	}
	if err := l.execute(ctx, name, file("region", cases), file("plan", cases)); err != nil {
		return err
	}
	l.note("planned")
	if err := l.fill(ctx, name, cases); err != nil {
		return err
	}
	return l.execute(ctx, name, "vacuum analyze", "create table desk.whole ()")
}

// whole says whether the region was made to its end.
func (l *lab) whole(ctx context.Context, cases int) (there bool, err error) {
	err = l.on(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database(cases)).Scan(&there)
	})
	if err != nil || !there {
		return false, err
	}
	err = l.on(ctx, database(cases), func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select to_regclass('desk.whole') is not null`).Scan(&there)
	})
	return there, err
}

// provideOrigin makes the database of the demo, unless it is there with this release's schema or can be brought to it.
func (l *lab) provideOrigin(ctx context.Context) error {
	var there bool
	err := l.on(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, origin).Scan(&there)
	})
	if err != nil {
		return err
	}
	if !there {
		l.note("making the demo's region")
		if err := l.cluster.Roles(ctx); err != nil {
			return err
		}
		if err := l.execute(ctx, "postgres", "create database "+origin+" owner portal_owner template template0"); err != nil {
			return err
		}
	}
	if _, err := l.migrate(ctx, origin); err != nil {
		return err
	}
	return l.command(ctx, "import-demo", "import", "demo", "--config", l.config(origin, 0))
}

// big are the tables in the order of the plan's files; each group fills by itself, since foreign keys are not looked at.
var groups = [][]string{{"applicants", "cases"}, {"stages"}, {"events"}, {"turns", "assignments"}}

// fill writes the rows without the indexes that they do not need, and makes those afterwards.
func (l *lab) fill(ctx context.Context, name string, cases int) error {
	drop, create, err := l.indexes(ctx, name)
	if err != nil {
		return err
	}
	if err := l.execute(ctx, name, drop...); err != nil {
		return err
	}
	var done atomic.Int64
	work, ctxWork := errgroup.WithContext(ctx)
	for _, group := range groups {
		work.Go(func() error {
			return l.on(ctxWork, name, func(conn *pgx.Conn) error { return l.fillGroup(ctxWork, conn, group, cases, &done) })
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if err := l.execute(ctx, name, held, behind, said); err != nil {
		return err
	}
	l.note("indexes")
	work, ctxWork = errgroup.WithContext(ctx)
	work.SetLimit(2)
	for _, sql := range create {
		work.Go(func() error { return l.execute(ctxWork, name, sql) })
	}
	return work.Wait()
}

// said writes what the trigger on cases would have written.
const said = `insert into cases.said (case_id, said) select c.id, cases.said_of(c, a) from cases.cases c join cases.applicants a on a.id = c.applicant_id on conflict do nothing`

// held writes what the triggers on turns and assignments would have written.
const held = `update cases.turns t set held_since = a.since, held_by = a.assigned_by from cases.assignments a where a.case_id = t.case_id and a.place = t.place and t.standing <> 'over'`

// behind is what the trigger on turns would have written.
const behind = `update cases.turns t set behind = true from cases.turns v where t.standing in ('turn', 'issue') and v.case_id = t.case_id
	and v.standing in ('turn', 'issue') and (v.due_on, v.place) < (t.due_on, t.place)`

func (l *lab) fillGroup(ctx context.Context, conn *pgx.Conn, group []string, cases int, done *atomic.Int64) error {
	if _, err := conn.Exec(ctx, "set session_replication_role = replica"); err != nil {
		return fmt.Errorf("leave triggers silent: %w", err)
	}
	for first := 1; first <= cases; first += chunk {
		for _, table := range group {
			tag, err := conn.Exec(ctx, file(table, cases), first, first+chunk-1)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			l.note("%-11s %d of %d cases, %d rows in all", table, min(first+chunk-1, cases), cases, done.Add(tag.RowsAffected()))
		}
	}
	return nil
}

// indexes returns how the indexes of the big tables are dropped and made again.
func (l *lab) indexes(ctx context.Context, name string) (drop, create []string, err error) {
	err = l.on(ctx, name, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, file("indexes", 0))
		if err != nil {
			return fmt.Errorf("list indexes: %w", err)
		}
		var one, other string
		_, err = pgx.ForEachRow(rows, []any{&one, &other}, func() error {
			drop, create = append(drop, one), append(create, other)
			return nil
		})
		return err
	})
	return drop, create, err
}

// file is the SQL of that name, for a region of so many cases.
func file(name string, cases int) string {
	data, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // it is part of the program
	}
	return strings.ReplaceAll(string(data), "%[1]d", fmt.Sprint(cases))
}

func (l *lab) on(ctx context.Context, name string, work func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, l.cluster.DSN(name))
	if err != nil {
		return fmt.Errorf("connect to %s: %w", name, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return work(conn)
}

func (l *lab) execute(ctx context.Context, name string, statements ...string) error {
	return l.on(ctx, name, func(conn *pgx.Conn) error {
		for _, sql := range statements {
			if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
				return fmt.Errorf("%.60s: %w", sql, err)
			}
		}
		return nil
	})
}

// migrate brings a database to this release's schema, as an installed portal is, and says how long that took.
func (l *lab) migrate(ctx context.Context, name string) (time.Duration, error) {
	began := time.Now()
	err := l.command(ctx, "migrate", "migrate", "--config", l.config(name, 0))
	return time.Since(began), err
}
