package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// helloWithin is how long the writer may take to accept the first frame, on a machine that is busy with something else.
const helloWithin = time.Minute

// Serve answers a connection of purpose stream or table that began with have. It lets load bring what the target lacks, then
// streams changes until ctx ends or the writer goes away. o says where the source is and what to obey (DSN, Slot, Publication,
// Heartbeat, Digest, StreamAbove, Log); the other options follow from have. look is a connection to the source for what is looked at
// before, and by a stream that begins at once to watch the tables; Serve closes it.
//
// The writer is trusted only where a lie would harm nobody but itself: about what it already holds.
func Serve(ctx context.Context, conn net.Conn, have wire.Have, o stream.Options, tables []publisher.Table, load Loader, look *pgx.Conn) error {
	defer link.Close(look)
	if have.Digest != o.Digest {
		return fault.Unsafef("the reader obeys another whitelist than the replica was made by; give both units the same file, or load the replica anew with `syncer init --resync`")
	}
	m, err := readMissing(&o, have, tables)
	if err != nil {
		return err
	}
	o.Start = publisher.Position{SystemID: have.SystemID, Timeline: have.Timeline, Applied: have.Applied}
	o.Settled = have.Settled
	if o.Only != nil {
		return serveTable(ctx, conn, m, o, load, look)
	}
	o.Board.BeginStream(o.Digest)
	forgetJoins(ctx, look, o, have, tables)
	if have.Applied == 0 { // before anything is made on the source
		_, err := publisher.ReadPublication(ctx, look, o.Publication)
		if errors.Is(err, publisher.ErrNoPublication) {
			return fault.Unsafef("source: publication %q does not exist; run `syncer init`, which makes it", o.Publication)
		}
		if err != nil {
			return err
		}
		m.Publication = o.Publication
	}
	if err := publisher.CheckHistory(ctx, look, o.Slot, o.Publication, have); err != nil {
		return err
	}
	if m.isComplete() {
		o.Look = look
	} else {
		link.Close(look) // a load may take hours
	}
	return loadAndStream(ctx, conn, m, o, load)
}

// loadAndStream loads what is missing, and streams from there.
func loadAndStream(ctx context.Context, conn net.Conn, m Missing, o stream.Options, load Loader) error {
	if !m.isComplete() {
		if err := loadFirst(ctx, conn, m, &o, load); err != nil {
			return err
		}
	}
	if o.LoadOnly {
		return awaitWriterEnd(ctx, conn)
	}
	reader, err := stream.Open(ctx, o, m.Tables)
	if err != nil {
		return err
	}
	defer reader.Close()
	return reader.Run(ctx, conn)
}

// awaitWriterEnd waits until the writer has finished what it does behind the last row, and closes the connection.
func awaitWriterEnd(ctx context.Context, conn net.Conn) error {
	n, err := conn.Read(make([]byte, 1))
	if n > 0 {
		return fmt.Errorf("%w: the writer acknowledges what was not sent", wire.ErrFrame)
	}
	return stream.PeerError(ctx, err)
}

// readMissing derives from have what must be loaded first, and sets the options of the stream.
func readMissing(o *stream.Options, have wire.Have, tables []publisher.Table) (Missing, error) {
	m := Missing{Have: have, Tables: tables}
	o.Filters = make(map[string]string, len(have.Tables))
	known := make([]bool, len(tables))
	for _, t := range have.Tables {
		if int(t.ID) >= len(tables) || known[t.ID] {
			return m, fmt.Errorf("%w: the writer names a table that is not on the whitelist, or one twice", wire.ErrFrame)
		}
		known[t.ID] = true
		if t.Filter != "" || tables[t.ID].Where == "" { // otherwise a `table` command was killed before it recorded the filter; `check` reports that
			o.Filters[tables[t.ID].FullName()] = t.Filter
		}
		o.Marks = append(o.Marks, wire.Mark{Table: t.ID, Published: t.Published, Leaves: t.Leaves, Catalog: t.Catalog})
		switch t.State {
		case wire.TableWaiting, wire.TableCopying:
			m.IDs = append(m.IDs, t.ID)
		case wire.TableJoining:
			o.Hurry, tables[t.ID].Joining = true, true
		case wire.TableReleased:
			tables[t.ID].Joining, tables[t.ID].Released = true, true
		}
	}
	for _, id := range have.Plain {
		if int(id) >= len(tables) {
			return m, fmt.Errorf("%w: the writer names a table that is not on the whitelist", wire.ErrFrame)
		}
		tables[id].Plain = true
	}
	if have.Purpose == wire.PurposeTable {
		if int(have.Table) >= len(tables) {
			return m, fmt.Errorf("%w: the writer names a table that is not on the whitelist", wire.ErrFrame)
		}
		for i := range tables { // changes of other tables are not sent, so they need not be published
			tables[i].Joining = i != int(have.Table)
		}
		o.Only, o.Hurry = &have.Table, true
		m.Copying = slices.ContainsFunc(have.Tables, func(t wire.HaveTable) bool { return t.ID == have.Table && t.State == wire.TableCopying })
		m.IDs, m.Slot = []uint16{have.Table}, publisher.JoinSlot(o.Slot, tables[have.Table].FullName())
	}
	return m, nil
}

// checkPublished makes sure that the table is published before its snapshot is taken, so that every later change is in the log.
func checkPublished(ctx context.Context, look *pgx.Conn, o stream.Options, tables []publisher.Table) error {
	p, err := publisher.ReadPublication(ctx, look, o.Publication)
	if err != nil {
		return link.Fail("source", err)
	}
	t := tables[*o.Only]
	if !slices.ContainsFunc(p.Tables, func(x publisher.Published) bool { return x.Schema == t.Schema && x.Name == t.Name }) {
		return &link.Error{Line: fmt.Sprintf("source: publication %q does not have %s yet; if no `syncer table` is at work, run the last one again", o.Publication, t.FullName())}
	}
	return publisher.Verify(ctx, look, o.Publication, tables, o.Filters)
}

// loadFirst runs load, which sends the Hello as soon as the snapshot is taken.
func loadFirst(ctx context.Context, conn net.Conn, m Missing, o *stream.Options, load Loader) error {
	hello := func(h wire.Hello) error {
		h.Digest = o.Digest
		_ = conn.SetWriteDeadline(time.Now().Add(helloWithin))
		if _, err := conn.Write(wire.AppendHello(nil, h)); err != nil {
			return stream.PeerError(ctx, err)
		}
		return conn.SetWriteDeadline(time.Time{})
	}
	var loaded Loaded
	err := whileThere(ctx, conn, func(ctx context.Context) (err error) {
		loaded, err = load.Load(ctx, m, hello)
		return err
	})
	if err != nil {
		loaded.Replication.Close()
		return err
	}
	if loaded.Marks != nil {
		o.Marks = loaded.Marks
	}
	o.Slot, o.Start, o.Settled, o.Replication, o.Greeted = loaded.Slot, loaded.Position, loaded.Settled, loaded.Replication, true
	return nil
}

// whileThere runs work and cancels it if the writer closes the connection. The writer must not send anything meanwhile.
func whileThere(ctx context.Context, conn net.Conn, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error, 1)
	go func() {
		n, err := conn.Read(make([]byte, 1))
		switch {
		case n > 0:
			err = fmt.Errorf("%w: the writer speaks before it was sent anything", wire.ErrFrame)
		case errors.Is(err, os.ErrDeadlineExceeded):
			err = nil
		default:
			err = errors.Join(wire.ErrPeer, err)
		}
		if err != nil {
			cancel(err)
		}
		ended <- err
	}()
	err := work(ctx)
	_ = conn.SetReadDeadline(time.Unix(1, 0)) // ends the read
	gone := <-ended
	if gone != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return gone
	}
	return errors.Join(err, conn.SetReadDeadline(time.Time{}))
}
