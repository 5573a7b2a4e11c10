package snapshot

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
	"portal.example/syncer/internal/wire"
)

// Whole reports whether the replica is to be loaded anew while readers still see the old one, as `init --resync`
// left it: it is at no position, and its tables are joining. It then makes have ask for all of them.
func Whole(have *wire.Have) bool {
	whole := false
	for i := range have.Tables {
		if have.Applied == 0 && have.Tables[i].State == wire.TableJoining {
			have.Tables[i].State, whole = wire.TableWaiting, true
		}
	}
	return whole
}

// Replace loads everything that the hello's session offers into shadows and makes them the replica in one
// transaction. Nothing of it outlives an interruption: the next attempt begins again.
func Replace(ctx context.Context, o Options, hello wire.Hello) error {
	conn, err := replica.Connect(ctx, o.DSN, "swap")
	if err != nil {
		return err
	}
	defer link.Close(conn)
	o.Tables = append([]Table(nil), o.Tables...)
	shadows := make([]*swap.Shadow, len(o.Tables))
	for i, t := range o.Tables {
		s, err := swap.NewShadow(ctx, conn, o.Slot, t.Schema, t.Name, t.Columns)
		if err != nil {
			return err
		}
		if err := s.Make(ctx, conn); err != nil {
			return err
		}
		shadows[i], o.Tables[i].Shadow = s, s.SQL()
	}
	if err := Shadow(ctx, o, hello); err != nil {
		return err
	}
	o.build()
	return replace(ctx, o, conn, shadows, hello)
}

func replace(ctx context.Context, o Options, conn *pgx.Conn, shadows []*swap.Shadow, hello wire.Hello) error {
	for _, s := range shadows {
		if err := s.Index(ctx, conn); err != nil {
			return err
		}
	}
	if err := swap.Replace(ctx, conn, o.Slot, o.Epoch, shadows, hello.Start, hello.Settled); err != nil {
		return err
	}
	for _, s := range shadows {
		if err := s.Drop(ctx, conn); err != nil {
			return err
		}
	}
	return nil
}
