package ui

import "html/template"

// Tag is a short state in a coloured box. The colour never stands alone: the text says the state.
type Tag struct {
	Content
	Classes    string // govuk-tag--green, --red, --yellow, --grey …
	Attributes Attributes
}

// InsetText sets a paragraph apart.
type InsetText struct {
	Content
	ID         string
	Classes    string
	Attributes Attributes
}

// WarningText warns before something that matters.
type WarningText struct {
	Content
	IconFallbackText string
	Classes          string
	Attributes       Attributes
}

// Details hides explanations behind a line of text.
type Details struct {
	Content
	ID          string
	SummaryText string
	SummaryHTML template.HTML
	Open        bool
	Classes     string
	Attributes  Attributes
}

// Summary is what stays visible.
func (d Details) Summary() Content { return Content{Text: d.SummaryText, HTML: d.SummaryHTML} }

// NotificationBanner tells of something that has just happened or that matters on every page.
type NotificationBanner struct {
	Content
	TitleText         string
	TitleHTML         template.HTML
	TitleHeadingLevel int    // 2 when zero
	Type              string // "success", or "" for important
	Role              string
	TitleID           string
	DisableAutoFocus  Bool
	Classes           string
	Attributes        Attributes
}

type banner struct {
	NotificationBanner
	Success bool
	Level   int
	Title   Content
}

func (c *Components) newBanner(n NotificationBanner) banner {
	b := banner{NotificationBanner: n, Success: n.Type == "success", Level: n.TitleHeadingLevel}
	b.Title = Content{Text: n.TitleText, HTML: n.TitleHTML}
	switch {
	case !b.Title.Empty():
	case b.Success:
		b.Title.Text = c.printer.T("ui.success")
	default:
		b.Title.Text = c.printer.T("ui.important")
	}
	if b.Role == "" {
		b.Role = map[bool]string{true: "alert", false: "region"}[b.Success]
	}
	if b.Level == 0 {
		b.Level = 2
	}
	if b.TitleID == "" {
		b.TitleID = "govuk-notification-banner-title"
	}
	return b
}
