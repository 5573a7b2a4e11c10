// Package issued says of a document that an authority has issued whether it was, and whether it was withdrawn, to anybody who has its
// number or its file. It knows nothing of whom a document is about. It reads the replica; it may import shared/locale and shared/pg.
package issued

import (
	"time"

	"portal.example/shared/locale"
)

// Document is one that was issued.
type Document struct {
	Number    string
	On        time.Time // midnight UTC of the day
	SHA256    string    // hex, of its file
	Withdrawn *time.Time
	Authority locale.Text
}
