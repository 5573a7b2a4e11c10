// Command external-site is the portal's public binary for citizens; it reads only the replica.
// Each verb is one file; main only parses and calls.
package main

import (
	"github.com/spf13/cobra"

	"portal.example/shared/program"
)

func main() { program.Main(newRoot()) }

func newRoot() *cobra.Command {
	return program.Root("external-site", "The public site of the portal of administrative services",
		newServe(), newMigrate(), newValidate(), newKey())
}
