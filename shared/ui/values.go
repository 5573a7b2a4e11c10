package ui

import (
	"fmt"
	"html/template"
	"regexp"
	"time"

	"portal.example/shared/locale"
)

// values are the functions that write words and values in the language of the page.
func (c *Components) values() template.FuncMap {
	p := c.printer
	return template.FuncMap{
		"t":             p.T,
		"th":            c.html,
		"lang":          func() string { return string(p.Lang()) },
		"text":          c.text,
		"date":          p.Date,
		"dateShort":     p.DateShort,
		"dateTime":      p.DateTime,
		"dateTimeShort": p.DateTimeShort,
		"clock":         p.Clock,
		"weekday":       p.Weekday,
		"ago":           func(t time.Time) string { return p.Ago(t, time.Now()) },
		"number":        func(v any) string { return p.Value(v) },
		"money":         p.Money,
		"fileSize":      p.FileSize,
		"isoTime":       func(t time.Time) string { return t.In(locale.Kyiv()).Format(time.RFC3339) },
		"telURL":        telURL,
	}
}

// html is T for messages that contain markup; the arguments are escaped, the message is not.
func (c *Components) html(key string, args ...any) template.HTML {
	safe := make([]any, len(args))
	for i, a := range args {
		if h, ok := a.(template.HTML); ok {
			safe[i] = string(h)
			continue
		}
		if _, ok := a.(int); ok { // keeps its type: it may choose the plural form
			safe[i] = a
			continue
		}
		safe[i] = template.HTMLEscapeString(c.printer.Value(a))
	}
	return template.HTML(c.printer.T(key, safe...)) // #nosec G203 -- catalogues are ours, arguments escaped
}

// text writes bilingual data, marked with its language where it had to fall back to Ukrainian.
func (c *Components) text(t locale.Text) template.HTML {
	s, in := t.In(c.printer.Lang())
	escaped := template.HTMLEscapeString(s)
	if in != c.printer.Lang() && s != "" {
		escaped = fmt.Sprintf(`<span lang="%s">%s</span>`, in, escaped)
	}
	return template.HTML(escaped) // #nosec G203 -- escaped
}

var notDialled = regexp.MustCompile(`[^0-9+]`)

// telURL makes the address of a telephone link out of a number as people write it.
func telURL(number string) template.URL {
	return template.URL("tel:" + notDialled.ReplaceAllString(number, "")) // #nosec G203 -- digits and plus only
}
