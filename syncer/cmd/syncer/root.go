package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
)

// app is what all verbs share.
type app struct {
	configPath string
	json       bool
	out        io.Writer
}

func newRoot(out io.Writer) *cobra.Command {
	a := &app{out: out}
	root := &cobra.Command{
		Use:   "syncer",
		Short: "Replicate a whitelist of tables, columns, rows and documents from one PostgreSQL to another",
		Long: `syncer copies what a whitelist allows, and nothing else, from one PostgreSQL to another and keeps it
equal within milliseconds. It needs three things: where from, where to, and the whitelist.

  # syncer.yaml
  source: {dsn: "postgres://reader@inside:5432/portal"}
  target: {dsn: "postgres://writer@outside:5432/portal"}
  whitelist: whitelist.yaml

The usual order: validate, check, plan, init, run. Exit codes: 0 fine, 1 failed, 2 wrong usage,
3 unsafe or different.`,
		Example: `  syncer check --config syncer.yaml
  syncer init  --config syncer.yaml
  syncer run   --config syncer.yaml`,
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
	root.SetOut(out)
	root.PersistentFlags().StringVar(&a.configPath, "config", "syncer.yaml", "configuration file")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fault.Usagef("%w; see `%s --help`", err, c.CommandPath())
	})
	for _, verb := range []*cobra.Command{a.validate(), a.check(), a.plan(), a.init(), a.run(), a.status()} {
		root.AddCommand(verb)
	}
	return root
}

// noArgs refuses arguments as wrong usage.
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

// load reads configuration and whitelist for verbs that use both sides.
func (a *app) load() (*config.Config, *whitelist.List, error) { return a.loadFor(config.Run) }

// loadFor reads the configuration, which must be fit for the unit, and the whitelist.
func (a *app) loadFor(unit config.Unit) (*config.Config, *whitelist.List, error) {
	cfg, err := config.Load(a.configPath)
	if err != nil {
		return nil, nil, err
	}
	if err := cfg.Require(unit); err != nil {
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

// logger writes to stderr what an operator needs, never row data.
func logger(cfg *config.Config) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return nil, fault.Usagef("configuration: log_level: %q is not debug, info, warn or error", cfg.LogLevel)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.out, format, args...) }
