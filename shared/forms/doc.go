// Package forms turns the JSON Schema of a service's application form into pages: it loads the schema strictly,
// renders its fields with shared/ui, reads what was posted, says what is wrong by message key with the field's
// label, and gives the answers back as labelled rows for the check page and for staff.
//
// The dialect is documented in shared/doc/forms.md. A field's rules live in one place (check.go) and are confirmed
// by a JSON Schema derived from the same fields, so a submission is judged alike outside and inside.
//
// The package does no input or output and knows no HTTP. It may import shared/locale, shared/plain, shared/ui,
// shared/ukr, shared/fault, a JSON Schema validator and the standard library.
package forms
