package plain

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// DayProblem is what is wrong with a day that somebody typed as day, month and year.
type DayProblem string

// The problems of a day. Each is about one part, which Part names.
const (
	DayMissing   DayProblem = "day_missing"
	MonthMissing DayProblem = "month_missing"
	YearMissing  DayProblem = "year_missing"
	DayWrong     DayProblem = "day_wrong"
	MonthWrong   DayProblem = "month_wrong"
	YearWrong    DayProblem = "year_wrong"
	YearShort    DayProblem = "year_short" // of two digits: nobody can say of which century
	DayNone      DayProblem = "day_none"   // the month has no such day
)

// Part is the part that the problem is about: day, month or year.
func (p DayProblem) Part() string {
	part, _, _ := strings.Cut(string(p), "_")
	return part
}

// Day reads a day from the three parts of a date input. The month may be a number or a word of Ukrainian or English,
// and a whole date may stand in the first part, as people paste it. The time is midnight UTC.
func Day(day, month, year string) (time.Time, DayProblem) {
	if month == "" && year == "" {
		if parts := strings.FieldsFunc(day, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); len(parts) >= 3 {
			day, month, year = parts[0], parts[1], parts[2]
			if AllDigits(day, 4) { // as computers write it: 1987-06-05
				day, year = year, day
			}
		}
	}
	for _, part := range []struct {
		typed   string
		missing DayProblem
	}{{day, DayMissing}, {month, MonthMissing}, {year, YearMissing}} {
		if Compact(part.typed) == "" {
			return time.Time{}, part.missing
		}
	}
	d, okDay := numeral(day, 31)
	m, okMonth := monthOf(month)
	y, wrongYear := yearOf(year)
	switch {
	case !okDay:
		return time.Time{}, DayWrong
	case !okMonth:
		return time.Time{}, MonthWrong
	case wrongYear != "":
		return time.Time{}, wrongYear
	}
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if at.Day() != d {
		return time.Time{}, DayNone
	}
	return at, ""
}

// numeral reads a number from 1 to most.
func numeral(s string, most int) (int, bool) {
	s = Compact(s)
	if !AllDigits(s, 1) && !AllDigits(s, 2) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= most
}

func yearOf(s string) (int, DayProblem) {
	s = strings.TrimRight(strings.ToLower(Compact(s)), "рокуy") // 1987 р., 1987 року
	switch {
	case AllDigits(s, 2):
		return 0, YearShort
	case !AllDigits(s, 4):
		return 0, YearWrong
	}
	y, err := strconv.Atoi(s)
	if err != nil || y < 1800 || y > 2200 {
		return 0, YearWrong
	}
	return y, ""
}

// months are the beginnings by which the names of a month are known, in any case and shortened.
var months = [12][]string{
	{"січ", "jan"},
	{"лют", "feb"},
	{"бер", "mar"},
	{"кві", "apr"},
	{"тра", "may"},
	{"чер", "jun"},
	{"лип", "jul"},
	{"сер", "aug"},
	{"вер", "sep"},
	{"жов", "oct"},
	{"лис", "nov"},
	{"гру", "dec"},
}

func monthOf(s string) (int, bool) {
	if n, ok := numeral(s, 12); ok {
		return n, true
	}
	s = strings.ToLower(Compact(s))
	for i, names := range months {
		for _, name := range names {
			if strings.HasPrefix(s, name) {
				return i + 1, true
			}
		}
	}
	return 0, false
}
