package requests

import (
	"embed"

	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

// said are the words in which a request keeps facts of its case.
var said = locale.MustLoad(Words, forms.Words)

func say(key string, args ...any) locale.Text {
	return locale.Text{UK: said.In(locale.UK).T(key, args...), EN: said.In(locale.EN).T(key, args...)}
}
