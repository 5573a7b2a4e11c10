package reception

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// waitsStand is for how long what was reckoned stands without being written again when nothing of it has changed. What is older than a few of
// these says nothing.
const waitsStand = time.Minute

// TellWaits reckons for all halls with clerks how long people wait who take a ticket now, and writes what everybody may know of it: by group, in
// minutes as they are told. What cannot be said any more is taken away.
func (s *Store) TellWaits(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `select distinct centre_id from reception.seats where day = $1 order by centre_id`, s.today())
	if err != nil {
		return pg.Fault("halls with clerks", err)
	}
	centres, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("halls with clerks", err)
	}
	for _, centre := range centres {
		if err := s.tellWaits(ctx, centre); err != nil {
			return fmt.Errorf("waits of %s: %w", centre, err)
		}
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from reception.waits where centre_id <> all($1)`, centres)
		return pg.Fault("forget waits", err)
	})
}

// tellWaits writes the waits of one hall. Where no tickets are given nobody waits for one.
func (s *Store) tellWaits(ctx context.Context, centre uuid.UUID) error {
	var n Now
	err := pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) (err error) {
		n, err = s.read(ctx, tx, centre)
		return err
	})
	if err != nil {
		return err
	}
	waits := map[uuid.UUID]Expected{}
	if n.Gives() {
		waits = n.ExpectNew(nil)
	}
	batch, known := &pgx.Batch{}, []uuid.UUID{}
	for _, g := range n.Hall.OpenGroups() {
		e, ok := waits[g.ID]
		if !ok {
			continue
		}
		known = append(known, g.ID)
		batch.Queue(`
			insert into reception.waits as w (group_id, centre_id, name, name_en, half, most, at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (group_id) do update set name = excluded.name, name_en = excluded.name_en, half = excluded.half, most = excluded.most, at = excluded.at
			where (w.name, w.name_en, w.half, w.most) is distinct from (excluded.name, excluded.name_en, excluded.half, excluded.most) or w.at <= excluded.at - $8::interval`,
			g.ID, centre, g.Name.UK, g.Name.EN, toldOf(e.Half), toldOf(e.Most), n.At, waitsStand)
	}
	batch.Queue(`delete from reception.waits where centre_id = $1 and group_id <> all($2)`, centre, known)
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		return pg.Fault("write waits", tx.SendBatch(ctx, batch).Close())
	})
}

// toldOf is a wait in minutes, nil when it is longer than is looked ahead.
func toldOf(d time.Duration) *int {
	if d > Horizon {
		return nil
	}
	m := Told(d)
	return &m
}
