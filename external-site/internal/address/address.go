// Package address writes codes as parts of addresses. It imports nothing but the standard library.
package address

import (
	"net/url"
	"strings"
)

// Slug writes a code as one segment of an address: local codes such as 01-01/01 hold a slash, which becomes "~".
func Slug(code string) string { return url.PathEscape(strings.ReplaceAll(code, "/", "~")) }

// Code is the code that a segment of an address stands for.
func Code(slug string) string { return strings.ReplaceAll(slug, "~", "/") }
