package prepare

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// Changed is what Change has done; the syncer that runs, or the next one, does the rest.
type Changed struct {
	Loading []string `json:"loading"` // tables that are being loaded beside the stream
	Dropped []string `json:"dropped"`
	// Released are out of the publication, so that their application may be migrated.
	Released []string `json:"released,omitempty"`
	Running  bool     `json:"running"` // a syncer is at work and has taken the new list
}

// Change makes the replica follow the whitelist while it streams. Each step leaves a state from which the same
// command goes on:
//
//	0  the target makes new tables, the source indexes      whoever is in the way there is in nobody else's
//	1  the publication loses what is dropped or redefined   nothing unlisted is sent from here on; replica identities fit
//	2  the target records the new list; new and redefined tables wait, the stream leaves them alone
//	3  the running syncer reads the list again
//	   what of redefined tables may no longer leave is erased
//	4  the publication gains what is new                    nothing listed is missed: only now loading begins
//	5  rows, rights and indexes of what was dropped go
func Change(ctx context.Context, cfg *config.Config, list *whitelist.List, o Order) (*Changed, error) {
	c := &change{cfg: cfg, list: list, order: o}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.examine(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{c.build, c.withdraw, c.record, c.awaitTaken, c.eraseUnlisted, c.publish, c.cleanDropped} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &Changed{Loading: c.loading(), Dropped: c.order.Drop, Running: c.running}, nil
}

type change struct {
	cfg     *config.Config
	list    *whitelist.List
	order   Order
	diff    Difference
	report  *Report
	source  *pgx.Conn // owner of the tables
	target  *pgx.Conn
	ddl     *pgx.Conn // to the target as well, for what must not take long
	epoch   int64     // of the syncer that has not yet read the new list
	running bool
	failed  bool // none is running, as the last one stopped for what it could not follow
}

func (c *change) open(ctx context.Context) (err error) {
	if c.source, err = link.Open(ctx, c.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: "table"}); err != nil {
		return err
	}
	if c.target, err = link.Open(ctx, c.cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "table", MaxAnswer: link.SmallAnswer}); err != nil {
		c.close()
		return err
	}
	if c.ddl, err = openDDL(ctx, c.cfg, "table"); err != nil {
		c.close()
	}
	return err
}

func (c *change) close() {
	link.Close(c.source)
	link.Close(c.target)
	link.Close(c.ddl)
}

func (c *change) examine(ctx context.Context) (err error) {
	if c.diff, err = Differs(ctx, c.ddl, c.cfg.Source.Slot, c.list); err != nil {
		return err
	}
	if c.diff, err = c.diff.renamed(c.order.Was, c.list); err != nil {
		return err
	}
	if c.order.Every {
		c.order.Resync = c.diff.every()
	}
	if err := c.diff.check(&c.order); err != nil {
		return err
	}
	if c.order.All {
		c.order.Resync = append(c.order.Resync, minus(c.diff.Redefined, c.order.Resync)...)
	}
	if c.report, err = checkWith(ctx, c.cfg, c.list, c.back); err != nil {
		return err
	}
	if err := c.report.Err(); err != nil {
		return err
	}
	return c.mustBeEmpty(ctx)
}

// look examines both sides, with the released tables that this command brings back.
func (c *change) look(ctx context.Context) (*Report, error) {
	return examine(ctx, c.cfg, c.list, c.back)
}

// back reports whether this command brings a table back that was released.
func (c *change) back(name string) bool { return slices.Contains(c.order.Resync, name) }

// mustBeEmpty refuses to replace rows that are not the replica's.
func (c *change) mustBeEmpty(ctx context.Context) error {
	for _, name := range c.order.Add {
		sql := quoted(name)
		var rows bool
		err := c.ddl.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+sql+")").Scan(&rows)
		if code := link.Code(err); code == "42P01" || code == "3F000" {
			continue
		}
		if err != nil {
			return targetError("look into "+name, err)
		}
		if rows {
			return fault.Unsafef("target: table %s already holds rows that are not the replica's; empty it first", name)
		}
	}
	return nil
}

func quoted(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return relation.Quote(schema, table)
}

// build makes what both sides need first: it takes long, or waits, and keeps nobody else waiting.
func (c *change) build(ctx context.Context) error {
	if err := makeTables(ctx, c.ddl, c.report); err != nil {
		return err
	}
	return c.alter(c.report).buildIndexes(ctx)
}

func (c *change) alter(report *Report) *alteration {
	return &alteration{cfg: c.cfg, list: c.list, report: report, conn: c.source}
}

// withdraw takes out of the publication what is dropped or redefined, and gives tables the replica identity they
// need while nothing of them is published.
func (c *change) withdraw(ctx context.Context) error {
	gone := slices.Concat(c.order.Drop, c.redefined())
	p, err := publisher.ReadPublication(ctx, c.source, c.cfg.Source.Publication)
	if errors.Is(err, publisher.ErrNoPublication) {
		return nil
	}
	if err != nil {
		return err
	}
	var tables []string
	for _, t := range p.Tables {
		if slices.Contains(gone, t.Schema+"."+t.Name) {
			tables = append(tables, relation.Quote(t.Schema, t.Name))
		}
	}
	failpoint.Hit("swap.before_withdraw")
	a := c.alter(c.report)
	if len(tables) > 0 {
		sql := "ALTER PUBLICATION " + relation.Quote(c.cfg.Source.Publication) + " DROP TABLE " + strings.Join(tables, ", ")
		lock := locks.Lock{What: "take tables out of publication " + c.cfg.Source.Publication, Relations: tables, Definition: true}
		if err := a.do(ctx, lock, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return stepFault(Step{Side: "source", SQL: sql}, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	if err := a.setIdentities(ctx); err != nil {
		return err
	}
	if err := a.grant(ctx); err != nil {
		return err
	}
	failpoint.Hit("swap.after_withdraw")
	return nil
}

func isPublication(s Step) bool {
	return strings.HasPrefix(s.SQL, "CREATE PUBLICATION ") || strings.HasPrefix(s.SQL, "ALTER PUBLICATION ")
}

// redefined are tables whose columns or filter change.
func (c *change) redefined() []string {
	return slices.DeleteFunc(slices.Clone(c.order.Resync), func(n string) bool { return !slices.Contains(c.diff.Redefined, n) })
}

// publish makes the publication exactly the whitelist's, together with the replica identities it needs, and
// records its filters as PostgreSQL writes them.
func (c *change) publish(ctx context.Context) error {
	failpoint.Hit("swap.before_publish")
	report, err := c.look(ctx)
	if err != nil {
		return err
	}
	before, err := entries(ctx, c.source, c.cfg.Source.Publication)
	if err != nil {
		return err
	}
	a := c.alter(report)
	for _, step := range []func(context.Context) error{a.buildIndexes, a.setIdentities, a.grant, a.publish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	failpoint.Hit("swap.after_publish")
	if err := keepEntries(ctx, c.source, c.target, c.cfg, before); err != nil {
		return err
	}
	p, err := publisher.ReadPublication(ctx, c.source, c.cfg.Source.Publication)
	if err != nil {
		return err
	}
	names, filters := make([]string, len(p.Tables)), make([]string, len(p.Tables))
	for n, t := range p.Tables {
		names[n], filters[n] = t.Schema+"."+t.Name, t.Filter
	}
	_, err = c.target.Exec(ctx, `
		UPDATE sync.tables t SET filter = u.filter FROM unnest($2::text[], $3::text[]) AS u(name, filter)
		 WHERE t.slot = $1 AND t.name = u.name AND t.filter <> u.filter`, c.cfg.Source.Slot, names, filters)
	if err != nil {
		return targetError("record filters", err)
	}
	return nil
}

func targetError(what string, err error) error {
	return link.Fail("target: "+what, err)
}
