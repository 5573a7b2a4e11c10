package main

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/swap"
	"portal.example/syncer/internal/terminal"
)

// tableFlags are the flags of the verbs of table.
type tableFlags struct {
	order  prepare.Order
	detach bool
	was    string // former name of a resynced table
}

func (a *app) tableCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "table",
		Short: "Add, drop or load anew single tables while the others stream",
		Long: `The verbs of table make the replica follow an edit of the whitelist without loading everything anew, and load
single tables again. Edit the whitelist first (on both units, if they have files of their own), then run the
verb: it uses source.admin_dsn and target.admin_dsn like init, and the running syncer does the loading. Each
verb may be run again after an interruption and goes on where it was.

Readers of the replica never see a table empty or half: it is loaded into a shadow in schema sync_shadow, which
follows the changes, and is merged in one transaction at one position of the stream. A table that is added is
empty until then; one that is loaded anew shows its old rows.

PostgreSQL refuses the application ALTER TYPE and DROP COLUMN of listed columns while they are published. For such a
migration: release, the migration on both sides, the whitelist, resync.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.tableAdd(), a.tableDrop(), a.tableResync(), a.tableRelease(), a.tableApply())
	return c
}

func (a *app) tableAdd() *cobra.Command {
	var f tableFlags
	c := a.tableVerb(&f, "add schema.name…", "Bring tables that the whitelist newly lists into the replica",
		`add makes the table on the target (or takes one that is there, fits and is empty), gives the roles their rights, tells
the running syncer, and only then widens the publication. It waits until the table is loaded.`,
		"  syncer table add catalogue.services\n  syncer table add catalogue.services --detach",
		func(names []string) { f.order.Add = names })
	return c
}

func (a *app) tableDrop() *cobra.Command {
	var f tableFlags
	c := a.tableVerb(&f, "drop schema.name…", "Take tables that the whitelist no longer lists out of the replica",
		`drop narrows the publication first, so that nothing more of the table leaves the source, then tells the running
syncer, and deletes the table's rows on the target. The table itself stays, as other things may depend on it;
the syncer's roles lose their rights on it. On the source the replica identity and the index that were made for its
sake go, too, unless another publication has the table.`,
		"  syncer table drop catalogue.drafts\n  syncer table drop catalogue.drafts --keep-rows",
		func(names []string) { f.order.Drop = names })
	c.Flags().BoolVar(&f.order.KeepRows, "keep-rows", false, "leave the rows on the target; nothing will change them any more")
	return c
}

func (a *app) tableResync() *cobra.Command {
	var f tableFlags
	c := a.tableVerb(&f, "resync schema.name…", "Load tables anew while readers still see the old rows",
		`resync is for tables that `+"`syncer compare`"+` found different, and for those whose columns or filter were changed in the
whitelist. The stream goes on bringing changes to the old rows meanwhile, unless the table was changed in the
whitelist or --freeze is given, or the syncer had stopped for something it could not follow: then it stands still
until the new rows are swapped in. It also brings back what release has taken out; --was names what the table was
called then.`,
		"  syncer table resync catalogue.services\n  syncer table resync catalogue.services --freeze   # its own changes stop the stream\n  syncer table resync catalogue.offers --was catalogue.services   # released, then renamed\n  syncer table resync --all",
		func(names []string) { f.order.Resync = names })
	c.Flags().BoolVar(&f.order.Every, "all", false, "load all tables anew, one after the other, but those that are released")
	c.Flags().StringVar(&f.was, "was", "", "the name that the one table had when it was released, before it was renamed")
	c.Flags().BoolVar(&f.order.Freeze, "freeze", false, "let the stream leave the table alone until it is loaded")
	return c
}

func (a *app) tableApply() *cobra.Command {
	var f tableFlags
	c := a.tableVerb(&f, "apply", "Do whatever the whitelist asks for: add, drop and resync",
		`apply compares the whitelist with what the replica holds and does all of add, drop and resync that it takes, for an edit
of several tables at once.`,
		"  syncer table apply\n  syncer table apply --detach",
		func([]string) { f.order.All = true })
	c.Args, c.ValidArgsFunction = noArgs, nil
	c.Flags().BoolVar(&f.order.KeepRows, "keep-rows", false, "leave the rows of dropped tables on the target")
	return c
}

func (a *app) tableRelease() *cobra.Command {
	c := &cobra.Command{
		Use:   "release schema.name…",
		Short: "Take tables out of the publication for a migration of their application",
		Long: `release lets the running syncer leave the tables alone and then takes them out of the publication. From then on the
application may do with them what it likes: change types, drop and rename columns, change the key, rename the
table. Readers of the replica see the rows of that moment, all other tables follow. Migrate both sides, edit the
whitelist if names or columns changed, and bring the tables back with resync, which says what does not fit yet.

The source keeps no log for a released table: resync loads it anew.`,
		Example: "  syncer table release catalogue.services\n  psql \"$SOURCE_OWNER\" -c 'ALTER TABLE catalogue.services ALTER price TYPE bigint'\n" +
			"  psql \"$TARGET_OWNER\" -c 'ALTER TABLE catalogue.services ALTER price TYPE bigint'\n  syncer table resync catalogue.services",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fault.Usagef("name at least one table; see `%s --help`", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeTables,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, list, err := a.loadFiles()
			if err != nil {
				return err
			}
			done, err := prepare.Release(c.Context(), cfg, list, fullNames(args))
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(done)
			}
			for _, name := range done.Released {
				a.printf("%s is out of the publication and may be migrated; `syncer table resync %s` brings it back\n", name, name)
			}
			return nil
		},
	}
	return a.jsonFlag(c)
}

func (a *app) tableVerb(f *tableFlags, use, short, long, example string, take func([]string)) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
		Args: func(c *cobra.Command, args []string) error {
			if f.order.Every && len(args) > 0 {
				return fault.Usagef("--all loads every table; name none beside it")
			}
			if len(args) == 0 && !f.order.Every {
				return fault.Usagef("name at least one table; see `%s --help`", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeTables,
		RunE: func(c *cobra.Command, args []string) error {
			take(fullNames(args))
			if f.was != "" {
				if len(args) != 1 {
					return fault.Usagef("--was names one table's former name; name that table alone")
				}
				f.order.Was = map[string]string{f.order.Resync[0]: fullNames([]string{f.was})[0]}
			}
			return a.changeTables(c.Context(), f)
		},
	}
	c.Flags().BoolVar(&f.detach, "detach", false, "do not wait until the tables are loaded")
	return a.jsonFlag(c)
}

// fullNames adds schema public to names without a schema.
func fullNames(args []string) []string {
	names := make([]string, len(args))
	for i, name := range args {
		if names[i] = name; !strings.Contains(name, ".") {
			names[i] = "public." + name
		}
	}
	return names
}

func (a *app) changeTables(ctx context.Context, f *tableFlags) error {
	cfg, list, err := a.loadFiles()
	if err != nil {
		return err
	}
	done, err := prepare.Change(ctx, cfg, list, f.order)
	if err != nil {
		return err
	}
	if !f.detach && done.Running && len(done.Loading) > 0 {
		if err := a.awaitTables(ctx, cfg, done.Loading); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(done)
	}
	a.tellTables(f, done)
	return nil
}

func (a *app) tellTables(f *tableFlags, done *prepare.Changed) {
	for _, name := range done.Dropped {
		what := "its rows are deleted"
		if f.order.KeepRows {
			what = "its rows stay as they are"
		}
		a.printf("%s is no longer replicated; %s\n", name, what)
	}
	for _, name := range done.Loading {
		switch {
		case !done.Running:
			a.printf("%s: no syncer is running; the next `syncer run` loads it\n", name)
		case f.detach:
			a.printf("%s is being loaded; `syncer status` shows when it is ready\n", name)
		default:
			a.printf("%s is loaded and follows the source\n", name)
		}
	}
	if len(done.Dropped)+len(done.Loading) == 0 {
		a.printf("the replica follows the whitelist already\n")
	}
}

// awaitTables waits until the running syncer has swapped the tables in, and shows how much of them has arrived.
func (a *app) awaitTables(ctx context.Context, cfg *config.Config, names []string) error {
	conn, err := link.Open(ctx, cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "table", MaxAnswer: link.SmallAnswer})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	if _, err := conn.Exec(ctx, "LISTEN "+swap.JoinedChannel); err != nil {
		return link.Fail("target: listen", err)
	}
	bar := a.newProgress("loading", 0).Bytes()
	defer bar.Stop()
	for syncer := (replica.Sightings{}); ; {
		open, bytes, behind, err := prepare.Joining(ctx, conn, cfg.Source.Slot, names)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			bar.Finish()
			return nil
		}
		bar.Title(joiningTitle(open, behind))
		bar.Set(bytes)
		if err = mustStillRun(ctx, conn, cfg.Source.Slot, open, &syncer); err != nil {
			return err
		}
		if err = awaitJoined(ctx, conn); err != nil {
			return err
		}
	}
}

// lookEvery is how often the progress of a load is shown.
const lookEvery = 200 * time.Millisecond

// awaitJoined returns when a table has joined, or after lookEvery.
func awaitJoined(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	err := link.WaitForNotification(within, conn)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !pgconn.Timeout(err):
		return link.Fail("target: listen", err)
	}
	return nil
}

// joiningTitle says what the tables that are not ready wait for: their rows, or to catch up with the others.
func joiningTitle(open []string, behind map[string]int64) string {
	var most int64
	for _, name := range open {
		bytes, loaded := behind[name]
		if !loaded {
			return "loading"
		}
		most = max(most, bytes)
	}
	return "catching up: " + terminal.Bytes(most) + " behind"
}

// mustStillRun fails if the syncer that is to load the tables has stopped for good.
func mustStillRun(ctx context.Context, conn *pgx.Conn, slot string, open []string, syncer *replica.Sightings) error {
	var state, why string
	err := conn.QueryRow(ctx, `SELECT state, coalesce(error, '') FROM sync.progress WHERE slot = $1`, slot).Scan(&state, &why)
	if err != nil {
		return err
	}
	there, gone, err := syncer.Look(ctx, conn, slot)
	switch {
	case err != nil, there:
		return err
	case state == status.Stopped && why == "":
		return fault.Unsafef("the syncer has stopped before %s was loaded; the next `syncer run` loads it", strings.Join(open, ", "))
	case state == status.Stopped, gone:
		return fault.Unsafef("the syncer has ended before %s was loaded (%s); the next `syncer run` loads it", strings.Join(open, ", "), cmp.Or(why, "it left no reason"))
	}
	return nil
}
