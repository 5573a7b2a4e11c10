package main

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/web"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration without touching anything",
		Args:  cobra.NoArgs,
		RunE:  validate,
	}
}

// validate reads everything that serve reads; it opens no connection.
func validate(cmd *cobra.Command, _ []string) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fault.Usagef("configuration: listen %q must be host:port", c.Listen)
	}
	for _, dsn := range []string{c.Database.DSN, c.Database.Owner()} {
		if err := pg.CheckDSN(dsn); err != nil {
			return err
		}
	}
	if _, err := openBucket(c, "documents"); err != nil {
		return err
	}
	if _, err := web.Catalogue(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), "the configuration is fine")
	return err
}
