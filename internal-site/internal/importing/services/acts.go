package services

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/report"
)

// claim takes a link to the base of legislation into the acts of s. A link whose words name another act than
// an earlier link to the same address is a slip of the source: it stays a link in the text.
func (rd *reader) claim(s *Service, row *report.Row, l clean.Link) bool {
	nreg, ok := nregOf(l.URL)
	if !ok {
		return false
	}
	act, note := describe(l, nreg)
	known := rd.acts[act.URL]
	switch {
	case known == nil:
		if len([]rune(act.Title)) > maxName || act.Title == "" {
			return false
		}
		act.row = rd.report.Row(report.Act, row.File, 1, nreg, act.Title)
		rd.acts[act.URL] = act
		rd.cat.Acts = append(rd.cat.Acts, act)
		known = act
	case core(known.Title) != core(act.Title):
		row.Note("act_differs", "", known.Title+" ≠ "+act.Title+" ("+act.URL+")")
		return false
	case known.Number == "":
		known.Number, known.Adopted = act.Number, act.Adopted
	}
	for _, use := range s.Acts {
		if use.Act == known && use.Note == note {
			return true
		}
	}
	s.Acts = append(s.Acts, ActUse{Act: known, Note: note})
	return true
}

// core is the part of a title that names the act whatever stands around it: its words in quotation marks.
func core(title string) string {
	if from, to := strings.Index(title, "«"), strings.LastIndex(title, "»"); from >= 0 && to > from {
		title = title[from:to]
	}
	return clean.Fold(title)
}

var (
	radaHost   = regexp.MustCompile(`^(www\.)?zakon\d*\.rada\.gov\.ua$`)
	radaSuffix = regexp.MustCompile(`^(page\d*|print\d*|paran\d+|ed\d{8}|card\d*|conv|stru|find|sp:.*)$`)
)

// nregOf finds the registration number of an act in an address of the base of legislation: 2747-15, 202/98-вр.
func nregOf(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || !radaHost.MatchString(strings.ToLower(u.Hostname())) {
		return "", false
	}
	p, err := url.PathUnescape(u.EscapedPath())
	if err != nil {
		return "", false
	}
	if !utf8.ValidString(p) { // old addresses are escaped in windows-1251
		if p, err = charmap.Windows1251.NewDecoder().String(p); err != nil {
			return "", false
		}
	}
	for _, prefix := range []string{"/laws/show/", "/laws/card/", "/go/", "/rada/show/"} {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			return trimSuffixes(rest)
		}
	}
	return "", false
}

func trimSuffixes(rest string) (string, bool) {
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	for len(parts) > 1 && radaSuffix.MatchString(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	nreg := strings.ToLower(strings.Join(parts, "/"))
	if len(parts) > 2 || !strings.ContainsAny(nreg, "0123456789") {
		return "", false
	}
	return nreg, true
}

// actURL is the one address under which an act is kept.
func actURL(nreg string) string {
	return (&url.URL{Scheme: "https", Host: "zakon.rada.gov.ua", Path: "/laws/show/" + nreg}).String()
}

var (
	datePattern = `(\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}\s+\p{L}+\s+\d{4})\s*(?:р\.|року)?`
	placeAtEnd  = regexp.MustCompile(`^(.*[^,\s])\s*,\s*((?:ст\.|стаття|статті|п\.|пункт|ч\.|частина)\s*\S.*)$`)
	datedAtEnd  = regexp.MustCompile(`^(.*?)\s+від\s+` + datePattern + `\s*(?:№|No\.?|Nо|N)\s*(\S+)$`)
	datedInside = regexp.MustCompile(`від\s+` + datePattern + `\s*(?:№|No\.?|Nо|N)\s*([^\s«]+)\s*«`)
)

// describe reads what the words of a link say of its act: title, kind, number, date, and the place in it.
func describe(l clean.Link, nreg string) (*Act, string) {
	title, note := strings.TrimRight(l.Text, " .;,"), ""
	if m := placeAtEnd.FindStringSubmatch(title); m != nil {
		title, note = m[1], m[2]
	}
	a := &Act{URL: actURL(nreg)}
	if m := datedAtEnd.FindStringSubmatch(title); m != nil {
		title, a.Adopted, a.Number = m[1], dateOf(m[2]), m[3]
	} else if m := datedInside.FindStringSubmatch(title); m != nil {
		a.Adopted, a.Number = dateOf(m[1]), m[2]
	}
	a.Title = unquoted(title)
	a.Kind = kindOf(a.Title, l.Heading, nreg)
	return a, note
}

// unquoted takes off quotation marks that enclose the whole title.
func unquoted(title string) string {
	inner, ok := strings.CutPrefix(title, "«")
	if !ok || !strings.HasSuffix(inner, "»") {
		return title
	}
	inner = strings.TrimSuffix(inner, "»")
	depth := 0
	for _, r := range inner {
		switch r {
		case '«':
			depth++
		case '»':
			depth--
		}
		if depth < 0 {
			return title
		}
	}
	return inner
}

var months = []string{"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"}

// dateOf reads 25.05.2011 and «29 липня 1994»; nil when there is no such day.
func dateOf(s string) *time.Time {
	if t, err := time.Parse("2.1.2006", s); err == nil {
		return &t
	}
	parts := strings.Fields(s)
	for i, m := range months {
		if len(parts) == 3 && parts[1] == m {
			if t, err := time.Parse("2.1.2006", parts[0]+"."+strconv.Itoa(i+1)+"."+parts[2]); err == nil {
				return &t
			}
		}
	}
	return nil
}

// kindOf tells the kind of an act by its registration number, its title or the heading above it.
func kindOf(title, heading, nreg string) string {
	title, heading = clean.Fold(title), clean.Fold(heading)
	changes := strings.Contains(title, "внесення змін")
	switch {
	case strings.HasPrefix(title, "конституція"):
		return "constitution"
	case strings.HasSuffix(nreg, "-п"):
		return "resolution"
	case strings.HasPrefix(nreg, "z"):
		return "order"
	case strings.Contains(title, "кодекс україни") && !changes:
		return "code"
	}
	for _, text := range []string{title, heading} {
		for _, k := range []struct{ begins, kind string }{
			{"закон", "law"}, {"постанов", "resolution"}, {"наказ", "order"}, {"рішення", "decision"},
		} {
			if strings.HasPrefix(text, k.begins) {
				return k.kind
			}
		}
	}
	return "act"
}
