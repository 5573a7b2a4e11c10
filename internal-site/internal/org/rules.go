package org

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

var (
	centreCode    = regexp.MustCompile(`^[0-9]{2,4}$`)
	authorityCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,40}$`)
	unitCode      = regexp.MustCompile(`^UA[0-9]{17}$`)
	degreesForm   = regexp.MustCompile(`^-?[0-9]{1,3}(\.[0-9]{1,10})?$`)
	phone         = regexp.MustCompile(`^\+?[0-9 ().-]{5,25}( .{1,60})?$`) // digits, then perhaps words: whose it is
)

const (
	maxText   = 500
	maxPeople = 30
)

// check collects what is wrong with an organisation; fields are named as pages name them.
type check struct{ wrong []fault.FieldError }

func (c *check) that(ok bool, field, key string, args ...any) {
	if !ok {
		c.wrong = append(c.wrong, fault.FieldError{Field: field, Key: key, Args: args})
	}
}

// Check says what is wrong with an organisation before it is saved, nil when nothing is. mayStand says whether a special
// day may stand in the list: one that is still to come, or that stood there before.
func (o Organisation) Check(validPattern, mayStand func(string) bool) error {
	c := &check{}
	c.that(o.Name.UK != "", "name.uk", "org.name_required")
	c.that(len([]rune(o.Name.UK)) <= maxText, "name.uk", "form.too_long", maxText)
	c.that(o.UnitCode == "" || unitCode.MatchString(o.UnitCode), "unit_code", "org.unit_form")
	c.that(o.Email == "" || plain.IsEmail(o.Email), "email", "org.email_form")
	c.that(o.Site == "" || validSite(o.Site), "site", "org.site_form")
	for _, p := range o.Phones {
		c.that(phone.MatchString(p), "phones", "org.phone_form", p)
	}
	if o.Kind == Centre {
		o.checkCentre(c, validPattern)
	} else {
		c.that(authorityCode.MatchString(o.Code), "code", "org.authority_code_form")
		c.that(slices.Contains(Levels, o.Level), "level", "form.choice")
		c.that(o.EDRPOU == "" || ukr.IsKept(o.EDRPOU, ukr.ParseEDRPOU), "edrpou", "org.edrpou_form")
	}
	checkSchedule(c, o.Schedule, mayStand)
	checkPeople(c, o.People)
	return fault.InvalidFields(c.wrong...)
}

func (o Organisation) checkCentre(c *check, validPattern func(string) bool) {
	c.that(centreCode.MatchString(o.Code), "code", "org.centre_code_form")
	c.that(validPattern(o.CasePattern), "case_pattern", "org.case_pattern_form")
	c.that(degrees(o.Latitude, 90), "latitude", "org.degrees_form")
	c.that(degrees(o.Longitude, 180), "longitude", "org.degrees_form")
	c.that((o.Latitude == "") == (o.Longitude == ""), "longitude", "org.degrees_both")
}

func degrees(s string, limit float64) bool {
	if s == "" {
		return true
	}
	f, err := strconv.ParseFloat(s, 64)
	return degreesForm.MatchString(s) && err == nil && f >= -limit && f <= limit
}

func validSite(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func checkSchedule(c *check, s hours.Schedule, mayStand func(string) bool) {
	for _, d := range s.Week {
		field := fmt.Sprintf("week.%d", d.Weekday-1)
		c.that(before(d.Opens, d.Closes), field+".opens", "org.hours_form")
		for _, b := range d.Breaks {
			c.that(before(d.Opens, b.From) && before(b.From, b.To) && before(b.To, d.Closes), field+".break_from", "org.break_form")
		}
	}
	seen := map[string]bool{}
	for i, e := range s.Exceptions {
		field := fmt.Sprintf("exceptions.%d", i)
		_, err := time.Parse(time.DateOnly, e.Date)
		c.that(err == nil, field+".date", "org.exception_date")
		c.that(err != nil || mayStand(e.Date), field+".date", "org.exception_past")
		c.that(!seen[e.Date], field+".date", "org.exception_twice")
		c.that(e.Closed || before(e.Opens, e.Closes), field+".opens", "org.exception_hours")
		seen[e.Date] = true
	}
}

// before says whether two clock times are given and in order.
func before(a, b string) bool {
	from, errFrom := time.Parse("15:04", a)
	to, errTo := time.Parse("15:04", b)
	return errFrom == nil && errTo == nil && from.Before(to)
}

func checkPeople(c *check, people []contract.Person) {
	c.that(len(people) <= maxPeople, "people", "org.people_many", maxPeople)
	for i, p := range people {
		field := fmt.Sprintf("people.%d", i)
		c.that(p.Name != "", field+".name", "org.person_name")
		c.that(p.Position.UK != "", field+".position.uk", "org.person_position")
		c.that(p.Email == "" || plain.IsEmail(p.Email), field+".email", "org.email_form")
		c.that(p.Phone == "" || phone.MatchString(p.Phone), field+".phone", "org.phone_form", p.Phone)
	}
}

// Lines splits what was typed one to a line.
func Lines(s string) []string {
	lines := []string{}
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Phones are the telephone numbers that were typed one to a line, in one spelling of spaces and dashes.
func Phones(s string) []string {
	lines := Lines(s)
	for i, line := range lines {
		lines[i] = plain.Spelled(line)
	}
	return lines
}

// KeptUnit is a code of КАТОТТГ as it is kept, or what was typed when it is none.
func KeptUnit(typed string) string {
	if code, err := ukr.ParseKATOTTG(typed); err == nil {
		return string(code)
	}
	return typed
}

// KeptDegrees is a latitude or a longitude as it is kept: with a point, and without the sign of degrees.
func KeptDegrees(typed string) string {
	return strings.NewReplacer(",", ".", "°", "", " ", "").Replace(plain.Spelled(typed))
}

// KeptEDRPOU is a code as it is kept, or what was typed when it is none.
func KeptEDRPOU(typed string) string {
	if code, err := ukr.ParseEDRPOU(typed); err == nil {
		return string(code)
	}
	return typed
}
