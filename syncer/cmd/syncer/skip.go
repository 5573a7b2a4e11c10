package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/wire"
)

func (a *app) skipCommand() *cobra.Command {
	var text string
	var force, undo bool
	var wait time.Duration
	c := &cobra.Command{
		Use:   "skip --lsn LSN",
		Short: "Leave out the one transaction that the syncer cannot apply",
		Long: `skip tells the syncer not to apply the transaction that ends at LSN, none of its changes. It is the way on
when a row cannot be applied and the target cannot be mended, or when the reader cannot pass a row on (too large, no
text, not to be read again); the state is then error, and the message names the table, the key and this LSN.
` + "`syncer table resync`" + ` is another way: it brings the table as it is now, and loses nothing of the others.

The replica differs from its source afterwards: ` + "`syncer compare`" + ` shows which rows are missing or wrong, and
` + "`syncer repair`" + ` makes them equal again. Mending the target and letting the syncer try again loses nothing
and is better.

The state must be error at exactly this LSN; --force takes any LSN that is not applied yet.`,
		Example: "  syncer status            # error: … transaction 0/16B3748: …\n  syncer skip --lsn 0/16B3748\n  syncer compare && syncer repair\n  syncer skip --undo       # when it was not left out yet",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			lsn, err := parseSkip(text, undo)
			if err != nil {
				return err
			}
			return a.onTarget(c, func(ctx context.Context, cfg *config.Config, conn *pgx.Conn) error {
				if undo {
					return a.undoSkip(ctx, conn, cfg.Source.Slot)
				}
				return a.leaveOut(ctx, conn, cfg.Source.Slot, lsn, force, wait)
			})
		},
	}
	c.Flags().StringVar(&text, "lsn", "", "where the transaction ends, as the error names it")
	c.Flags().BoolVar(&force, "force", false, "whatever the state is")
	c.Flags().BoolVar(&undo, "undo", false, "take back a skip that did not happen yet")
	waitFlag(c, &wait)
	_ = c.RegisterFlagCompletionFunc("lsn", cobra.NoFileCompletions)
	return a.jsonFlag(c)
}

func parseSkip(text string, undo bool) (lsn wire.LSN, err error) {
	switch {
	case undo && text != "":
		return 0, fault.Usagef("--lsn and --undo exclude each other; see `syncer skip --help`")
	case undo:
		return 0, nil
	case text == "":
		return 0, fault.Usagef("--lsn is missing: the position that `syncer status` names in its error; see `syncer skip --help`")
	}
	if err := lsn.Scan(text); err != nil || lsn == 0 {
		return 0, fault.Usagef("--lsn %q is not a log position; expected something like 0/16B3748", text)
	}
	return lsn, nil
}

func (a *app) undoSkip(ctx context.Context, conn *pgx.Conn, slot string) error {
	s, err := control.Read(ctx, conn, slot)
	if err != nil {
		return err
	}
	if s.Skip == 0 {
		return fault.Usagef("nothing is to be skipped: either it was not asked for, or it has happened (applied is %s)", s.Applied)
	}
	if err := control.Skip(ctx, conn, slot, 0); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"done": true, "undone": s.Skip.String()})
	}
	a.printResult("transaction %s will be applied after all", s.Skip)
	return nil
}

func (a *app) leaveOut(ctx context.Context, conn *pgx.Conn, slot string, lsn wire.LSN, force bool, wait time.Duration) error {
	s, err := control.Read(ctx, conn, slot)
	if err != nil {
		return err
	}
	if err := maySkip(s, lsn, force); err != nil {
		return err
	}
	if err := control.Skip(ctx, conn, slot, lsn); err != nil {
		return err
	}
	passed := func(s control.State) bool { return s.Applied >= lsn && s.Skip == 0 }
	if s, err = awaitWish(ctx, conn, slot, wait, passed); err != nil {
		return err
	}
	if err := a.tellRequest(s, passed(s), wait, "transaction "+lsn.String()+" was left out; the replica is", "the next one to start will leave out "+lsn.String()); err != nil {
		return err
	}
	a.printResult("the replica lacks that transaction's changes: `syncer compare` shows them, `syncer repair` makes them good")
	return nil
}

// maySkip refuses to skip any transaction but the one at which the syncer stands still.
func maySkip(s control.State, lsn wire.LSN, force bool) error {
	if lsn <= s.Applied {
		return fault.Usagef("transaction %s is already on the target (applied is %s); there is nothing to skip", lsn, s.Applied)
	}
	if force {
		return nil
	}
	switch at := s.Poison; {
	case s.State != "error":
		return fault.Unsafef("the syncer's state is %s, not error: nothing needs to be skipped; --force skips %s nevertheless", s.State, lsn)
	case at == 0:
		return fault.Unsafef("no transaction is why the syncer stands, so skipping one would not help: %s", s.Error)
	case at != lsn:
		return fault.Unsafef("%w", fmt.Errorf("the syncer stands at transaction %s, not at %s; use --lsn %s, or --force", at, lsn, at))
	}
	return nil
}
