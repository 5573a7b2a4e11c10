package prepare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// alteration puts the source right while an application uses it. It never waits for the target. A lock that keeps others from reading or
// writing is held on one table at a time in each lane, for one statement. After each part the application can change its rows, so the work
// may be interrupted after any of them.
type alteration struct {
	cfg    *config.Config
	list   *whitelist.List
	report *Report
	conn   *pgx.Conn // of the tables' owner
	// builder is the connection for statements that cannot run in a transaction; nil until it is needed.
	builder *pgx.Conn
	changes changePlanner
}

// doWithPatience runs fn with patience. If the owner's role may not ask who is in the way, it tries again without asking.
func (a *alteration) doWithPatience(ctx context.Context, lock locks.Lock, fn func(pgx.Tx) error) error {
	patience := locks.Patience{Side: "source", Try: a.cfg.Source.LockTimeout, Give: a.cfg.Source.LockPatience}
	err := patience.Do(ctx, a.conn, lock, fn)
	if errors.Is(err, errBlind) {
		err = patience.Do(ctx, a.conn, lock, fn)
	}
	return err
}

// sourceOpener opens another connection to the source.
func (a *alteration) sourceOpener(application string) func(context.Context) (*pgx.Conn, error) {
	return func(ctx context.Context) (*pgx.Conn, error) {
		return link.Open(ctx, a.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: application, AnswerWithin: link.Soon})
	}
}

// isIdentity reports whether a step sets a table's replica identity.
func isIdentity(s Step) bool {
	return strings.HasPrefix(s.SQL, "ALTER TABLE ") && strings.Contains(s.SQL, " REPLICA IDENTITY ")
}

// setIdentities gives each table the replica identity that it needs, in a transaction of its own. If the publication
// has the table with a filter or columns that do not go with the new identity, the application could not change rows between this change
// and that of the publication, so one transaction makes both.
func (a *alteration) setIdentities(ctx context.Context) error {
	p, err := publisher.ReadPublication(ctx, a.conn, a.cfg.Source.Publication)
	if err != nil && !errors.Is(err, publisher.ErrNoPublication) {
		return err
	}
	planned := slices.DeleteFunc(slices.Clone(a.report.Tables), func(t publisher.Table) bool {
		plan := t.PlanIdentity()
		return plan == nil || len(plan.Alter) == 0
	})
	if len(planned) == 0 {
		return nil
	}
	last := len(planned) - 1
	err = a.inLanes(ctx, planned[:last], func(ctx context.Context, lane *alteration, t publisher.Table) error {
		return lane.setIdentityOf(ctx, p, t, []string{"SET LOCAL synchronous_commit = off"})
	})
	if err != nil {
		return err
	}
	return a.setIdentityOf(ctx, p, planned[last], nil)
}

// setIdentityOf gives a table the planned identity, each statement in a transaction that begins with first. Of many tables only the last
// one waits for the disk, which makes all earlier ones durable as well. A crash before that only undoes identities on which nothing depends
// yet.
func (a *alteration) setIdentityOf(ctx context.Context, p *publisher.Publication, t publisher.Table, first []string) error {
	plan := t.PlanIdentity()
	var also []string
	if p != nil && !p.GoesWith(t, plan.Columns) {
		also = publisher.RepublishSQL(a.cfg.Source.Publication, t)
	}
	for _, sql := range plan.Alter {
		lock := locks.Lock{What: "set the replica identity of " + t.FullName(), Relations: []string{alteredName(sql)}}
		if err := a.setIdentity(ctx, t, lock, slices.Concat(first, []string{sql}, also)); err != nil {
			return err
		}
	}
	return nil
}

// alteredName returns the quoted name of the table, or of the partition, that such a statement locks.
func alteredName(sql string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(sql, "ALTER TABLE "), " REPLICA IDENTITY ")
	return name
}

func (a *alteration) setIdentity(ctx context.Context, t publisher.Table, lock locks.Lock, statements []string) error {
	steps := make([]Step, len(statements))
	for i, sql := range statements {
		steps[i] = Step{Side: "source", SQL: sql}
	}
	return a.doWithPatience(ctx, lock, func(tx pgx.Tx) error {
		if err := sendSteps(ctx, tx, steps); err != nil {
			return err
		}
		return a.changes.planChanges(ctx, tx, lock.Relations[0], []publisher.Table{t})
	})
}

// grantReader gives the reader its rights, which locks no table.
func (a *alteration) grantReader(ctx context.Context) error {
	steps := slices.DeleteFunc(a.report.stepsOf("source"), func(s Step) bool { return isIdentity(s) || isPublication(s) })
	if len(steps) == 0 {
		return nil
	}
	return a.doWithPatience(ctx, locks.Lock{What: "grant rights"}, func(tx pgx.Tx) error { return runSteps(ctx, tx, steps) })
}

// alterPublication makes the publication as the whitelist says. Its locks let the application read and write. While they are held nobody
// can change a table's identity, so what is judged under them is what is committed.
func (a *alteration) alterPublication(ctx context.Context) error {
	steps := slices.DeleteFunc(a.report.stepsOf("source"), func(s Step) bool { return !isPublication(s) })
	if len(steps) == 0 {
		return nil
	}
	lock := locks.Lock{What: "change publication " + a.cfg.Source.Publication, Relations: tableNames(a.report.Tables), Definition: true}
	return a.doWithPatience(ctx, lock, func(tx pgx.Tx) error {
		if err := runSteps(ctx, tx, steps); err != nil {
			return err
		}
		return a.judgeAgain(ctx, tx)
	})
}

func tableNames(tables []publisher.Table) []string {
	var names []string
	for _, t := range tables {
		if t.Info != nil {
			names = append(names, t.Info.SQL())
		}
	}
	return names
}

// judgeAgain refuses to commit a publication over tables that are no longer what was planned for.
func (a *alteration) judgeAgain(ctx context.Context, tx pgx.Tx) error {
	now, err := publisher.Tables(ctx, tx, a.list)
	if err != nil {
		return err
	}
	now = slices.DeleteFunc(now, func(t publisher.Table) bool {
		return slices.ContainsFunc(a.report.Tables, func(was publisher.Table) bool { return was.Released && was.FullName() == t.FullName() })
	})
	for _, t := range now {
		for _, f := range t.Judge() {
			if f.Level == relation.Refuse || f.Level == relation.Todo {
				return fault.Unsafef("%s; that changed just now, and nothing was published: run the same command again", f)
			}
		}
	}
	return a.changes.mayChangeRows(ctx, tx, now...)
}

// stepFault says which statement failed, and which right is missing.
func stepFault(s Step, err error) error {
	hint := ""
	if link.Code(err) == "42501" {
		hint = fmt.Sprintf("; %s.admin_dsn must be the tables' owner (`syncer plan` prints the SQL for running it by hand)", s.Side)
	}
	return link.Fail(s.Side, fmt.Errorf("%w, at: %s%s", err, firstLine(s.SQL), hint))
}
