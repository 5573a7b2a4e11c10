package bookings

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Calendar is the appointment as a file of iCalendar (RFC 5545) with the title, place and note. Its moments are in UTC, so that it is
// at the same hour in every calendar, whatever becomes of the clocks.
func (b *Booking) Calendar(title, place, note string, now time.Time) string {
	const moment = "20060102T150405Z"
	status := "CONFIRMED"
	if b.State == "cancelled" || b.State == "refused" {
		status = "CANCELLED"
	}
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//portal//booking//UK", "METHOD:PUBLISH", "BEGIN:VEVENT", "UID:" + b.ID.String(),
		"DTSTAMP:" + now.UTC().Format(moment), "DTSTART:" + b.BeginsAt.UTC().Format(moment), "DTEND:" + b.EndsAt().UTC().Format(moment),
		"SUMMARY:" + escaped(title), "LOCATION:" + escaped(place), "DESCRIPTION:" + escaped(note), "STATUS:" + status, "END:VEVENT", "END:VCALENDAR",
	}
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(folded(line))
	}
	return out.String()
}

var escapes = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "")

func escaped(text string) string { return escapes.Replace(text) }

// folded is a line with its end, broken so that no part of it has more than 75 octets, and between characters only.
func folded(line string) string {
	var out strings.Builder
	room := 75
	for _, r := range line {
		if n := utf8.RuneLen(r); n > room {
			out.WriteString("\r\n ")
			room = 74 - n
		} else {
			room -= n
		}
		out.WriteRune(r)
	}
	out.WriteString("\r\n")
	return out.String()
}
