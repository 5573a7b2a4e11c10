package documents_test

import (
	"testing"

	"portal.example/external-site/internal/documents"
)

// What a browser would show or run as a page of this site is sent as plain bytes, whatever the row calls it.
func TestContentType(t *testing.T) {
	const plain = "application/octet-stream"
	for media, want := range map[string]string{
		"application/pdf": "application/pdf", "Application/PDF; charset=x": "application/pdf", "text/plain": "text/plain",
		"text/html": plain, "image/svg+xml": plain, "application/javascript": plain, "": plain,
	} {
		if got := (documents.File{MediaType: media}).ContentType(); got != want {
			t.Errorf("%q is sent as %q", media, got)
		}
	}
}

func TestFormat(t *testing.T) {
	for name, want := range map[string]string{"бланк.docx": "DOCX", "form.v2.PDF": "PDF", "noending": ""} {
		if got := (documents.File{FileName: name}).Format(); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
