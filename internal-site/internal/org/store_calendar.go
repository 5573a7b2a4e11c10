package org

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Calendar reads the days that differ from the plain week.
func Calendar(ctx context.Context, db pg.Queryer) (workdays.Calendar, error) {
	days, err := SpecialDays(ctx, db)
	return calendarOf(days), err
}

// Calendar reads the calendar of the region.
func (s *Store) Calendar(ctx context.Context) (workdays.Calendar, error) {
	return Calendar(ctx, s.pool)
}

// SpecialDays lists those days by date.
func SpecialDays(ctx context.Context, db pg.Queryer) ([]SpecialDay, error) {
	rows, err := db.Query(ctx, selectSpecialDays)
	if err != nil {
		return nil, pg.Fault("read calendar", err)
	}
	return collectSpecialDays(rows)
}

const selectSpecialDays = `select day, working, name, name_en, version from org.calendar_days order by day`

func collectSpecialDays(rows pgx.Rows) ([]SpecialDay, error) {
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d SpecialDay, err error) {
		return d, row.Scan(&d.Date, &d.Working, &d.Name.UK, &d.Name.EN, &d.Version)
	})
	return list, pg.Fault("read calendar", err)
}

// QueueCalendar reads the calendar into c in a batch.
func QueueCalendar(batch *pgx.Batch, c *workdays.Calendar) {
	batch.Queue(selectSpecialDays).Query(func(rows pgx.Rows) error {
		days, err := collectSpecialDays(rows)
		*c = calendarOf(days)
		return err
	})
}

// calendarLock is the advisory lock that stands for the calendar.
const calendarLock = 0x63616c656e646172

// HoldCalendar keeps the calendar as it is until the transaction ends. What writes a last day holds it, so that whoever
// changes the calendar finds every term that was counted by the old one.
func HoldCalendar(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, holdCalendar, int64(calendarLock))
	return pg.Fault("hold calendar", err)
}

const holdCalendar = `select pg_advisory_xact_lock_shared($1)`

// QueueHeldCalendar is HoldCalendar, and QueueCalendar after it.
func QueueHeldCalendar(batch *pgx.Batch, c *workdays.Calendar) {
	batch.Queue(holdCalendar, int64(calendarLock))
	QueueCalendar(batch, c)
}

// ChangeCalendar writes a change of the calendar. A day that a colleague changed meanwhile is a Conflict. It waits for the
// transactions that hold the calendar, which are acts of moments, and for at most a few seconds.
func ChangeCalendar(ctx context.Context, tx pgx.Tx, actor access.Actor, c CalendarChange, now time.Time) error {
	if err := access.Require(actor, EditCalendar, access.Object{}); err != nil {
		return err
	}
	if err := c.check(workdays.DateOf(now)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `set local lock_timeout = '5s'`); err != nil {
		return pg.Fault("change calendar", err)
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(calendarLock)); err != nil {
		return pg.Fault("change calendar", err)
	}
	for _, d := range c.Set {
		if err := setDay(ctx, tx, actor, d); err != nil {
			return err
		}
	}
	for _, d := range c.Remove {
		if err := removeDay(ctx, tx, actor, d); err != nil {
			return err
		}
	}
	return nil
}

func setDay(ctx context.Context, tx pgx.Tx, actor access.Actor, d SpecialDay) error {
	sql, action := `update org.calendar_days set working = $2, name = $3, name_en = $4, version = version + 1, updated_at = now()
		where day = $1 and version = $5`, "org.calendar.change"
	if d.Version == 0 {
		sql, action = `insert into org.calendar_days (day, working, name, name_en, version) values ($1, $2, $3, $4, $5 + 1)
			on conflict do nothing`, "org.calendar.add"
	}
	tag, err := tx.Exec(ctx, sql, d.Date, d.Working, d.Name.UK, d.Name.EN, d.Version)
	switch {
	case err != nil:
		return pg.Fault("save day", err)
	case tag.RowsAffected() == 0 && d.Version == 0:
		return fault.InvalidFields(fault.FieldError{Field: "date", Key: "org.day_taken"})
	case tag.RowsAffected() == 0:
		return fault.New(fault.Conflict, "")
	}
	return recordDay(ctx, tx, actor, d, action)
}

func removeDay(ctx context.Context, tx pgx.Tx, actor access.Actor, d SpecialDay) error {
	tag, err := tx.Exec(ctx, `delete from org.calendar_days where day = $1 and version = $2`, d.Date, d.Version)
	switch {
	case err != nil:
		return pg.Fault("remove day", err)
	case tag.RowsAffected() == 0:
		return fault.New(fault.Conflict, "")
	}
	return recordDay(ctx, tx, actor, d, "org.calendar.remove")
}

func recordDay(ctx context.Context, tx pgx.Tx, actor access.Actor, d SpecialDay, action string) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: action, ObjectType: "day", ObjectID: d.Date.Format(time.DateOnly), Detail: map[string]any{"working": d.Working, "name": d.Name.UK},
	})
}
