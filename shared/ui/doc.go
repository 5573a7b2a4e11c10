// Package ui holds the look of both sites: GOV.UK and MoJ components as typed Go templates, the two page
// layouts, and the built styles, script and font.
//
// Every component is one struct, one template file under components/ and one template function with the
// name of the GOV.UK macro: {{govukButton .Save}}. Words that a component brings itself come from the
// catalogue, so the same struct renders in either language. What GOV.UK ships is checked against its own
// fixtures.json. The package knows nothing of HTTP: it may import shared/locale, shared/fault, golang.org/x/net/html
// and the standard library, and must not import gin, pgx or a domain.
package ui
