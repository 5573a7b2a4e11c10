package ui

import (
	"html/template"
	"time"

	"portal.example/shared/locale"
)

// Elsewhere says of a service that is not given here who gives it, where and how: the answer of the search, and its preview for staff.
type Elsewhere struct {
	Name      locale.Text
	Provider  locale.Text
	URL       string // may be empty, as the following
	Phone     string
	Address   locale.Text
	How       locale.Text
	CheckedOn *time.Time // the day on which staff looked last whether it is true
	Level     int        // of its heading on the page: 3 or 4, else 2
}

// answers are the functions for what both sites show alike: citizens for themselves, staff as a preview.
func (c *Components) answers() template.FuncMap {
	return template.FuncMap{"elsewhere": plain[Elsewhere](c, "elsewhere"), "samples": plain[[]Sample](c, "samples")}
}
