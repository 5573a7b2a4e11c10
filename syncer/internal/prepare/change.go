package prepare

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// Changed is what Change has done; the syncer that runs, or the next one, does the rest.
type Changed struct {
	Loading []string `json:"loading"` // tables that are being loaded beside the stream
	Dropped []string `json:"dropped"`
	// Released tables are out of the publication, so that their application may be migrated.
	Released []string `json:"released,omitempty"`
	Running  bool     `json:"running"` // a syncer is at work and has taken the new list
}

// Change makes the replica follow the whitelist while it streams. Each step leaves a state from which the same
// command goes on:
//
//	0  the target makes new tables, the source indexes      waiting for these makes nobody else wait
//	1  the publication loses what is dropped or redefined   nothing unlisted is sent from here on; replica identities fit
//	2  the target records the new list; new and redefined tables wait, the stream leaves them alone
//	3  the running syncer reads the list again
//	   what of redefined tables may no longer leave is erased
//	4  the publication gains what is new                    nothing listed is missed: only now loading begins
//	5  rows, rights and indexes of what was dropped go
func Change(ctx context.Context, cfg *config.Config, list *whitelist.List, o Order) (*Changed, error) {
	turn, err := takeTurn(ctx, cfg, "table")
	if err != nil {
		return nil, err
	}
	defer turn.endTurn()
	c := &change{cfg: cfg, list: list, order: o, admin: turn.admin}
	if err := c.openConns(ctx); err != nil {
		return nil, err
	}
	defer c.closeConns()
	if err := c.examineOrder(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{c.buildFirst, c.withdrawTables, c.recordList, c.awaitTaken, c.eraseUnlisted, c.publishList, c.cleanDropped} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &Changed{Loading: c.loadingNames(), Dropped: c.order.Drop, Running: c.running}, nil
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
	failed  bool   // the last try to stream ended for what it could not follow
	admin   string // the role of target.admin_dsn
}

func (c *change) openConns(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			c.closeConns()
		}
	}()
	return doTogether(
		func() (err error) {
			c.source, err = link.Open(ctx, c.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: "table"})
			return err
		},
		func() (err error) {
			c.target, err = link.Open(ctx, c.cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "table", MaxAnswer: link.SmallAnswer})
			return err
		},
		func() (err error) {
			c.ddl, err = openDDL(ctx, c.cfg, "table")
			return err
		})
}

func (c *change) closeConns() { link.Close(c.source, c.target, c.ddl) }

func (c *change) examineOrder(ctx context.Context) (err error) {
	if c.diff, err = Differs(ctx, c.ddl, c.cfg.Source.Slot, c.list); err != nil {
		return err
	}
	if c.diff, err = c.diff.applyRenames(c.order.Was, c.list); err != nil {
		return err
	}
	if c.order.Every {
		c.order.Resync = c.diff.loadableNames()
	}
	if err := c.diff.checkOrder(&c.order); err != nil {
		return err
	}
	if c.order.All {
		c.order.Resync = append(c.order.Resync, namesWithout(c.diff.Redefined, c.order.Resync)...)
	}
	if c.report, err = checkFor(ctx, c.cfg, c.list, purpose{back: c.comesBack, admin: c.admin}); err != nil {
		return err
	}
	if err := c.report.Err(); err != nil {
		return err
	}
	return c.mustBeEmpty(ctx)
}

// examineSides examines both sides, with the released tables that this command brings back.
func (c *change) examineSides(ctx context.Context) (*Report, error) {
	return examineFor(ctx, c.cfg, c.list, purpose{back: c.comesBack, admin: c.admin})
}

// comesBack reports whether this command brings a table back that was released.
func (c *change) comesBack(name string) bool { return slices.Contains(c.order.Resync, name) }

// mustBeEmpty refuses to replace rows that are not the replica's.
func (c *change) mustBeEmpty(ctx context.Context) error {
	for _, name := range c.order.Add {
		sql := quotedName(name)
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

func quotedName(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return relation.Quote(schema, table)
}

// buildFirst makes what both sides need first. It may take long or wait, but it makes nobody else wait.
func (c *change) buildFirst(ctx context.Context) error {
	if err := makeTables(ctx, c.ddl, c.report); err != nil {
		return err
	}
	return c.newAlteration(c.report).buildIndexes(ctx)
}

func (c *change) newAlteration(report *Report) *alteration {
	return &alteration{cfg: c.cfg, list: c.list, report: report, conn: c.source}
}

// withdrawTables takes out of the publication what is dropped or redefined, and gives tables the replica identity they
// need while nothing of them is published.
func (c *change) withdrawTables(ctx context.Context) error {
	failpoint.Hit("swap.before_withdraw")
	a := c.newAlteration(c.report)
	published, err := a.unpublishTables(ctx, slices.Concat(c.order.Drop, c.redefinedNames()))
	if err != nil || !published { // publishList makes the publication, and the identities that it needs
		return err
	}
	if err := a.setIdentities(ctx); err != nil {
		return err
	}
	if err := a.grantReader(ctx); err != nil {
		return err
	}
	failpoint.Hit("swap.after_withdraw")
	return nil
}

func isPublication(s Step) bool {
	return strings.HasPrefix(s.SQL, "CREATE PUBLICATION ") || strings.HasPrefix(s.SQL, "ALTER PUBLICATION ")
}

// redefinedNames returns the tables whose columns or filter change.
func (c *change) redefinedNames() []string {
	return slices.DeleteFunc(slices.Clone(c.order.Resync), func(n string) bool { return !slices.Contains(c.diff.Redefined, n) })
}

// publishList makes the publication equal to the whitelist, sets the replica identities that it needs, and records its filters as
// PostgreSQL writes them.
func (c *change) publishList(ctx context.Context) error {
	failpoint.Hit("swap.before_publish")
	report, err := c.examineSides(ctx)
	if err != nil {
		return err
	}
	before, err := readEntries(ctx, c.source, c.cfg.Source.Publication)
	if err != nil {
		return err
	}
	a := c.newAlteration(report)
	for _, step := range []func(context.Context) error{a.buildIndexes, a.setIdentities, a.grantReader, a.alterPublication} {
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
