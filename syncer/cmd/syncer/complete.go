package main

import (
	"slices"

	"github.com/spf13/cobra"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
)

// completeTables offers the whitelist's tables to the shell, those that are not typed yet. A configuration
// that cannot be read offers nothing: a shell is no place for its errors.
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

// oneOf offers fixed words for a flag.
func oneOf(c *cobra.Command, flag string, words ...string) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}
