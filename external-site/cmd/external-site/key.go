package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
)

func newKey() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make the key of citizens' accounts",
		Long: "Makes the key on which all that opens a citizen's account depends beside the citizen's own secret (account_key). It belongs\n" +
			"to portal-external-site alone and into a backup that is not the database's: with a lost key nobody opens their cabinet by\n" +
			"password or recovery code again, and whoever has it and the database can begin to guess passwords. Nothing is ever overwritten.",
		Example: "  external-site key --file /etc/portal/keys/account.key",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return fault.Usagef("--file is missing: where the key is to be written")
			}
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400) //nolint:gosec // the operator names it
			if err != nil {
				return fault.Usagef("%v", err)
			}
			_, errWrite := f.WriteString(account.NewKeyFile())
			if err := errors.Join(errWrite, f.Sync(), f.Close()); err != nil {
				return fmt.Errorf("write %s: %w", file, err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "key: %s\n", file)
			return err
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "file for the key")
	return cmd
}
