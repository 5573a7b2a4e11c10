// Command external-site is the portal's public binary for citizens; it reads only the replica.
// Each verb is one file; main only parses and calls.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRoot().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "external-site: "+err.Error())
	}
	os.Exit(fault.ExitCode(err))
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "external-site",
		Short:         "The public site of the portal of administrative services",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", "external-site.yaml", "configuration file")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fault.UsageError{Err: err} })
	root.AddCommand(newServe(), newMigrate(), newValidate())
	return root
}
