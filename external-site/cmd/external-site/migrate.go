package main

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/external-site/migrations"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

func newMigrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this release's schema",
		Long: "Applies the migrations that the database has not seen yet, each in a transaction of its own.\n" +
			"It uses database.owner_dsn and is safe to repeat.",
		Args: cobra.NoArgs,
		RunE: migrate,
	}
}

func migrate(cmd *cobra.Command, _ []string) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(cmd.Context(), c.Database.owner())
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "", "database")
	}
	defer func() { _ = conn.Close(cmd.Context()) }()
	out := cmd.OutOrStdout()
	from, to, err := pg.Migrate(cmd.Context(), conn, migrations.Files, migrations.VersionTable,
		func(step string) { fmt.Fprintln(out, step) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "schema version %d (was %d)\n", to, from)
	return nil
}
