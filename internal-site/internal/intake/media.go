package intake

import (
	"archive/zip"
	"bytes"
	"strings"
)

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// looksLike says whether content is of the media type that the applicant's site declared.
func looksLike(mediaType string, content []byte) bool {
	switch mediaType {
	case "application/pdf":
		return bytes.HasPrefix(content, []byte("%PDF-"))
	case "image/jpeg":
		return bytes.HasPrefix(content, []byte("\xff\xd8\xff"))
	case "image/png":
		return bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n"))
	case docx:
		return isDocx(content)
	}
	return false
}

// isDocx looks into the archive: a text document of Word, without macros.
func isDocx(content []byte) bool {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return false
	}
	document := false
	for _, f := range archive.File {
		name := strings.ToLower(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return false
		}
		document = document || name == "word/document.xml"
	}
	return document
}
