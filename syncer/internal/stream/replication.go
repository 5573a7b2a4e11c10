package stream

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Replication is a connection in replication mode. It takes commands until it becomes a stream. A temporary slot lives as long
// as the connection that created it.
type Replication struct {
	Conn *pgx.Conn
	in   *messageBuffer
	// stored is the encoding of text that comes as it is stored; "" where the source makes UTF-8 of it. A source whose encoding is
	// SQL_ASCII would refuse to send values that are no UTF-8, and with them the whole stream, so it is asked to send all as they are.
	stored string
}

// OpenReplication opens a connection in replication mode. workMem is the connection's logical_decoding_work_mem in kB: how much
// of running transactions the source keeps before it streams the largest; 0 leaves the server's setting.
func OpenReplication(ctx context.Context, dsn, application string, workMem int) (*Replication, error) {
	r := &Replication{in: &messageBuffer{}}
	o := link.Options{Name: "source.dsn", Application: application, Replication: true}
	if workMem > 0 {
		o.Settings = map[string]string{"logical_decoding_work_mem": fmt.Sprintf("%dkB", workMem)}
	}
	o.Frontend = func(from io.Reader, to io.Writer) *pgproto3.Frontend {
		*r.in = messageBuffer{from: from} // each address that is tried has its own
		return pgproto3.NewFrontend(r.in, to)
	}
	conn, err := link.Open(ctx, dsn, o)
	if err != nil {
		return nil, err
	}
	r.Conn = conn
	if conn.PgConn().ParameterStatus("server_encoding") == "SQL_ASCII" {
		if err := r.askForStoredText(ctx); err != nil {
			link.Close(conn)
			return nil, err
		}
	}
	return r, nil
}

// Close closes the connection.
func (r *Replication) Close() {
	if r != nil {
		link.Close(r.Conn)
	}
}

const startDeadline = 30 * time.Second

// codeInvalidated says that a slot can no longer be read from (object_not_in_prerequisite_state).
const codeInvalidated = "55000"

// startStreaming starts the stream of slot at position at. With streaming, large transactions arrive in chunks while they run.
func (r *Replication) startStreaming(ctx context.Context, slot, publication string, at wire.LSN, streaming bool) error {
	args := []string{"proto_version '1'"}
	if streaming {
		args = []string{"proto_version '2'", "streaming 'on'"}
	}
	err := pglogrepl.StartReplication(ctx, r.Conn.PgConn(), slot, at, pglogrepl.StartReplicationOptions{
		Mode:       pglogrepl.LogicalReplication,
		PluginArgs: append(args, "publication_names '"+quotedInLiteral(publication)+"'"),
	})
	if link.Code(err) == codeInvalidated { // by a checkpoint just now: the next look at the slot says what became of it
		return &link.Error{Line: link.Fail("source: start streaming from slot "+slot, err).Error()}
	}
	if err != nil {
		return link.Fail(fmt.Sprintf("source: start streaming from slot %s", slot), err)
	}
	return nil
}

// sendWithin limits how long the source may take to accept an answer.
const sendWithin = 10 * time.Second

// reportPosition tells the source that everything up to at is durable on the target. It is called by the receiving goroutine,
// because the source may ask at any time.
func (r *Replication) reportPosition(at wire.LSN, wantReply bool) error {
	conn := r.Conn.PgConn()
	if err := conn.Conn().SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
		return err
	}
	return pglogrepl.SendStandbyStatusUpdate(context.Background(), conn, pglogrepl.StandbyStatusUpdate{
		WALWritePosition: at, WALFlushPosition: at, WALApplyPosition: at, ReplyRequested: wantReply,
	})
}
