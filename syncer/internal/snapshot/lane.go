package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// groupBytes limits how many small pieces one transaction takes if they have already arrived.
const groupBytes = 1 << 20

// asideAbove is the size of a table, on the source's disk, above which its indexes are made behind its rows. Below it three
// more transactions cost more than they spare.
const asideAbove = 2 << 20

// lane reads pieces from a connection to the reader and loads them through a connection to the target.
type lane struct {
	*job
	conn net.Conn
	in   *wire.Reader
	to   *pgx.Conn

	open  []loaded // pieces of the transaction that is open
	bytes int64    // of them
	data  []byte   // what COPY has not yet taken of the last Data
	ended bool     // the piece has no more
	err   error    // why the reader's bytes ended early
	at    *Progress
}

// loaded is a piece that is loaded in the open transaction.
type loaded struct {
	table Table
	piece wire.Piece
	rows  int64
}

func (j *job) runLane(ctx context.Context) error {
	conn, err := j.dialLane(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	n := &lane{job: j, conn: conn, in: wire.NewLendingReader(conn, wire.MaxData)}
	if err := n.greetReader(); err != nil {
		return err
	}
	if n.to, err = replica.Connect(ctx, j.DSN, "load"); err != nil {
		return err
	}
	defer link.Close(n.to)
	// Pieces and their records are lost together when the target crashes; the commit that marks the tables ready, or
	// brings a shadow in, makes them all durable.
	if _, err := n.to.Exec(ctx, "SET synchronous_commit = off"); err != nil {
		return targetError("set up a lane", err)
	}
	return n.takePieces(ctx)
}

func (o *Options) dialLane(ctx context.Context) (net.Conn, error) {
	if o.DialLane != nil {
		return o.DialLane(ctx)
	}
	return o.Dial(ctx)
}

func (n *lane) greetReader() error {
	have := wire.Have{Purpose: wire.PurposeCopy, Digest: n.Digest, Session: n.hello.Session}
	if _, err := n.conn.Write(wire.AppendHave(nil, have)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	frame, err := n.nextFrame()
	if err != nil {
		return err
	}
	if hello, ok := frame.(wire.Hello); !ok || hello.Session != n.hello.Session {
		return fmt.Errorf("%w: a lane begins with the session's Hello", wire.ErrFrame)
	}
	return nil
}

func (n *lane) nextFrame() (any, error) {
	frame, err := n.in.Next()
	if err != nil && !errors.Is(err, wire.ErrFrame) {
		err = errors.Join(wire.ErrPeer, err)
	}
	return frame, err
}

func (n *lane) takePieces(ctx context.Context) error {
	for {
		frame, err := n.nextFrame()
		if err != nil {
			return err
		}
		switch f := frame.(type) {
		case wire.Piece:
			if err := n.loadPiece(ctx, f); err != nil {
				return err
			}
		case wire.Done:
			return n.commitPieces(ctx)
		default:
			return fmt.Errorf("%w: %T does not belong between pieces", wire.ErrFrame, frame)
		}
	}
}

// loadPiece loads one piece in the open transaction, and commits unless more small pieces have already arrived.
func (n *lane) loadPiece(ctx context.Context, p wire.Piece) error {
	if int(p.Table) >= len(n.Tables) {
		return fmt.Errorf("%w: a piece of table %d, which the whitelist does not have", wire.ErrFrame, p.Table)
	}
	t := n.Tables[p.Table]
	n.noteBegun(t, p)
	if n.Indexes != nil && !n.resumed && t.Shadow == "" && p.Bytes*int64(p.Of) >= asideAbove {
		if err := n.Indexes.PutAside(ctx, relation.Name{Schema: t.Schema, Name: t.Name}); err != nil {
			return err
		}
	}
	rows, err := n.copyPiece(ctx, t, p)
	if err != nil {
		return err
	}
	n.open = append(n.open, loaded{t, p, rows})
	n.noteFinished(rows)
	if n.bytes < groupBytes && !n.resumed && n.in.Buffered() {
		return nil
	}
	return n.commitPieces(ctx)
}

// copyPiece runs COPY on the target with the piece's bytes as they arrive.
func (n *lane) copyPiece(ctx context.Context, t Table, p wire.Piece) (int64, error) {
	n.data, n.ended, n.err = nil, false, nil
	columns := relation.QuoteList("", t.Columns)
	sql, into := "", t.intoSQL()
	if len(n.open) == 0 {
		sql = "BEGIN; "
	}
	if n.resumed {
		into = "pg_temp.piece"
		sql += "CREATE TEMP TABLE piece ON COMMIT DROP AS SELECT " + columns + " FROM " + t.intoSQL() + " WITH NO DATA; "
	}
	sql += "COPY " + into + " (" + columns + ") FROM STDIN"
	if p.Binary {
		sql += " (FORMAT binary)"
	}
	tag, err := n.to.PgConn().CopyFrom(ctx, n, sql)
	switch {
	case n.err != nil:
		return 0, n.err
	case err == nil && !n.ended: // the target has stopped reading
		err = io.ErrUnexpectedEOF
	case err == nil && n.resumed:
		err = n.mergePiece(ctx, t, columns)
	}
	if err != nil {
		return 0, explainCopyError(t, err)
	}
	return tag.RowsAffected(), nil
}

func explainCopyError(t Table, err error) error {
	if link.Code(err) == "42501" {
		return link.Fail("target: load "+t.FullName()+" (see `syncer check`)", err)
	}
	return link.Fail("target: load "+t.FullName(), err)
}

// Read gives COPY the bytes of the piece's frames.
func (n *lane) Read(b []byte) (int, error) {
	for len(n.data) == 0 {
		if n.ended {
			return 0, io.EOF
		}
		frame, err := n.nextFrame()
		if err != nil {
			n.err = err
			return 0, err
		}
		switch f := frame.(type) {
		case wire.Data:
			n.data = f
			n.bytes += int64(len(f))
			n.noteBytes(int64(len(f)))
		case wire.PieceEnd:
			n.ended = true
		default:
			n.err = fmt.Errorf("%w: %T does not belong into a piece", wire.ErrFrame, frame)
			return 0, n.err
		}
	}
	k := copy(b, n.data)
	n.data = n.data[k:]
	return k, nil
}

// commitPieces records the open pieces, commits, and acknowledges them.
func (n *lane) commitPieces(ctx context.Context) error {
	if len(n.open) == 0 {
		return nil
	}
	if err := n.recordPieces(ctx); err != nil {
		return targetError("record pieces", err)
	}
	failpoint.Hit("snapshot.before_piece")
	if _, err := n.to.Exec(ctx, "COMMIT"); err != nil {
		return targetError("commit pieces of "+n.open[0].table.FullName(), err)
	}
	failpoint.Hit("snapshot.after_piece")
	var acks []byte
	for range n.open {
		acks = wire.AppendAck(acks, wire.Ack{LSN: n.hello.Settled})
	}
	n.open, n.bytes = n.open[:0], 0
	if _, err := n.conn.Write(acks); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// recordPieces records the open pieces in the transaction that loads them, unless another writer has claimed the slot.
func (n *lane) recordPieces(ctx context.Context) error {
	var names, ids []string
	var rows []int64
	for _, l := range n.open {
		if l.table.Shadow == "" {
			names, ids, rows = append(names, l.table.FullName()), append(ids, l.piece.ID), append(rows, l.rows)
		}
	}
	if err := n.recordShadow(ctx); err != nil {
		return err
	}
	var mine bool
	err := n.to.QueryRow(ctx, `
		WITH mine AS MATERIALIZED (SELECT slot FROM sync.progress WHERE slot = $1 AND epoch = $2 FOR SHARE),
		noted AS (INSERT INTO sync.pieces (slot, name, piece, rows)
		          SELECT mine.slot, u.* FROM mine, unnest($3::text[], $4::text[], $5::bigint[]) AS u)
		SELECT EXISTS (SELECT FROM mine)`, n.Slot, n.Epoch, names, ids, rows).Scan(&mine)
	if err == nil && !mine {
		err = n.fencedError()
	}
	return err
}

// recordShadow records the open pieces of shadows beside their rows.
func (n *lane) recordShadow(ctx context.Context) error {
	for _, l := range n.open {
		if l.table.Pieces == "" {
			continue
		}
		if _, err := n.to.Exec(ctx, "INSERT INTO "+l.table.Pieces+" (piece) VALUES ($1)", l.piece.ID); err != nil {
			return err
		}
	}
	return nil
}

// progressEvery is how often OnProgress hears of a piece that is being loaded.
const progressEvery = 200 * time.Millisecond

// noteBegun notes the piece's table for those who watch.
func (n *lane) noteBegun(t Table, p wire.Piece) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = n.done[t.FullName()]
	if n.at == nil {
		n.at = &Progress{Table: t.FullName()}
		n.done[t.FullName()] = n.at
	}
	n.at.Pieces, n.at.Total = int(p.Of), p.Bytes*int64(p.Of)
}

func (n *lane) noteBytes(bytes int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at.Bytes += bytes
	if time.Since(n.shown) > progressEvery {
		n.showProgress()
	}
}

func (n *lane) noteFinished(rows int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at.Done, n.at.Rows = n.at.Done+1, n.at.Rows+rows
	n.showProgress()
}

func (n *lane) showProgress() {
	n.shown = time.Now()
	if n.OnProgress != nil {
		n.OnProgress(*n.at)
	}
}
