package main

import "github.com/spf13/cobra"

func (a *app) validate() *cobra.Command {
	c := &cobra.Command{
		Use:     "validate",
		Short:   "Check configuration and whitelist without touching any server",
		Example: "  syncer validate --config syncer.yaml",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, list, err := a.load()
			if err != nil {
				return err
			}
			if _, err := logger(cfg); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"valid": true, "tables": len(list.Tables), "whitelist": cfg.Whitelist})
			}
			a.printf("%s and %s are valid: %d tables, %d with documents\n", a.configPath, cfg.Whitelist, len(list.Tables), len(list.Documents))
			return nil
		},
	}
	return a.jsonFlag(c)
}
