package ui

import (
	"fmt"
	"html/template"
	"maps"
	"strings"
)

// withKey lets a key press a button or follow a link that looks like one, and shows the key on it; "" changes nothing. A letter or
// digit means the key on which the Latin layout has it. keys.js does the pressing.
func withKey(key string, v any) (any, error) {
	b, ok := v.(Button)
	if !ok {
		return nil, fmt.Errorf("withKey: %T is not pressed", v)
	}
	if key == "" {
		return b, nil
	}
	attributes := Attributes{"data-portal-key": key, "aria-keyshortcuts": shortcut(key)}
	maps.Copy(attributes, b.Attributes)
	b.Attributes = attributes
	b.Content = Content{HTML: template.HTML(template.HTMLEscapeString(b.Text)) + keyCap(key)} // #nosec G203 -- escaped
	return b, nil
}

// pressedBy are the attributes of any other element that a key presses; none for "".
func pressedBy(key string) template.HTMLAttr {
	if key == "" {
		return ""
	}
	key = template.HTMLEscapeString(key)
	return template.HTMLAttr(fmt.Sprintf(` data-portal-key="%s" aria-keyshortcuts="%s"`, key, shortcut(key))) // #nosec G203 -- escaped
}

// keyCap shows a key beside what it presses; nothing for "". Screen readers say the key by its attribute.
func keyCap(key string) template.HTML {
	if key == "" {
		return ""
	}
	class := "portal-key"
	if len(key) == 1 {
		class += " portal-key--alone" // hidden for whoever has switched such keys off
	}
	shown := template.HTMLEscapeString(strings.ReplaceAll(key, "+", " "))
	return template.HTML(fmt.Sprintf(` <kbd class="%s" aria-hidden="true">%s</kbd>`, class, shown)) // #nosec G203 -- escaped
}

// shortcut is the key as ARIA writes it.
func shortcut(key string) string { return strings.ReplaceAll(key, "Ctrl", "Control") }
