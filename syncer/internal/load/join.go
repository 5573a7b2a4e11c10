package load

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// serveTable answers a connection for one table, which goes on where the writer has got to, in the stream or among the rows, or begins
// with the rows.
func serveTable(ctx context.Context, conn net.Conn, m Missing, o stream.Options, load Loader, look *pgx.Conn) error {
	if err := checkPublished(ctx, look, o, m.Tables); err != nil {
		return err
	}
	link.Close(look)
	o.Slot = m.Slot
	if m.Have.Applied != 0 {
		on, err := goesOn(ctx, o)
		switch {
		case err != nil:
			return err
		case !on:
			m.Have.Applied, m.Have.Settled, m.Have.Pieces = 0, 0, nil
		case !m.Copying:
			m.IDs = nil
		}
	}
	err := loadAndStream(ctx, conn, m, o, load)
	if errors.Is(err, stream.ErrOver) {
		dropAfter(ctx, o)
		return nil
	}
	return err
}

// goesOn reports whether the stream of a table can go on where the writer has got to. Otherwise the table is loaded from
// the start, which is always right.
func goesOn(ctx context.Context, o stream.Options) (bool, error) {
	repl, err := stream.OpenReplication(ctx, o.DSN, "join", 0)
	if err != nil {
		return false, err
	}
	defer repl.Close()
	system, err := publisher.Identify(ctx, repl.Conn)
	if err != nil {
		return false, err
	}
	err = publisher.CheckPosition(ctx, repl.Conn, o.Slot, system, o.Start)
	if err != nil && fault.ExitCode(err) == fault.ExitUnsafe {
		o.Log.Warn("the stream of a table that is being loaded cannot go on where it was; loading the table from the start", "slot", o.Slot, "why", link.Text(err))
		return false, nil
	}
	return err == nil, err
}

// forgetJoins drops the slots of tables that have joined, or do no longer, and whose end nobody saw.
func forgetJoins(ctx context.Context, look *pgx.Conn, o stream.Options, have wire.Have, tables []publisher.Table) {
	var keep []string
	for _, t := range have.Tables {
		if t.State == wire.TableJoining {
			keep = append(keep, publisher.JoinSlot(o.Slot, tables[t.ID].FullName()))
		}
	}
	names, err := publisher.DropJoinSlots(ctx, look, o.Slot, keep)
	if len(names) > 0 {
		o.Log.Info("slots of tables that have joined are dropped", "slots", names)
	}
	if err != nil {
		o.Log.Warn("slots of tables that have joined may be left; the next stream drops them", "error", link.Text(err))
	}
}

const dropWithin = time.Minute

// dropAfter drops the slot of a table that has joined. That the connection ends with it does not matter.
func dropAfter(ctx context.Context, o stream.Options) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropWithin)
	defer cancel()
	repl, err := stream.OpenReplication(ctx, o.DSN, "join", 0)
	if err == nil {
		defer repl.Close()
		err = publisher.DropSlotWhenFree(ctx, repl.Conn, o.Slot)
	}
	if err != nil {
		o.Log.Warn("the slot of a table that has joined could not be dropped; the next stream drops it", "slot", o.Slot, "error", link.Text(err))
	}
}
