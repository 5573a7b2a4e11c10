package ui

import (
	"html/template"
	"maps"
	"strconv"
	"strings"
)

// CharacterCount is a Textarea that says how much may still be written.
type CharacterCount struct {
	ID                       string
	Name                     string
	Rows                     int
	Value                    string
	Maxlength                int // characters
	Maxwords                 int // or words
	CountType                string
	Threshold                int // per cent of the limit from which on the count is shown
	Label                    Label
	Hint                     *Hint
	ErrorMessage             *ErrorMessage
	FormGroup                FormGroup
	Classes                  string
	Attributes               Attributes
	Spellcheck               Bool
	CountMessage             CountMessage
	TextareaDescriptionText  string // with %{count} for the limit
	CharactersUnderLimitText map[string]string
	CharactersAtLimitText    string
	CharactersOverLimitText  map[string]string
	WordsUnderLimitText      map[string]string
	WordsAtLimitText         string
	WordsOverLimitText       map[string]string
}

// CountMessage styles the line with the count.
type CountMessage struct{ Classes string }

// characterCount renders a CharacterCount as the Textarea it is.
func (c *Components) characterCount(cc CharacterCount) (template.HTML, error) {
	id := cc.ID
	if id == "" {
		id = cc.Name
	}
	message, err := c.render("hint", Hint{
		ID: id + "-info", Classes: join("govuk-character-count__message", cc.CountMessage.Classes),
		Content: Content{Text: c.limitText(cc)},
	})
	if err != nil {
		return "", err
	}
	group := cc.FormGroup
	group.Classes = join("govuk-character-count", group.Classes)
	group.AfterInput = Content{HTML: concat(message, show(cc.FormGroup.AfterInput))}
	group.Attributes = c.countAttributes(cc)
	maps.Copy(group.Attributes, cc.FormGroup.Attributes)
	return c.render("textarea", newTextarea(Textarea{
		ID: id, Name: cc.Name, DescribedBy: id + "-info", Rows: cc.Rows, Spellcheck: cc.Spellcheck, Value: cc.Value,
		FormGroup: group, Classes: join("govuk-js-character-count", cc.Classes), Label: cc.Label, Hint: cc.Hint,
		ErrorMessage: cc.ErrorMessage, Attributes: cc.Attributes,
	}))
}

func (cc CharacterCount) limit() (n int, words bool) {
	if cc.Maxwords > 0 {
		return cc.Maxwords, true
	}
	return cc.Maxlength, false
}

func (c *Components) limitText(cc CharacterCount) string {
	limit, words := cc.limit()
	switch {
	case limit == 0:
		return ""
	case cc.TextareaDescriptionText != "":
		return strings.ReplaceAll(cc.TextareaDescriptionText, "%{count}", strconv.Itoa(limit))
	case words || cc.CountType == "words":
		return c.printer.T("ui.count.words", limit)
	}
	return c.printer.T("ui.count.characters", limit)
}

// countAttributes carry the limits and, for the script, the messages in the language of the page. The
// script speaks English by itself.
func (c *Components) countAttributes(cc CharacterCount) Attributes {
	a := Attributes{"data-module": "govuk-character-count"}
	number := func(name string, n int) {
		if n != 0 {
			a[name] = strconv.Itoa(n)
		}
	}
	number("data-maxlength", cc.Maxlength)
	number("data-maxwords", cc.Maxwords)
	number("data-threshold", cc.Threshold)
	limit, words := cc.limit()
	switch {
	case cc.CountType != "":
		a["data-count-type"] = cc.CountType
	case words:
		a["data-count-type"] = "words"
	}
	if limit == 0 && cc.TextareaDescriptionText != "" {
		a["data-i18n.textarea-description.other"] = cc.TextareaDescriptionText
	}
	c.i18n(a, "characters-under-limit", "ui.count.characters_left", cc.CharactersUnderLimitText)
	c.i18n(a, "characters-at-limit", "ui.count.characters_none", single(cc.CharactersAtLimitText))
	c.i18n(a, "characters-over-limit", "ui.count.characters_over", cc.CharactersOverLimitText)
	c.i18n(a, "words-under-limit", "ui.count.words_left", cc.WordsUnderLimitText)
	c.i18n(a, "words-at-limit", "ui.count.words_none", single(cc.WordsAtLimitText))
	c.i18n(a, "words-over-limit", "ui.count.words_over", cc.WordsOverLimitText)
	return a
}

// single is a message without plural forms.
func single(s string) map[string]string {
	if s == "" {
		return nil
	}
	return map[string]string{"": s}
}
