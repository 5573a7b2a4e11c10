package stream

import (
	"context"
	"fmt"

	"portal.example/syncer/internal/wire"
)

// change handles one pgoutput message.
func (r *Reader) change(ctx context.Context, data []byte) error {
	if len(data) == 0 {
		return errMessage
	}
	m, kind := message{rest: data[1:]}, data[0]
	switch kind {
	case msgInsert, msgUpdate, msgDelete, msgTruncate, msgRelation:
		if r.tx != nil && r.tx.streamed {
			if err := r.tx.enter(m.uint32()); err != nil {
				return err
			}
		}
	}
	switch kind {
	case msgInsert, msgUpdate, msgDelete:
		return r.row(ctx, kind, &m)
	case msgBegin:
		return r.begin(&m)
	case msgCommit:
		return r.commit(ctx, &m)
	case msgRelation:
		return r.relation(ctx, &m)
	case msgTruncate:
		return r.truncate(ctx, &m)
	case msgOrigin, msgType: // where it came from, and names of types, which are asked for
		return nil
	}
	return r.streaming(ctx, kind, &m)
}

// streaming handles the messages of protocol version 2.
func (r *Reader) streaming(ctx context.Context, kind byte, m *message) error {
	switch kind {
	case msgStreamStart:
		return r.streamStart(m)
	case msgStreamStop:
		return r.streamStop(m)
	case msgStreamCommit:
		return r.streamCommit(ctx, m)
	case msgStreamAbort:
		return r.streamAbort(m)
	}
	return fmt.Errorf("%w: kind %q", errMessage, kind)
}

// held is up to where everything must become visible together, 0 when nothing was read again.
func (r *Reader) held() wire.LSN {
	r.doubts.pass(r.sent)
	return r.doubts.passing
}
