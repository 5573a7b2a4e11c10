package cardview

import (
	"strings"
	"time"

	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

// WeekRow is one line of a table of hours.
type WeekRow struct {
	Days   string // Monday, or Monday – Thursday
	Hours  string // 08:00–17:00, or closed
	Breaks string // 12:00–13:00
}

// Week writes a week, neighbouring days with the same hours on one line; empty when no hours are known.
func Week(p *locale.Printer, s hours.Schedule) []WeekRow {
	if len(s.Week) == 0 {
		return nil
	}
	byDay := map[int]WeekRow{}
	for _, d := range s.Week {
		byDay[d.Weekday] = WeekRow{Hours: d.Opens + "–" + d.Closes, Breaks: breaks(d)}
	}
	var rows []WeekRow
	first := 1
	for day := 1; day <= 7; day++ {
		if day < 7 && byDay[day+1] == byDay[day] {
			continue
		}
		row := byDay[day]
		row.Days = dayName(p, first)
		if day > first {
			row.Days += " – " + dayName(p, day)
		}
		if row.Hours == "" {
			row.Hours = p.T("card.day_off")
		}
		rows = append(rows, row)
		first = day + 1
	}
	return rows
}

func breaks(d hours.Day) string {
	parts := make([]string, len(d.Breaks))
	for i, b := range d.Breaks {
		parts[i] = b.From + "–" + b.To
	}
	return strings.Join(parts, ", ")
}

func dayName(p *locale.Printer, iso int) string { return p.Weekday(time.Weekday(iso % 7)) }
