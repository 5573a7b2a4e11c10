package main

import (
	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/migrations"
	"portal.example/shared/fault"
	"portal.example/shared/program"
)

// newMigrate brings the schema to this release's and then gives the groups that the portal comes with the rights to
// what is new in it.
func newMigrate() *cobra.Command {
	owner := func(cmd *cobra.Command) (string, error) {
		c, err := load(cmd)
		return c.Database.Owner(), err
	}
	c := program.Migrate(migrations.Files, migrations.VersionTable, owner)
	c.Long += "\nActions that are new in this release reach the groups that the portal comes with; what an administrator\n" +
		"changed stays."
	schema := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := schema(cmd, args); err != nil {
			return err
		}
		dsn, err := owner(cmd)
		if err != nil {
			return err
		}
		return announce(cmd, dsn)
	}
	return c
}

func announce(cmd *cobra.Command, dsn string) error {
	conn, err := pgx.Connect(cmd.Context(), dsn)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "", "database")
	}
	defer func() { _ = conn.Close(cmd.Context()) }()
	added, err := access.Announce(cmd.Context(), conn, rights.Declared)
	if err != nil || len(added) == 0 {
		return err
	}
	return say(cmd, "new actions for the standard groups: %d", len(added))
}
