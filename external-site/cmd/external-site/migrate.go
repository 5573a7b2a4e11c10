package main

import (
	"github.com/spf13/cobra"

	"portal.example/external-site/migrations"
	"portal.example/shared/program"
)

func newMigrate() *cobra.Command {
	return program.Migrate(migrations.Files, migrations.VersionTable, func(cmd *cobra.Command) (string, error) {
		c, err := load(cmd)
		return c.Database.Owner(), err
	})
}
