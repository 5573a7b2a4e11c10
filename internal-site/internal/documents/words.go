package documents

import (
	"embed"

	"portal.example/shared/locale"
)

// Words are what this domain calls files that leave, in both languages.
//
//go:embed words
var Words embed.FS

var said = locale.MustLoad(Words)

// titleOfResult names a sealed result in both languages. The name of the file itself stays inside, as it may tell
// who the applicant is.
func titleOfResult() locale.Text {
	const key = "documents.result"
	return locale.Text{UK: said.In(locale.UK).T(key), EN: said.In(locale.EN).T(key)}
}

// TitleOfSignature names an official's signature of a result in both languages.
func TitleOfSignature() locale.Text {
	const key = "documents.signature"
	return locale.Text{UK: said.In(locale.UK).T(key), EN: said.In(locale.EN).T(key)}
}
