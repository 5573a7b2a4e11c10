package main

import (
	"slices"

	"github.com/spf13/cobra"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
)

// completeTables offers the shell those tables of the whitelist that are not typed yet. If the configuration cannot be read it offers
// nothing, because a completion has no place to show errors.
func (a *app) completeTables(_ *cobra.Command, typed []string, _ string) ([]string, cobra.ShellCompDirective) {
	cfg, err := config.Load(a.configPath)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := whitelist.Load(cfg.Whitelist)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, t := range list.Tables {
		if !slices.Contains(typed, t.FullName()) {
			names = append(names, t.FullName())
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// oneOf offers fixed values for a flag.
func oneOf(c *cobra.Command, flag string, words ...string) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}
