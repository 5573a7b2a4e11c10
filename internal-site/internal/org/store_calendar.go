package org

import (
	"context"

	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Calendar reads the days that differ from the plain week.
func Calendar(ctx context.Context, db pg.Queryer) (workdays.Calendar, error) {
	rows, err := db.Query(ctx, `select day, working, name from org.calendar_days`)
	if err != nil {
		return workdays.Calendar{}, pg.Fault("read calendar", err)
	}
	defer rows.Close()
	var days []workdays.Day
	for rows.Next() {
		var d workdays.Day
		if err := rows.Scan(&d.Date, &d.Working, &d.Name); err != nil {
			return workdays.Calendar{}, pg.Fault("read calendar", err)
		}
		days = append(days, d)
	}
	return workdays.NewCalendar(days), pg.Fault("read calendar", rows.Err())
}
