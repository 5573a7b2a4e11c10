// Package convert makes PDF out of office documents, so that staff can look at them in the browser. It is both ends of a Unix
// socket: the worker, which runs LibreOffice once for each document, and the client by which the site asks it.
//
// A document that somebody sent is what an attacker would send, and LibreOffice is the largest program that ever opens it. The
// worker therefore knows no database, no object store and no configuration of another program; it gets bytes and gives bytes.
// What it gives back is as little trusted as what it was given. It may import shared/fault and the standard library.
package convert

import (
	"portal.example/shared/fault"
)

// MediaType is what a document is made into.
const MediaType = "application/pdf"

// Limits of one document, on both sides of the socket.
const (
	MaxSource = 25 << 20
	MaxResult = 50 << 20
	maxPages  = 300 // the rest is left out
)

// Outcome is why there is no PDF of a document. The words for staff stand under the key "preview.OUTCOME".
type Outcome string

// The outcomes that are the document's own: it would end the same way again.
const (
	Unreadable Outcome = "unreadable" // LibreOffice cannot open it
	TooLong    Outcome = "too_long"   // it was not ready when its time was over
	TooLarge   Outcome = "too_large"  // it, what it unpacks to, or its PDF
	Crashed    Outcome = "crashed"    // LibreOffice ended by itself, by the memory it may take among other reasons
	Unknown    Outcome = "unknown"    // a type that nothing is made of
)

// The outcomes that may be others a moment later.
const (
	Busy Outcome = "busy" // others were before it for too long
	Away Outcome = "away" // the worker does not answer
)

// lasting are the outcomes that are the document's own.
var lasting = map[Outcome]bool{Unreadable: true, TooLong: true, TooLarge: true, Crashed: true, Unknown: true}

// Lasts says whether the same document would end the same way again.
func (o Outcome) Lasts() bool { return lasting[o] }

// Failed returns the error that says so.
func (o Outcome) Failed(cause error) error {
	kind := fault.Invalid
	if !o.Lasts() {
		kind = fault.Unavailable
	}
	return &Error{Outcome: o, fault: fault.Wrap(kind, cause, "preview."+string(o))}
}

// Error is why there is no PDF.
type Error struct {
	Outcome Outcome
	fault   *fault.Error
}

// Error implements error.
func (e *Error) Error() string { return "convert: " + e.fault.Error() }

// Unwrap returns the fault that says it to a person.
func (e *Error) Unwrap() error { return e.fault }

// format is how LibreOffice reads a type of document and writes its PDF. Both are named, so that it never guesses a type from the
// bytes that it would rather have read as something else.
type format struct {
	ending string
	reads  string
	writes string
}

var formats = map[string]format{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx", "MS Word 2007 XML", "writer_pdf_Export"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       {".xlsx", "Calc MS Excel 2007 XML", "calc_pdf_Export"},
	"application/vnd.oasis.opendocument.text":                                 {".odt", "writer8", "writer_pdf_Export"},
}

// Takes says whether a PDF can be made of documents of the media type.
func Takes(mediaType string) bool {
	_, known := formats[mediaType]
	return known
}
