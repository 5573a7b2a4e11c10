package ui

import (
	"html/template"
	"maps"
	"strings"

	"portal.example/shared/fault"
)

// Fields is what a form knows of its fields: what was typed, and what is wrong with it. web.Form is one.
type Fields interface {
	Value(name string) string
	Values(name string) []string
	Problem(name string) (fault.FieldError, bool)
}

// constructors build the frequent components inside a page's template, so that a page reads
//
//	{{input .Form "title" (t "cards.title") | withHint (t "cards.title_hint") | govukInput}}
func (c *Components) constructors() template.FuncMap {
	return template.FuncMap{
		"backLink":        func(href, text string) BackLink { return BackLink{Href: href, Content: Content{Text: text}} },
		"button":          func(text string) Button { return Button{Content: Content{Text: text}} },
		"secondaryButton": classedButton("govuk-button--secondary"),
		"warningButton":   classedButton("govuk-button--warning"),
		"linkButton":      func(href, text string) Button { return Button{Href: href, Content: Content{Text: text}} },
		"startButton": func(href, text string) Button {
			return Button{Href: href, Content: Content{Text: text}, IsStartButton: true}
		},
		"tag":         newTag,
		"insetText":   func(v any) InsetText { return InsetText{Content: content(v)} },
		"warningText": func(v any) WarningText { return WarningText{Content: content(v)} },
		"alertBox": func(variant, title string, v any) Alert {
			return Alert{Variant: variant, Title: title, ShowTitleAsHeading: true, Content: content(v)}
		},
		"details":        func(summary string, v any) Details { return Details{SummaryText: summary, Content: content(v)} },
		"row":            NewRow,
		"summaryList":    func(rows ...SummaryRow) SummaryList { return SummaryList{Rows: rows} },
		"choice":         NewChoice,
		"choices":        func(items ...Choice) []Choice { return items },
		"option":         func(value, text string) SelectItem { return SelectItem{Value: value, Text: text} },
		"options":        func(items ...SelectItem) []SelectItem { return items },
		"input":          c.input,
		"textarea":       c.textarea,
		"radios":         c.radios,
		"checkboxes":     c.checkboxes,
		"select":         c.selectField,
		"dateInput":      c.dateInput,
		"fileUpload":     c.fileUpload,
		"characterCount": c.characterCountField,
		"panel":          func(title string, v any) Panel { return Panel{TitleText: title, Content: content(v)} },

		"withPrefix":       withPrefix,
		"withSuffix":       withSuffix,
		"withHint":         withHint,
		"withClasses":      withClasses,
		"withAttribute":    withAttribute,
		"withKey":          withKey,
		"pressedBy":        pressedBy,
		"keyCap":           keyCap,
		"withAutocomplete": withAutocomplete,
		"withInputmode":    withInputmode,
		"withType":         withType,
		"withRows":         withRows,
		"withName":         withName,
		"withAction":       withAction,
		"asHeading":        asHeading,
	}
}

// patterns are the parts of pages that every area builds the same way, each explained where it is declared.
func (c *Components) patterns() template.FuncMap {
	funcs := template.FuncMap{"facts": facts, "fact": fact, "addFact": addFact, "showForm": plain[EditForm](c, "edit-form"), "showConfirm": plain[ConfirmForm](c, "confirm-form")}
	for _, more := range []template.FuncMap{c.links(), tables(), editForms(), confirmForms(), c.listings(), noParts()} {
		maps.Copy(funcs, more)
	}
	return funcs
}

func classedButton(class string) func(string) Button {
	return func(text string) Button { return Button{Content: Content{Text: text}, Classes: class} }
}

// content takes text or HTML.
func content(v any) Content {
	switch v := v.(type) {
	case template.HTML:
		return Content{HTML: v}
	case string:
		return Content{Text: v}
	case Content:
		return v
	}
	return Content{}
}

// newTag makes a tag in a colour of GOV.UK: "" (blue), grey, green, turquoise, purple, red, orange, yellow.
func newTag(text, colour string) Tag {
	t := Tag{Content: Content{Text: text}}
	if colour != "" {
		t.Classes = "govuk-tag--" + colour
	}
	return t
}

// NewRow makes a row of a SummaryList; value is text or HTML.
func NewRow(key string, value any) SummaryRow {
	return SummaryRow{Key: SummaryText{Content: Content{Text: key}}, Value: SummaryText{Content: content(value)}}
}

// NewChoice makes an item of Radios or Checkboxes; a hint may follow.
func NewChoice(value, text string, hint ...string) Choice {
	item := Choice{Value: value, Content: Content{Text: text}}
	if len(hint) > 0 {
		item.Hint = &Hint{Content: Content{Text: strings.Join(hint, " ")}}
	}
	return item
}

// problem is the message for what is wrong with a field, or nil.
func (c *Components) problem(form Fields, name string) *ErrorMessage {
	p, wrong := form.Problem(name)
	if !wrong {
		return nil
	}
	return &ErrorMessage{Content: Content{Text: c.printer.T(p.Key, p.Args...)}}
}

// problems is problem for a field that may have several, one under the other: each of its files has its own.
func (c *Components) problems(form Fields, name string) *ErrorMessage {
	all, several := form.(interface {
		Problems(name string) []fault.FieldError
	})
	if !several || len(all.Problems(name)) < 2 {
		return c.problem(form, name)
	}
	var lines []string
	for _, p := range all.Problems(name) {
		lines = append(lines, template.HTMLEscapeString(c.printer.T(p.Key, p.Args...)))
	}
	return &ErrorMessage{Content: Content{HTML: template.HTML(strings.Join(lines, "<br>"))}} //nolint:gosec // each line is escaped
}

// invalid tells screen readers that the field is the one to mend.
func (c *Components) invalid(form Fields, name string) Attributes {
	if _, wrong := form.Problem(name); wrong {
		return Attributes{"aria-invalid": "true"}
	}
	return nil
}

func (c *Components) input(form Fields, name, label string) Input {
	return Input{
		ID: name, Name: name, Value: form.Value(name), Label: labelOf(label),
		ErrorMessage: c.problem(form, name),
		Attributes:   c.invalid(form, name),
	}
}

func (c *Components) textarea(form Fields, name, label string) Textarea {
	return Textarea{
		ID: name, Name: name, Value: form.Value(name), Label: labelOf(label),
		ErrorMessage: c.problem(form, name),
		Attributes:   c.invalid(form, name),
	}
}

func (c *Components) selectField(form Fields, name, label string, items []SelectItem) Select {
	return Select{
		ID: name, Name: name, Value: form.Value(name), Label: labelOf(label),
		Items: items, ErrorMessage: c.problem(form, name),
		Attributes: c.invalid(form, name),
	}
}

func (c *Components) radios(form Fields, name, legend string, items []Choice) Radios {
	return Radios{
		Name: name, Value: form.Value(name), Fieldset: legendOf(legend),
		Items: items, ErrorMessage: c.problem(form, name),
	}
}

func (c *Components) checkboxes(form Fields, name, legend string, items []Choice) Checkboxes {
	return Checkboxes{
		Name: name, Values: form.Values(name), Fieldset: legendOf(legend),
		Items: items, ErrorMessage: c.problem(form, name),
	}
}

func (c *Components) fileUpload(form Fields, name, label string) FileUpload {
	return FileUpload{
		ID: name, Name: name, Label: labelOf(label), ErrorMessage: c.problems(form, name), Attributes: c.invalid(form, name),
	}
}

func (c *Components) characterCountField(form Fields, name, label string, limit int) CharacterCount {
	return CharacterCount{
		ID: name, Name: name, Value: form.Value(name), Label: labelOf(label),
		Maxlength: limit, ErrorMessage: c.problem(form, name),
		Attributes: c.invalid(form, name),
	}
}

func labelOf(text string) Label {
	return Label{Content: Content{Text: text}, Classes: "govuk-label--s"}
}

// legendOf makes a group of controls with a name. A group without one would be announced as «group» and nothing else.
func legendOf(text string) *Fieldset {
	if text == "" {
		return nil
	}
	return &Fieldset{Legend: Legend{Content: Content{Text: text}, Classes: "govuk-fieldset__legend--s"}}
}
