package ui

import (
	"html/template"
	"time"

	"portal.example/shared/fault"
)

// layout are the functions that the layouts need beside the components.
func (c *Components) layout() template.FuncMap {
	return template.FuncMap{
		"asset":        URL,
		"errorSummary": c.errorSummary,
		"flashBanner":  c.flashBanner,
		"skipLink":     func(href, text string) SkipLink { return SkipLink{Href: href, Content: Content{Text: text}} },
		"agoFrom":      func(t, now time.Time) string { return c.printer.Ago(t, now) },
	}
}

// errorSummary lists field errors, each linked to the control with the field's name as its id.
func (c *Components) errorSummary(errors []fault.FieldError) ErrorSummary {
	s := ErrorSummary{}
	for _, e := range errors {
		item := ErrorSummaryItem{Content: Content{Text: c.printer.T(e.Key, e.Args...)}}
		if e.Field != "" {
			item.Href = "#" + e.Field
		}
		s.ErrorList = append(s.ErrorList, item)
	}
	return s
}

func (c *Components) flashBanner(f *Flash) NotificationBanner {
	return NotificationBanner{Type: f.Kind, Content: Content{Text: c.printer.T(f.Key, f.Args...)}}
}
