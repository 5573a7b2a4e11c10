// Command internal-site is the portal's application for staff inside the government network.
// Each verb is one file; main only parses and calls.
package main

import (
	"github.com/spf13/cobra"

	"portal.example/shared/program"
)

func main() { program.Main(newRoot()) }

func newRoot() *cobra.Command {
	return program.Root("internal-site", "The staff application of the portal of administrative services",
		newServe(), newIntake(), newNotices(), newConvert(), newMigrate(), newImport(), newUser(), newReckon(), newAudit(), newKeys(), newValidate())
}
