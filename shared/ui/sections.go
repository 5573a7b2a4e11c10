package ui

import (
	"html/template"
	"strconv"
)

// Accordion lets open and close sections of a long page. Without JavaScript all of them are open.
type Accordion struct {
	ID                       string
	HeadingLevel             int // 2 when zero
	Items                    []AccordionItem
	Classes                  string
	Attributes               Attributes
	RememberExpanded         Bool
	HideAllSectionsText      string
	HideSectionText          string
	HideSectionAriaLabelText string
	ShowAllSectionsText      string
	ShowSectionText          string
	ShowSectionAriaLabelText string
}

// AccordionItem is one section.
type AccordionItem struct {
	Heading  Content
	Summary  Content
	Content  Content
	Expanded bool
}

type accordion struct {
	Accordion
	I18n Attributes
}

func (c *Components) newAccordion(a Accordion) accordion {
	words := Attributes{}
	c.i18n(words, "hide-all-sections", "ui.accordion.hide_all", single(a.HideAllSectionsText))
	c.i18n(words, "hide-section", "ui.accordion.hide", single(a.HideSectionText))
	c.i18n(words, "hide-section-aria-label", "ui.accordion.hide_label", single(a.HideSectionAriaLabelText))
	c.i18n(words, "show-all-sections", "ui.accordion.show_all", single(a.ShowAllSectionsText))
	c.i18n(words, "show-section", "ui.accordion.show", single(a.ShowSectionText))
	c.i18n(words, "show-section-aria-label", "ui.accordion.show_label", single(a.ShowSectionAriaLabelText))
	return accordion{Accordion: a, I18n: words}
}

// SectionHeading is the heading of the n-th section; the script makes a button of it.
func (a Accordion) SectionHeading(n int) template.HTML {
	level := a.HeadingLevel
	if level == 0 {
		level = 2
	}
	id := template.HTMLEscapeString(a.ID + "-heading-" + strconv.Itoa(n+1))
	inner := `<span class="govuk-accordion__section-button" id="` + id + `">` + string(show(a.Items[n].Heading)) + `</span>`
	return heading(level, "govuk-accordion__section-heading", "", Content{HTML: template.HTML(inner)}) // #nosec G203 -- escaped
}

// PartID is the id of a part of the n-th section.
func (a Accordion) PartID(part string, n int) string {
	return a.ID + "-" + part + "-" + strconv.Itoa(n+1)
}

// Tabs let switch between panels that belong together. Without JavaScript they follow one another.
type Tabs struct {
	ID         string
	IDPrefix   string
	Title      string
	Items      []TabsItem
	Classes    string
	Attributes Attributes
}

// TabsItem is one panel and its label.
type TabsItem struct {
	ID         string
	Label      string
	Attributes Attributes
	Panel      TabsPanel
}

// TabsPanel is what a tab shows.
type TabsPanel struct {
	Content
	Attributes Attributes
}

// PanelID is the id of the n-th panel.
func (t Tabs) PanelID(n int) string {
	if id := t.Items[n].ID; id != "" {
		return id
	}
	return t.IDPrefix + "-" + strconv.Itoa(n+1)
}
