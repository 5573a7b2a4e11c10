// Package documents is the public files of the catalogue: forms and samples, and acts, to download. Rows may be here before
// their bytes are; a file is offered only when the object store of this node holds it whole.
//
// Personal files are none of its business: it knows only files of the purposes "template", "sample" and "act". It reads the replica
// and the store and never writes. It may import shared/locale, shared/blob, shared/pg and shared/fault.
package documents

import (
	"path"
	"strings"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// File is one public file.
type File struct {
	ID        uuid.UUID
	Title     locale.Text
	FileName  string
	MediaType string
	Size      int64
	SHA256    string // hex
	Ready     bool   // the bytes are here

	key string // name in the object store
}

// Sample is a filled sample of a form.
type Sample struct {
	File
	Alt locale.Text // what it shows, for people who do not see it
}

// Href is where the file is to be had, "" while its bytes are not here.
func (f File) Href() string {
	if !f.Ready {
		return ""
	}
	return "/documents/" + f.ID.String()
}

// served are the types that are sent as what they are; anything else is sent as plain bytes.
var served = map[string]bool{
	"application/pdf": true, "application/msword": true, "application/vnd.ms-excel": true, "application/rtf": true,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": true,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       true,
	"application/vnd.oasis.opendocument.text":                                 true,
	"application/vnd.oasis.opendocument.spreadsheet":                          true,
	"application/zip": true, "image/png": true, "image/jpeg": true, "text/plain": true, "text/csv": true,
}

// ContentType is the type to send the file with.
func (f File) ContentType() string {
	kind, _, _ := strings.Cut(f.MediaType, ";")
	if kind = strings.ToLower(strings.TrimSpace(kind)); served[kind] {
		return kind
	}
	return "application/octet-stream"
}

// Format is the kind of the file in the short form people know: PDF, DOCX.
func (f File) Format() string {
	return strings.ToUpper(strings.TrimPrefix(path.Ext(f.FileName), "."))
}
