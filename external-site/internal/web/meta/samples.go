package meta

import (
	"portal.example/external-site/internal/documents"
	"portal.example/shared/ui"
)

// Samples are filled samples as pages show them.
func Samples(samples []documents.Sample) (list []ui.Sample) {
	for _, s := range samples {
		list = append(list, ui.Sample{Title: s.Title, Alt: s.Alt, Format: s.Format(), Size: s.Size, Href: s.Href()})
	}
	return list
}
