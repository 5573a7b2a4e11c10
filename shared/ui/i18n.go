package ui

import "portal.example/shared/locale"

// i18n adds the data-i18n attributes from which GOV.UK's script takes its words: those that are given, or
// for another language than the script's own English, the catalogue's.
func (c *Components) i18n(a Attributes, name, key string, given map[string]string) {
	if len(given) == 0 && c.printer.Lang() != locale.EN {
		given = c.printer.Forms(key, "%{count}")
	}
	for category, text := range given {
		attribute := "data-i18n." + name
		if category != "" {
			attribute += "." + category
		}
		a[attribute] = text
	}
}
