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

// Replace loads everything that the hello's session offers into shadows and makes them the replica in one transaction. Nothing of it
// outlives an interruption: the next attempt begins again, with a slot of a later moment.
//
// The pieces that have come could be kept, as those of a first load and of a table that joins are. But pieces that come after an
// interruption show a later moment than those before it, and only the changes in between make one moment of them. In a first load the
// stream applies these to the tables themselves, of which it is said meanwhile that they are still being loaded; a table that joins has
// a stream of its own, which applies them to its shadow. Here the old rows are to be seen until the new ones are whole, and there is only
// the main stream: it would have to be applied to all shadows until they are at one moment, while its position of record stays that of no
// replica, and to the tables afterwards. What Join does for one table does not carry that: it meets a main stream that goes on, and
// each table at a moment of its own. Who cannot afford to begin again, and whose slot is sound, loads the tables one by one
// (`syncer table resync --all`); who has no room for the replica twice empties it at once (`init --resync --empty`). Both resume.
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
	o.noteBuilding()
	return replaceRows(ctx, o, conn, shadows, hello)
}

func replaceRows(ctx context.Context, o Options, conn *pgx.Conn, shadows []*swap.Shadow, hello wire.Hello) error {
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
