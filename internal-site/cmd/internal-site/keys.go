package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/trail"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

func newKeys() *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Keys of this installation", Args: cobra.NoArgs}
	keys.AddCommand(newKeysGenerate(), newKeysFactors(), newKeysAudit())
	return keys
}

func newKeysFactors() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "factors",
		Short: "Make the key that seals second factors of staff",
		Long: "Makes the key with which the site seals the secrets of apps that make codes (second_factor.key). It belongs to\n" +
			"portal-internal-site alone and into a backup that is not the database's: with a lost key everybody has to set up\n" +
			"their second factor anew, and with both a thief makes everybody's codes. Nothing is ever overwritten.",
		Example: "  internal-site keys factors --file /etc/portal/keys/factors.key",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return fault.Usagef("--file is missing: where the key is to be written")
			}
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400) //nolint:gosec // the operator names it
			if err != nil {
				return fault.Usagef("%v", err)
			}
			_, errWrite := f.WriteString(access.NewFactorKey())
			if err := errors.Join(errWrite, f.Close()); err != nil {
				return fmt.Errorf("write %s: %w", file, err)
			}
			return say(cmd, "key: %s", file)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "file for the key")
	return cmd
}

func newKeysAudit() *cobra.Command {
	var private, public string
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Make the key that signs checkpoints of the audit trail",
		Long: "Makes an Ed25519 key (PEM) with which the site signs how far the audit trail goes and what it says (audit.key). The\n" +
			"private file belongs to portal-internal-site alone and never near the database or its backups: with both somebody\n" +
			"could make the trail anew. The public file goes to whoever runs `internal-site audit verify`. Nothing is ever overwritten.",
		Example: "  internal-site keys audit --private /etc/portal/keys/audit.private --public /etc/portal/keys/audit.public",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if private == "" || public == "" {
				return fault.Usagef("name the files with --private and --public")
			}
			key, err := trail.NewKey(private, public)
			if err != nil {
				return err
			}
			return say(cmd, "key %s\nprivate: %s\npublic:  %s", key.ID(), private, public)
		},
	}
	cmd.Flags().StringVar(&private, "private", "", "file for the private key")
	cmd.Flags().StringVar(&public, "public", "", "file for the public key")
	return cmd
}

type keysGenerate struct {
	private, public, dir, portal string
}

func newKeysGenerate() *cobra.Command {
	var o keysGenerate
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Make a key pair for the inbound channel",
		Long: "Makes a key pair (MLKEM768-X25519 for records, age for attachments). The private file, readable by its owner\n" +
			"only, belongs on the machine of the intake worker and into its backup: a message sealed to a lost key cannot\n" +
			"be opened by anybody. The public file goes to the external site (seal_key). Nothing is ever overwritten.",
		Example: "  internal-site keys generate --dir /etc/portal/keys\n" +
			"  internal-site keys generate --private intake-2027.private --public intake-2027.public --portal poslugy.example",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&o.private, "private", "", "file for the private key")
	f.StringVar(&o.public, "public", "", "file for the public key")
	f.StringVar(&o.dir, "dir", "", "folder for both, as seal.private and seal.public")
	f.StringVar(&o.portal, "portal", "portal", "name of this installation, bound into every envelope")
	return cmd
}

func (o keysGenerate) run(cmd *cobra.Command) error {
	if o.dir != "" && o.private == "" && o.public == "" {
		o.private, o.public = filepath.Join(o.dir, "seal.private"), filepath.Join(o.dir, "seal.public")
	}
	if o.private == "" || o.public == "" {
		return fault.Usagef("name the files with --private and --public, or their folder with --dir")
	}
	key, err := seal.Generate(o.portal)
	if err != nil {
		return fault.UsageError{Err: err}
	}
	if err := key.Save(o.private, o.public); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "key %s of portal %s\nprivate: %s\npublic:  %s\n", key.KeyID(), o.portal, o.private, o.public)
	return nil
}
