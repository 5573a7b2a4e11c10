package main

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"portal.example/external-site/internal/web"
	"portal.example/shared/fault"
)

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration without starting anything",
		Long:  "Reads the configuration, and the templates and words of this release; connects to nothing.",
		Args:  cobra.NoArgs,
		RunE:  validate,
	}
}

func validate(cmd *cobra.Command, _ []string) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if _, err := pgxpool.ParseConfig(c.Database.DSN); err != nil {
		return fault.Usagef("configuration: database.dsn cannot be read; expected postgres://user:password@host:port/database")
	}
	if _, err := openBucket(c, "documents"); err != nil {
		return err
	}
	if _, err := web.Catalogue(); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), "the configuration is valid")
	return nil
}
