package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/terminal"
)

// app holds what all verbs share.
type app struct {
	configPath string
	json       bool
	quiet      bool
	out        *terminal.Terminal
	problems   *terminal.Terminal
}

func newRoot(out, problems io.Writer) *cobra.Command {
	a := &app{out: terminal.New(out), problems: terminal.New(problems)}
	root := &cobra.Command{
		Use:   "syncer",
		Short: "Replicate a whitelist of tables, columns, rows and documents from one PostgreSQL to another",
		Long: `syncer copies what a whitelist allows, and nothing else, from one PostgreSQL to another and keeps it
equal within milliseconds. It needs three things: where from, where to, and the whitelist.

  # syncer.yaml
  source: {dsn: "postgres://reader@inside:5432/portal"}
  target: {dsn: "postgres://writer@outside:5432/portal"}
  whitelist: whitelist.yaml

The usual order: validate, check, plan, init, run; afterwards status tells how it is.`,
		Example: `  syncer check --config syncer.yaml
  syncer init  --config syncer.yaml
  syncer run   --config syncer.yaml
  syncer status --watch`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fault.Usagef("unknown command %q; see `syncer --help`", args[0])
			}
			return nil
		},
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(a.out)
	root.SetErr(a.problems)
	root.PersistentFlags().StringVar(&a.configPath, "config", "syncer.yaml", "configuration file")
	root.PersistentFlags().BoolVar(&a.quiet, "quiet", false, "no progress on stderr, only results and problems")
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fault.Usagef("%w; see `%s --help`", err, c.CommandPath())
	})
	cobra.EnableCommandSorting = false // addVerbs has them in the order in which they are needed
	setHelp(root)
	a.addVerbs(root)
	return root
}

// addVerbs puts every verb into its group, in the order in which they are needed.
func (a *app) addVerbs(root *cobra.Command) {
	add := func(group, title string, verbs ...*cobra.Command) {
		root.AddGroup(&cobra.Group{ID: group, Title: title})
		for _, verb := range verbs {
			verb.GroupID = group
			root.AddCommand(verb)
		}
	}
	add("prepare", "Set up", a.validateCommand(), a.checkCommand(), a.planCommand(), a.initCommand())
	add("operate", "Operate", a.runCommand(), a.pauseCommand(), a.resumeCommand(), a.skipCommand(), a.tableCommand())
	add("units", "Run as three processes instead of one", a.readerCommand(), a.writerCommand(), a.fetcherCommand())
	add("inspect", "Inspect", a.statusCommand(), a.slotCommand(), a.documentsCommand(), a.inboundCommand())
	add("verify", "Verify", a.compareCommand(), a.repairCommand())
	add("other", "Other")
	root.SetHelpCommandGroupID("other")
	root.SetCompletionCommandGroupID("other")
}

// noArgs refuses any arguments as wrong usage.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fault.Usagef("unexpected argument %q; see `%s --help`", args[0], c.CommandPath())
	}
	return nil
}

func (a *app) jsonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&a.json, "json", false, "print JSON for programs")
	return c
}

// loadFiles reads the configuration and the whitelist. keys are the settings that the verb needs: in a split installation each unit only
// has those of its own side. Without keys both databases are needed.
func (a *app) loadFiles(keys ...string) (*config.Config, *whitelist.List, error) {
	if len(keys) == 0 {
		keys = []string{"source.dsn", "target.dsn"}
	}
	cfg, err := a.loadConfig(append(keys, "whitelist")...)
	if err != nil {
		return nil, nil, err
	}
	list, err := whitelist.Load(cfg.Whitelist)
	if err != nil {
		return nil, nil, err
	}
	if cfg.Documents != nil && len(list.Documents) == 0 {
		return nil, nil, fault.Usagef("configuration %s: documents: the whitelist %s lists no documents; list them there or remove the section", a.configPath, cfg.Whitelist)
	}
	return cfg, list, nil
}

// loadConfig reads the configuration and refuses one that lacks any of the keys.
func (a *app) loadConfig(keys ...string) (*config.Config, error) {
	cfg, err := config.Load(a.configPath)
	if err != nil {
		return nil, err
	}
	return cfg, cfg.Need(keys...)
}

// onTarget reads the configuration and calls do with a connection to the target.
func (a *app) onTarget(c *cobra.Command, do func(context.Context, *config.Config, *pgx.Conn) error) error {
	cfg, err := a.loadConfig("target.dsn")
	if err != nil {
		return err
	}
	conn, err := link.Open(c.Context(), cfg.Target.DSN, link.Options{Name: "target.dsn", Application: c.Name(), MaxAnswer: link.SmallAnswer})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	return do(c.Context(), cfg, conn)
}

// newLogger logs to stderr. Row data is never logged.
func (a *app) newLogger(cfg *config.Config) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return nil, fault.Usagef("configuration: log_level: %q is not debug, info, warn or error", cfg.LogLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	switch cfg.LogFormat {
	case "", "text":
		return slog.New(slog.NewTextHandler(a.problems, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.problems, o)), nil
	}
	return nil, fault.Usagef("configuration: log_format: %q is not text or json", cfg.LogFormat)
}

// newProgress returns a progress display on stderr; nil, which shows nothing, if it is not wanted.
func (a *app) newProgress(title string, total int64) *terminal.Progress {
	if a.json || a.quiet {
		return nil
	}
	return terminal.NewProgress(a.problems, title, total)
}

// tellPeople prints to stderr what is going on, because standard output is for results.
func (a *app) tellPeople(format string, args ...any) {
	if !a.json && !a.quiet {
		_, _ = fmt.Fprintf(a.problems, format+"\n", args...)
	}
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.out, format, args...) }
