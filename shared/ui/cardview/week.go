package cardview

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
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

// OtherDay is a coming day on which the hours differ from the week.
type OtherDay struct {
	Day    time.Time // noon
	Hours  string
	Reason locale.Text
}

// ISO is the day for machines.
func (d OtherDay) ISO() string { return d.Day.Format(time.DateOnly) }

// OtherDays lists the days up to so many days ahead on which the hours differ, the nearest first.
func OtherDays(p *locale.Printer, s hours.Schedule, now time.Time, ahead int) []OtherDay {
	var list []OtherDay
	y, m, d := now.In(locale.Kyiv()).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for _, e := range s.Exceptions {
		day, err := time.ParseInLocation(time.DateOnly, e.Date, time.UTC)
		if err != nil || day.Before(today) || day.After(today.AddDate(0, 0, ahead)) {
			continue
		}
		other := OtherDay{Day: day.Add(12 * time.Hour), Hours: e.Opens + "–" + e.Closes, Reason: e.Reason}
		if e.Closed || e.Opens == "" {
			other.Hours = p.T("card.day_off")
		}
		list = append(list, other)
	}
	slices.SortFunc(list, func(a, b OtherDay) int { return a.Day.Compare(b.Day) })
	return list
}

func breaks(d hours.Day) string {
	parts := make([]string, len(d.Breaks))
	for i, b := range d.Breaks {
		parts[i] = b.From + "–" + b.To
	}
	return strings.Join(parts, ", ")
}

func dayName(p *locale.Printer, iso int) string { return p.Weekday(time.Weekday(iso % 7)) }

// hoursTable is the week as a table: days and their hours, with breaks under them.
func hoursTable(p *locale.Printer, rows []WeekRow) ui.Table {
	table := ui.Table{Caption: p.T("card.hours"), CaptionClasses: "govuk-visually-hidden", Classes: "portal-hours"}
	for _, row := range rows {
		hours := template.HTMLEscapeString(row.Hours)
		if row.Breaks != "" {
			hours += `<span class="portal-hours__break">` + template.HTMLEscapeString(p.T("card.break", row.Breaks)) + `</span>`
		}
		table.Rows = append(table.Rows, []ui.Cell{
			{Content: ui.Content{Text: row.Days}, Header: true},
			{Content: ui.Content{HTML: template.HTML(hours)}}, // #nosec G203 -- escaped above
		})
	}
	return table
}
