package ui

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// layout are the functions that the layouts need beside the components.
func (c *Components) layout() template.FuncMap {
	return template.FuncMap{
		"asset":        URL,
		"errorSummary": c.errorSummary,
		"flashBanner":  c.flashBanner,
		"skipLink":     func(href, text string) SkipLink { return SkipLink{Href: href, Content: Content{Text: text}} },
		"heardAt":      c.heardAt,
		"slot":         slot,
	}
}

// errorSummary lists field errors, each linked to the control with the field's name as its id. When none is about a field
// there is nothing to correct, and the title does not ask for it.
func (c *Components) errorSummary(errors []fault.FieldError) ErrorSummary {
	s := ErrorSummary{}
	if !slices.ContainsFunc(errors, func(e fault.FieldError) bool { return e.Field != "" }) {
		s.TitleText = c.printer.T("ui.refused_title")
	}
	for _, e := range errors {
		item := ErrorSummaryItem{Content: Content{Text: c.printer.T(e.Key, e.Args...)}}
		if e.Field != "" {
			item.Href = "#" + e.Field
		}
		s.ErrorList = append(s.ErrorList, item)
	}
	return s
}

// heardAt says how long ago the inside was heard of, with the exact moment for whoever wants to know.
func (c *Components) heardAt(f Freshness) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, // #nosec G203 -- escaped
		f.HeardAt.In(locale.Kyiv()).Format(time.RFC3339), template.HTMLEscapeString(c.printer.DateTime(f.HeardAt)),
		template.HTMLEscapeString(c.printer.Ago(f.HeardAt, f.Now))))
}

func (c *Components) flashBanner(f *Flash) NotificationBanner {
	return NotificationBanner{Type: f.Kind, Content: Content{Text: c.printer.T(f.Key, f.Args...)}}
}
