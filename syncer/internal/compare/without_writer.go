package compare

import (
	"context"
	"errors"
	"fmt"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// meetWithoutWriter finds the common moment while no writer runs. The target's snapshot shows the position A up to which
// everything is applied, and whatever is applied later is applied by a writer and invisible to that snapshot.
// The source's snapshot is taken after it. Both show the same if no transaction between A and the source's
// snapshot touches the replica, and that is what the slot itself can tell: it is asked, without moving it, for
// what it would send; nothing that ends behind A means nothing has changed.
func (m *moment) meetWithoutWriter(ctx context.Context, during func(context.Context, *moment) error) error {
	if err := m.snapshotTarget(ctx, ""); err != nil {
		return err
	}
	if _, _, err := m.snapshotSource(ctx); err != nil {
		return err
	}
	if err := m.checkSameSource(ctx); err != nil {
		return err
	}
	if err := m.checkNothingSince(ctx); err != nil {
		return err
	}
	if during != nil {
		return during(ctx, m)
	}
	return nil
}

// checkSameSource checks that the slot continues where the replica stands.
func (m *moment) checkSameSource(ctx context.Context) error {
	var system string
	var active, behind bool
	err := m.source.QueryRow(ctx, `
		SELECT (SELECT system_identifier::text FROM pg_control_system()),
		       coalesce(bool_or(active), false), coalesce(bool_and(confirmed_flush_lsn <= $2::text::pg_lsn), false)
		  FROM pg_replication_slots WHERE slot_name = $1 AND database = current_database()`,
		m.sides.cfg.Source.Slot, m.progress.Applied.String()).Scan(&system, &active, &behind)
	switch {
	case err != nil:
		return sideError("source", err)
	case active:
		return errMissed // a syncer is just starting or ending
	case system != m.progress.SystemID, !behind:
		return fault.Unsafef("the source is not the one that the replica follows, or its slot %q is gone or ahead; see `syncer check`", m.sides.cfg.Source.Slot)
	}
	return nil
}

// enough changes to stop looking: whoever is so far behind must catch up first.
const enough = 20_000

func (m *moment) checkNothingSince(ctx context.Context) error {
	conn, err := m.sides.openMoment(ctx, "source")
	if err != nil {
		return err
	}
	defer link.Close(conn)
	// Decoding sees what is flushed, a snapshot also what is not yet (synchronous_commit = off): the commit of an
	// empty message, which nobody is sent, flushes everything before it.
	if _, err := conn.PgConn().Exec(ctx, `SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'syncer compare', '')`).ReadAll(); err != nil {
		return sideError("source", err)
	}
	var newer, all int64
	// A transaction's last message stands at its end in the log, and the replica's position is such an end.
	err = conn.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE lsn > $3::text::pg_lsn), count(*)
		  FROM pg_logical_slot_peek_binary_changes($1, NULL, $4, 'proto_version', '1', 'publication_names', $2)`,
		m.sides.cfg.Source.Slot, relation.Quote(m.sides.cfg.Source.Publication), m.progress.Applied.String(), enough).Scan(&newer, &all)
	switch {
	case link.Code(err) == "55006":
		return errMissed // somebody streams by now
	case err != nil:
		return link.Fail(fmt.Sprintf("source: look into slot %s", m.sides.cfg.Source.Slot), err)
	case newer > 0 || all >= enough:
		return errors.New("compare: no syncer is running and the source has changed since; start `syncer run`, or let `syncer run --until-current` catch up, then compare again")
	}
	return nil
}
