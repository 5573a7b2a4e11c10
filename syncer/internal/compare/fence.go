package compare

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

const (
	askWait  = 15 * time.Second // a large batch may be under way when the fence is asked for
	lookWait = 50 * time.Millisecond
)

// meetAtFence asks the running writer for a common moment. The row in sync.fences goes through the states
//
//	asked → held → set → ready → taken
//	(compare) (writer) (compare) (writer) (compare)
//
// or ends in missed (the source's snapshot is no prefix of the stream) or expired (one side gave up).
func (m *moment) meetAtFence(ctx context.Context, hold bool, during func(context.Context, *moment) error) (err error) {
	s := m.sides
	id, err := s.askFence(ctx, hold)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.leaveFence(id, "expired")
		}
	}()
	if _, err = s.awaitFence(ctx, id, "held", askWait); err != nil {
		return err
	}
	snapshot, lsn, err := m.snapshotSource(ctx)
	if err != nil {
		return err
	}
	if err = s.changeFence(ctx, id, `UPDATE sync.fences SET state = 'set', snapshot = $2, lsn = $3::text::pg_lsn WHERE id = $1::text::uuid AND state = 'held'`, snapshot, lsn); err != nil {
		return err
	}
	if during != nil {
		if err = during(ctx, m); err != nil {
			return err
		}
	}
	exported, err := s.awaitFence(ctx, id, "ready", s.wait)
	if err != nil {
		return err
	}
	if err = m.snapshotTarget(ctx, exported); err != nil {
		switch link.Code(err) {
		case "22023", "42704", "55000": // the writer is gone and its snapshot with it
			return errMissed
		}
		return err
	}
	if hold {
		m.id = id
		return nil
	}
	return s.changeFence(ctx, id, `UPDATE sync.fences SET state = 'taken' WHERE id = $1::text::uuid`)
}

// askFence makes the request and clears away old ones.
func (s *sides) askFence(ctx context.Context, hold bool) (id string, err error) {
	if _, err = s.control.Exec(ctx, `DELETE FROM sync.fences WHERE slot = $1 AND at < now() - interval '1 hour'`, s.cfg.Source.Slot); err == nil {
		err = s.control.QueryRow(ctx, `
			WITH asked AS (INSERT INTO sync.fences (id, slot, hold) VALUES (gen_random_uuid(), $1, $2) RETURNING id)
			SELECT id::text FROM asked, pg_notify('sync_control', '')`, s.cfg.Source.Slot, hold).Scan(&id)
	}
	if err != nil {
		return "", link.Fail("target: ask for a fence", err)
	}
	return id, nil
}

// changeFence updates the row and tells the writer. When the row is not as expected, the writer has given up.
func (s *sides) changeFence(ctx context.Context, id, sql string, args ...any) error {
	tag, err := s.control.Exec(ctx, sql, append([]any{id}, args...)...)
	if err == nil && tag.RowsAffected() == 0 {
		return errMissed
	}
	if err == nil {
		_, err = s.control.Exec(ctx, `SELECT pg_notify('sync_control', '')`)
	}
	if err != nil {
		return link.Fail("target: fence", err)
	}
	return nil
}

// leaveFence ends a fence, whatever has happened to the caller's context.
func (s *sides) leaveFence(id, state string) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_ = s.changeFence(ctx, id, `UPDATE sync.fences SET state = $2 WHERE id = $1::text::uuid AND state IN ('asked', 'held', 'set', 'ready')`, state)
}

// awaitFence waits for a state that the writer sets and returns the exported snapshot's name, if there is one by then.
func (s *sides) awaitFence(ctx context.Context, id, want string, patience time.Duration) (string, error) {
	deadline := time.Now().Add(patience)
	for {
		var state, exported string
		err := s.control.QueryRow(ctx, `SELECT state, coalesce(exported, '') FROM sync.fences WHERE id = $1::text::uuid`, id).Scan(&state, &exported)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return "", errMissed
		case err != nil:
			return "", link.Fail("target: fence", err)
		case state == want:
			return exported, nil
		case state == "missed", state == "expired":
			return "", errMissed
		case time.Now().After(deadline):
			return "", s.explainLate(ctx, want, patience)
		}
		if err := s.listenBriefly(ctx); err != nil {
			return "", err
		}
	}
}

// listenBriefly waits for a notification, but not for long.
func (s *sides) listenBriefly(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, lookWait)
	defer cancel()
	err := link.WaitForNotification(short, s.control)
	if err != nil && short.Err() == nil {
		return link.Fail("target", err)
	}
	return ctx.Err()
}

// explainLate explains why the writer did not come where it was asked to come.
func (s *sides) explainLate(ctx context.Context, want string, patience time.Duration) error {
	claimed, err := replica.IsClaimed(ctx, s.control, s.cfg.Source.Slot)
	if err != nil {
		return err
	}
	if !claimed {
		return errMissed // it ended meanwhile
	}
	var state string
	var paused bool
	err = s.control.QueryRow(ctx, `SELECT state, paused FROM sync.progress WHERE slot = $1`, s.cfg.Source.Slot).Scan(&state, &paused)
	switch {
	case err != nil:
		return link.Fail("target", err)
	case paused:
		return errors.New("compare: the stream is paused, so the replica cannot be brought to the source's position; run `syncer resume` first")
	case state != "streaming":
		return fmt.Errorf("compare: the running syncer is not streaming (%s); see `syncer status`", state)
	case want == "held":
		return fmt.Errorf("compare: the running syncer did not answer within %s; a large transaction may be under way: see `syncer status` and try again", patience)
	}
	return fmt.Errorf("compare: the replica did not reach the source's position within %s; see `syncer status`, or give it longer with --wait", patience)
}
