package notices

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// rings reads when alarms ring of which somebody may not have heard, and the actor's desk.
func (d *Desk) rings(ctx context.Context, actor access.Actor) (r rings, desk offices.Desk, err error) {
	var calendar workdays.Calendar
	var days []int32
	now, batch := d.now(), &pgx.Batch{}
	org.QueueCalendar(batch, &calendar)
	batch.Queue(`select coalesce(array_agg(distinct days), '{}') from notices.alarms`).QueryRow(func(row pgx.Row) error { return row.Scan(&days) })
	offices.QueueOwnDesk(batch, actor.UserID, workdays.DateOf(now), &desk)
	if err := d.pool.SendBatch(ctx, batch).Close(); err != nil {
		return r, desk, pg.Fault("read alarms", err)
	}
	return ringing(calendar, days, now.Add(-NewsKept), now), desk, nil
}

// Alarms lists the alarms of the places whose head the actor is, and those of the region for its manager.
func (d *Desk) Alarms(ctx context.Context, actor access.Actor) ([]Alarms, error) {
	if err := access.RequireEver(actor, Escalate); err != nil {
		return nil, err
	}
	places, manager := headed(actor)
	var list []Alarms
	err := pg.InSnapshot(ctx, d.pool, func(tx pgx.Tx) error {
		region, err := alarmsOf(ctx, tx, nil)
		if err != nil {
			return err
		}
		if manager {
			list = append(list, Alarms{Own: true, Alarms: region, Place: access.Place{Kind: access.Region}})
		}
		rows, _ := tx.Query(ctx, `select 'centre', id, name, name_en from org.centres where id = any($1)
			union all select 'authority', id, name, name_en from org.authorities where id = any($1) order by 3`, places)
		named, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Alarms, err error) {
			return a, row.Scan(&a.Place.Kind, &a.Place.ID, &a.Name.UK, &a.Name.EN)
		})
		if err != nil {
			return err
		}
		for _, a := range named {
			if a.Alarms, err = alarmsOf(ctx, tx, &a.Place.ID); err != nil {
				return err
			}
			if a.Own = len(a.Alarms) > 0; !a.Own {
				a.Alarms = region
			}
			list = append(list, a)
		}
		return nil
	})
	return list, pg.Fault("list alarms", err)
}

func alarmsOf(ctx context.Context, tx pgx.Tx, place *uuid.UUID) ([]Alarm, error) {
	rows, _ := tx.Query(ctx, `select days, whom from notices.alarms where place is not distinct from $1 order by days, whom`, place)
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Alarm])
}

// SetAlarms writes the alarms of a place, or those of the region; with none, the region's hold for the place. edition is the
// one that the page showed: when a colleague changed them since, it is a Conflict.
func (d *Desk) SetAlarms(ctx context.Context, actor access.Actor, place access.Place, edition string, list []Alarm) error {
	of, id := access.Object{}, (*uuid.UUID)(nil)
	if place.Kind != access.Region {
		of, id = access.Object{Own: []access.Place{place}}, &place.ID
	}
	if err := access.Require(actor, Escalate, of); err != nil {
		return err
	}
	if err := checkAlarms(list); err != nil {
		return err
	}
	list = tidyAlarms(list)
	return pg.InTx(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('notices.alarms', 0))`); err != nil {
			return pg.Fault("save alarms", err)
		}
		present, err := alarmsOf(ctx, tx, id)
		if err != nil {
			return pg.Fault("save alarms", err)
		}
		if (Alarms{Own: id == nil || len(present) > 0, Alarms: present}).Edition() != edition {
			return fault.New(fault.Conflict, "")
		}
		if slices.Equal(present, list) {
			return nil
		}
		batch := &pgx.Batch{}
		batch.Queue(`delete from notices.alarms where place is not distinct from $1`, id)
		for _, a := range list {
			batch.Queue(`insert into notices.alarms (place, days, whom) values ($1, $2, $3)`, id, a.Days, a.Whom)
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return pg.Fault("save alarms", err)
		}
		e := audit.Entry{Action: "notices.alarms.change", ObjectType: "alarms", ObjectID: place.ID.String(), Detail: map[string]string{"alarms": (Alarms{Own: true, Alarms: list}).Edition()}}
		switch place.Kind {
		case access.Centre:
			e.CentreID = id
		case access.Authority:
			e.AuthorityID = id
		default:
		}
		return audit.Record(ctx, tx, actor.Audit(), e)
	})
}
