package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// marks takes in what the reader sees of the tables beside the log, during one session.
type marks struct {
	notes   *notes
	log     *slog.Logger
	dial    func(context.Context) (net.Conn, error)
	session *session
}

// rememberMarks records on the target what the reader sees of the tables beside the log. A failure does not end the stream: the
// next one would only compare with something older. So it is tried again.
func (m *marks) rememberMarks(ctx context.Context) error {
	again := link.Retry{Log: m.log, What: "what the reader sees of partitions and the publication is not remembered; trying again"}
	for {
		err := m.listenForMarks(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := again.Wait(ctx, err); err != nil {
			return err
		}
	}
}

// listenForMarks listens until the reader or the target ends.
func (m *marks) listenForMarks(ctx context.Context) error {
	s := m.session
	conn, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_ = conn.SetWriteDeadline(time.Now().Add(haveWithin))
	if _, err := conn.Write(wire.AppendHave(nil, wire.Have{Purpose: wire.PurposeMarks, Digest: s.list.Digest()})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	for {
		mark, err := readMark(conn)
		if err != nil {
			return err
		}
		if int(mark.Table) >= len(s.list.Tables) {
			return fmt.Errorf("%w: a mark of a table that is not on the whitelist", wire.ErrFrame)
		}
		err = m.notes.runOnTarget(ctx, func(ctx context.Context, to *pgx.Conn) error {
			return replica.RememberMark(ctx, to, s.progress.Slot, s.progress.Epoch, s.generation, s.list.Tables[mark.Table].FullName(), mark)
		})
		if err != nil {
			return err
		}
	}
}

func readMark(conn net.Conn) (wire.Mark, error) {
	frame, err := wire.ReadFrame(conn, wire.MaxMarkFrame)
	if err != nil {
		return wire.Mark{}, errors.Join(wire.ErrPeer, err)
	}
	m, ok := frame.(wire.Mark)
	if !ok {
		return m, fmt.Errorf("%w: %T where marks are said", wire.ErrFrame, frame)
	}
	return m, nil
}
