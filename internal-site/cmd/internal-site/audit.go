package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/trail"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/program"
)

// follow chains the trail while the site works, and signs checkpoints when there is a key.
func (c AuditConfig) follow(s *program.Service, store *trail.Store) error {
	keeper, err := c.keeper()
	if err != nil {
		return err
	}
	s.Background.Every("the audit trail is chained", time.Second, 5*time.Minute, func(ctx context.Context) error {
		_, err := store.Link(ctx)
		return err
	})
	if keeper == nil {
		s.Log.Warn("no checkpoints of the audit trail are signed; make a key with `internal-site keys audit` and name it in audit.key")
		return nil
	}
	s.Background.Every("checkpoints of the audit trail", 10*time.Minute, time.Minute, func(ctx context.Context) error {
		c, made, err := keeper.Keep(ctx, store)
		if made {
			s.Log.Info("checkpoint of the audit trail", "seq", c.Seq, "hash", c.Hash, "key", c.KeyID, "signature", c.Signature)
		}
		return err
	})
	return nil
}

func newAudit() *cobra.Command {
	audit := &cobra.Command{Use: "audit", Short: "Prove and export the audit trail", Args: cobra.NoArgs}
	audit.AddCommand(newAuditVerify(), newAuditExport())
	return audit
}

// withTrail opens the trail of the configured database for one command.
func withTrail(cmd *cobra.Command, do func(ctx context.Context, s *trail.Store) error) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	pool, err := pg.Open(cmd.Context(), c.Database.DSN, pg.Options{MaxConns: 2, ApplicationName: "internal-site audit"})
	if err != nil {
		return err
	}
	defer pool.Close()
	return do(cmd.Context(), trail.NewStore(pool))
}

type auditVerify struct{ key, checkpoints string }

func newAuditVerify() *cobra.Command {
	var o auditVerify
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Find what was done to the audit trail",
		Long: "Computes the chain of the audit trail anew and names each entry that was changed, taken away, moved, cut off or added\n" +
			"past the site. Against somebody who has all rights in the database only checkpoints help that were kept elsewhere\n" +
			"(audit.checkpoints, or the log of the site): name their file, and the public key that signed them.\n" +
			"Ends with 1 when something was found. It reads only, and may run while people work.",
		Example: "  internal-site audit verify --key /etc/portal/keys/audit.public --checkpoints /mnt/worm/audit-checkpoints.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withTrail(cmd, func(ctx context.Context, s *trail.Store) error { return o.run(ctx, cmd, s) })
		},
	}
	cmd.Flags().StringVar(&o.key, "key", "", "file with the public key that checkpoints were signed with")
	cmd.Flags().StringVar(&o.checkpoints, "checkpoints", "", "file with checkpoints that were kept outside the database")
	return cmd
}

func (o auditVerify) run(ctx context.Context, cmd *cobra.Command, s *trail.Store) error {
	against := trail.Against{}
	var err error
	if o.key != "" {
		if against.Key, err = trail.LoadPublicKey(o.key); err != nil {
			return err
		}
	}
	if against.Kept, err = readKept(o.checkpoints, against.Key); err != nil {
		return err
	}
	began, told := time.Now(), time.Now()
	against.Progress = func(done, all int64) {
		if time.Since(told) > time.Second {
			told = time.Now()
			fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d entries (%d %%)\n", done, all, 100*done/max(all, 1))
		}
	}
	r, err := s.Verify(ctx, against)
	if err != nil {
		return err
	}
	return o.tell(cmd, r, time.Since(began))
}

func readKept(path string, key ed25519.PublicKey) ([]trail.Checkpoint, error) {
	if path == "" {
		return nil, nil
	}
	if key == nil {
		return nil, fault.Usagef("--checkpoints without --key: anybody can write a checkpoint that nobody has signed")
	}
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fault.Usagef("%v", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return trail.ReadCheckpoints(f)
}

// tell prints the report for a person; it is an error when something was found.
func (o auditVerify) tell(cmd *cobra.Command, r trail.Report, took time.Duration) error {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "entries in the chain: %d, read in %.1f s; waiting for it: %d\n", r.Entries, took.Seconds(), r.Waiting)
	fmt.Fprintf(out, "end of the chain: %s\n", r.End)
	switch {
	case r.Checkpoints == 0:
		fmt.Fprintln(out, "checkpoints: none. Somebody with all rights in the database could have made the chain anew; see `internal-site keys audit`.")
	case o.key == "":
		fmt.Fprintf(out, "checkpoints: %d compared, the last of entry %d on %s; their signatures were not verified (--key)\n",
			r.Checkpoints, r.Newest.Seq, r.Newest.At.Format(time.RFC3339))
	default:
		fmt.Fprintf(out, "checkpoints: %d verified, the last of entry %d on %s\n", r.Checkpoints, r.Newest.Seq, r.Newest.At.Format(time.RFC3339))
	}
	if r.Found == 0 {
		fmt.Fprintln(out, "nothing was done to the trail")
		return nil
	}
	for _, f := range r.Findings {
		fmt.Fprintln(out, "FOUND: "+findingInWords(f))
	}
	if more := r.Found - len(r.Findings); more > 0 {
		fmt.Fprintf(out, "and %d more\n", more)
	}
	return fmt.Errorf("the audit trail is not what it was: %d findings", r.Found)
}

func findingInWords(f trail.Finding) string {
	at := f.Recorded.Format(time.RFC3339)
	switch f.Kind {
	case trail.Changed:
		return fmt.Sprintf("entry %d (id %d) is not what was chained: it was changed, or another stands in its place", f.Seq, f.EventID)
	case trail.Deleted:
		return fmt.Sprintf("entry %d (id %d) was deleted", f.Seq, f.EventID)
	case trail.Gap:
		return fmt.Sprintf("entries %d to %d were deleted with their links", f.Seq, f.To)
	case trail.Cut:
		return fmt.Sprintf("entries %d to %d are gone from the end: a checkpoint of %s knows them", f.Seq, f.To, at)
	case trail.Rewritten:
		return fmt.Sprintf("the chain up to entry %d was made anew: a checkpoint of %s has another hash", f.Seq, at)
	case trail.BadCheckpoint:
		return fmt.Sprintf("the checkpoint of entry %d, dated %s, was not signed with this key", f.Seq, at)
	case trail.Added:
		return fmt.Sprintf("the entry with id %d, dated %s, was put in past the site", f.EventID, at)
	case trail.Stopped:
		return fmt.Sprintf("entries wait for the chain since %s: is the site running? Look for \"the audit trail is chained\" in its log", at)
	}
	return string(f.Kind)
}

func newAuditExport() *cobra.Command {
	var from int64
	var file string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the audit trail as lines of JSON",
		Long: "Writes each entry of the chain as a line of JSON, with its number and its hash, in the order of the chain and without\n" +
			"keeping it in memory. With --from it goes on where an earlier export ended.",
		Example: "  internal-site audit export --file trail.jsonl\n  internal-site audit export --from 120001 >> trail.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withTrail(cmd, func(ctx context.Context, s *trail.Store) error {
				if file == "" {
					return exportTrail(ctx, cmd.OutOrStdout(), s, from)
				}
				f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
				if err != nil {
					return fault.Usagef("%v", err)
				}
				return errors.Join(exportTrail(ctx, f, s, from), f.Sync(), f.Close())
			})
		},
	}
	cmd.Flags().Int64Var(&from, "from", 1, "number of the first entry")
	cmd.Flags().StringVar(&file, "file", "", "new file to write to (default standard output)")
	return cmd
}

func exportTrail(ctx context.Context, w io.Writer, s *trail.Store, from int64) error {
	buffered := bufio.NewWriterSize(w, 1<<16)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	err := s.Export(ctx, from, func(line map[string]any) error { return lines.Encode(line) })
	return errors.Join(err, buffered.Flush())
}
