package main

import (
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
)

var units = []string{string(config.Run), string(config.Reader), string(config.Writer), string(config.Fetcher)}

func (a *app) validateCommand() *cobra.Command {
	unit := string(config.Run)
	c := &cobra.Command{
		Use:   "validate",
		Short: "Check configuration and whitelist without touching any server",
		Long: `validate reads both files as strictly as the syncer does when it starts: unknown keys, missing ones, what a
unit must not know, and connections that anybody on the network could read. It opens nothing.

--unit says for which process the file is: run for all in one, or reader, writer, fetcher.`,
		Example: "  syncer validate --config syncer.yaml\n  syncer validate --config /etc/portal/syncer-writer.yaml --unit writer",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			if _, err := a.newLogger(cfg); err != nil {
				return err
			}
			list, err := a.validFor(cfg, unit)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"valid": true, "unit": unit, "tables": len(list.Tables), "documents": len(list.Documents), "whitelist": cfg.Whitelist})
			}
			if config.Unit(unit) == config.Fetcher {
				a.printf("%s is valid\n", a.configPath)
				return nil
			}
			a.printf("%s and %s are valid: %d tables, %d with documents\n", a.configPath, cfg.Whitelist, len(list.Tables), len(list.Documents))
			return nil
		},
	}
	c.Flags().StringVar(&unit, "unit", unit, "the process that reads the file: run, reader, writer or fetcher")
	oneOf(c, "unit", units...)
	return a.jsonFlag(c)
}

// validFor checks the file for the needs of a unit; the fetcher needs no whitelist.
func (a *app) validFor(cfg *config.Config, unit string) (*whitelist.List, error) {
	if place(units, unit) == len(units) {
		return nil, fault.Usagef("--unit %q is not run, reader, writer or fetcher", unit)
	}
	if err := cfg.Require(config.Unit(unit)); err != nil {
		return nil, err
	}
	if config.Unit(unit) == config.Fetcher {
		return &whitelist.List{}, nil
	}
	_, list, err := a.loadFiles("whitelist")
	return list, err
}
