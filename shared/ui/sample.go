package ui

import "portal.example/shared/locale"

// Sample is a filled sample of a form: the file, and what it shows for people who do not see it.
type Sample struct {
	Title  locale.Text
	Alt    locale.Text
	Format string // PDF
	Size   int64  // bytes
	Href   string // "" when the bytes are not there yet
}
