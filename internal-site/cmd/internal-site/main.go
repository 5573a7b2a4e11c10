// Command internal-site is the portal's application for staff inside the government network.
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
		fmt.Fprintln(os.Stderr, "internal-site: "+err.Error())
	}
	os.Exit(fault.ExitCode(err))
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "internal-site",
		Short:         "The staff application of the portal of administrative services",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", "internal-site.yaml", "configuration file")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fault.UsageError{Err: err} })
	root.AddCommand(newServe(), newIntake(), newMigrate(), newImport(), newUser(), newKeys(), newValidate())
	return root
}
