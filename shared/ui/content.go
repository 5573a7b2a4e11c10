package ui

import (
	"fmt"
	"html/template"
	"maps"
	"regexp"
	"slices"
	"strings"

	"portal.example/shared/locale"
)

// Attributes are further HTML attributes of an element, written in the order of their names.
type Attributes map[string]string

// Content is text, or HTML where text is not enough; HTML wins.
type Content struct {
	Text string
	HTML template.HTML
}

// Empty says whether there is nothing to show.
func (c Content) Empty() bool { return c.Text == "" && c.HTML == "" }

// Bool is yes, no or unset, for options whose absence is a third answer.
type Bool string

// The values of Bool.
const (
	Unset Bool = ""
	Yes   Bool = "true"
	No    Bool = "false"
)

// Link is a place to go and the words for it.
type Link struct {
	Href string
	Text string
	Lang locale.Lang // of the words, where it is not the page's
}

var attributeName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:.-]*$`)

// attrs writes attributes. Event handlers and styles are refused: the content security policy would
// block them, so they can only be a mistake.
func attrs(a Attributes) (template.HTMLAttr, error) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a)) {
		lower := strings.ToLower(name)
		if !attributeName.MatchString(name) || strings.HasPrefix(lower, "on") || lower == "style" {
			return "", fmt.Errorf("attribute %q is not allowed", name)
		}
		fmt.Fprintf(&b, ` %s="%s"`, name, template.HTMLEscapeString(a[name]))
	}
	return template.HTMLAttr(b.String()), nil // #nosec G203 -- names are checked and values escaped above
}

// show writes content: its HTML, or its text escaped.
func show(c Content) template.HTML {
	if c.HTML != "" {
		return c.HTML
	}
	return template.HTML(template.HTMLEscapeString(c.Text)) // #nosec G203 -- escaped
}

// join puts class names or ids together, leaving out empty ones.
func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

// heading writes a whole heading, because a template cannot choose the name of a tag.
func heading(level int, class, id string, c Content) template.HTML {
	level = min(max(level, 1), 6)
	if id != "" {
		id = ` id="` + template.HTMLEscapeString(id) + `"`
	}
	return template.HTML(fmt.Sprintf(`<h%d class="%s"%s>%s</h%d>`, // #nosec G203 -- escaped
		level, template.HTMLEscapeString(class), id, show(c), level))
}
