package ui

import (
	"html/template"
	"strings"
)

// Panel says that something important has been done: the number of a receipt stands in it.
type Panel struct {
	Content
	TitleText    string
	TitleHTML    template.HTML
	HeadingLevel int // 1 when zero
	Classes      string
	Actions      *PanelActions
	Attributes   Attributes
}

// PanelActions are the ways on from an interruption panel.
type PanelActions struct {
	Items      []PanelAction
	Classes    string
	Attributes Attributes
}

// PanelAction is a link, or a button when it has no Href or says so in Type.
type PanelAction struct {
	Text       string
	Href       string
	Type       string
	Classes    string
	Attributes Attributes
}

// Title is the title as content.
func (p Panel) Title() Content { return Content{Text: p.TitleText, HTML: p.TitleHTML} }

// Level is HeadingLevel with its default.
func (p Panel) Level() int { return max(p.HeadingLevel, 1) }

// Interruption says whether the panel stops the reader on the way rather than confirming at the end.
func (p Panel) Interruption() bool { return strings.Contains(p.Classes, "govuk-panel--interruption") }

// IsButton says whether the action looks like a button.
func (a PanelAction) IsButton() bool { return a.Href == "" || a.Type == "button" }

// Button is the action as a button.
func (a PanelAction) Button() Button {
	b := Button{
		Content: Content{Text: a.Text}, Type: a.Type, Href: a.Href, Attributes: a.Attributes,
		Classes: join("govuk-button--inverse", a.Classes),
	}
	if b.Type == "" {
		b.Type = "button"
	}
	return b
}

// PhaseBanner says that a service is new and asks what people think of it.
type PhaseBanner struct {
	Content
	Tag        Tag
	Classes    string
	Attributes Attributes
}

// Label is the tag with the banner's own class.
func (p PhaseBanner) Label() Tag {
	return Tag{Content: p.Tag.Content, Classes: join("govuk-phase-banner__content__tag", p.Tag.Classes)}
}
